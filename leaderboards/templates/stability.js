// How rows hold across repeats: their figure, and their place.
function drawStability(box, rows, figure) {
  const shown = rows.filter((row) => row.of[figure] && !hidden(row));
  if (!shown.some((row) => row.of[figure].values.length > 1)) {
    const words = shown.length ? "One repeat: nothing to compare it with." : "All rows are hidden.";
    box.replaceChildren(html("p", { class: "empty" }, words));
    return;
  }
  const figureOf = (row) =>
    row.of[figure].values.map((value, i) => [drawn.complete[row.label][i], value]);
  const every = rowsOf(state.subset);
  const common = drawn.complete[every[0].label].filter((number) =>
    every.every((row) => drawn.complete[row.label].includes(number)),
  );
  const placeOf = (row) => row.places.map((place, i) => [common[i], place]);
  const panels = [
    { title: `${FIGURES[figure]}, %`, series: shown.map((row) => ({ row, points: figureOf(row) })), of: "figure" },
  ];
  const rivals = rivalsOf(state.subset).length;
  if (common.length > 1 && rivals > 1) {
    panels.push({
      title: `Place by ${drawn.rankedBy[state.subset]}`,
      series: shown.map((row) => ({ row, points: placeOf(row) })),
      of: "place",
      places: rivals,
    });
  }
  const figures = panels.map(({ title }) =>
    html("figure", { class: "panel" }, html("figcaption", {}, title)),
  );
  box.replaceChildren(...figures);
  panels.forEach((one, i) => figures[i].append(overRepeats(figures[i].clientWidth, one)));
}

function overRepeats(width, { title, series, of, places }) {
  const height = Math.max(280, 26 * (places ?? series.length) + 60);
  const named = width >= 420 ? 128 : 92;
  const [left, right, top, bottom] = [38, named, 12, height - 40];
  const numbers = [...new Set(series.flatMap(({ points }) => points.map(([number]) => number)))].sort((a, b) => a - b);
  const x = linear([numbers[0], numbers.at(-1)], [left + 8, width - right]);
  const values = series.flatMap(({ points }) => points.map(([, value]) => value));
  const pad = (Math.max(...values) - Math.min(...values)) * 0.06 || 0.01;
  const range = of === "place" ? [1, places] : [Math.min(...values) - pad, Math.max(...values) + pad];
  const y = linear(range, of === "place" ? [top + 6, bottom - 6] : [bottom, top]);
  const chart = drawing(width, height, `${title}, over repeats; the table has the numbers`);
  const marks = of === "place" ? Array.from({ length: places }, (_, i) => i + 1) : ticks(...range, 5);
  const said = of === "place" ? String : percents(marks);
  for (const value of marks) {
    chart.append(line(left, y(value), width - right, y(value), "grid"));
    chart.append(text(left - 7, y(value) + 4, said(value), { "text-anchor": "end", class: "soft" }));
  }
  const every = Math.ceil((numbers.length * 26) / (width - left - right));
  numbers.forEach((number, i) => {
    if (i % every === 0) chart.append(text(x(number), bottom + 18, number, { "text-anchor": "middle", class: "soft" }));
  });
  chart.append(text((left + width - right) / 2, height - 6, "repeat", { "text-anchor": "middle", class: "head" }));
  const ends = apart(series.map(({ points }) => y(points.at(-1)[1])), 15, top + 4, bottom);
  series.forEach((one, i) => chart.append(repeatLine(one, { x, y, of, end: ends[i], from: width - right, named })));
  return chart;
}

function repeatLine({ row, points }, { x, y, of, end, from, named }) {
  const spots = points.map(([number, value]) => [x(number), y(value)]);
  const group = svg("g", { class: ink(row.place), "data-label": row.label });
  const d = path(spots);
  group.append(svg("path", { d, class: ink(row.place, "curve") }), svg("path", { d, class: "catch" }));
  for (const [cx, cy] of spots) group.append(mark(row.place, cx, cy, 4));
  const [lastX, lastY] = spots.at(-1);
  group.append(svg("path", { d: `M${lastX + 6},${lastY}L${from + 12},${end}`, class: "curve thin" }));
  group.append(text(from + 15, end + 4, fitted(row.label, named - 16, 600), { class: "label" }));
  group.addEventListener("pointerenter", () => emphasise(row.label));
  group.addEventListener("pointerleave", () => emphasise(null));
  const said = points.map(([number, value]) => `repeat ${number}: ${of === "place" ? `place ${value}` : `${percent(value)} %`}`);
  return tipped(group, row.label, said.join("\n"));
}
