// AUC over tags whose values lie on a scale, as severity: a panel a tag, a line a row.
function drawKinds(box, rows) {
  const here = drawn.kinds.filter((kind) => kind.subset === state.subset);
  const shown = rows.filter((row) => !hidden(row));
  const range = kindRange(here, shown);
  const panels = [...grouped(here, (kind) => kind.tag)].map(([tag, kinds]) => ({
    tag,
    kinds,
    figure: html("figure", { class: "panel" }, html("figcaption", {}, `AUC by ${tag}, %`)),
  }));
  box.replaceChildren(...panels.map(({ figure }) => figure));
  for (const { tag, kinds, figure } of panels) {
    figure.append(kindPanel(figure.clientWidth, tag, kinds, shown, range));
  }
}

// One range for all panels, so that they can be compared.
function kindRange(kinds, rows) {
  const means = kinds.flatMap((kind) => rows.map((row) => kind.rows[row.label]?.mean)).filter((mean) => mean !== undefined);
  if (!means.length) return [0, 1];
  const [low, high] = [Math.min(0.5, ...means), Math.max(...means)];
  const pad = Math.max(0.01, (high - low) * 0.05);
  return [Math.max(0, low - pad), Math.min(1, high + pad)];
}

function kindPanel(width, tag, kinds, rows, range) {
  const height = Math.max(280, 18 * rows.length + 60);
  const named = width >= 420 ? 128 : 92;
  const [left, right, top, bottom] = [38, named, 12, height - 40];
  const x = linear([0, kinds.length - 1], [left + 12, width - right - 4]);
  const y = linear(range, [bottom, top]);
  const chart = drawing(width, height, `AUC by ${tag}; the table has the numbers`);
  const marks = ticks(...range, 5);
  const said = percents(marks);
  for (const value of marks) {
    chart.append(line(left, y(value), width - right, y(value), "grid"));
    chart.append(text(left - 7, y(value) + 4, said(value), { "text-anchor": "end", class: "soft" }));
  }
  chart.append(line(left, y(0.5), width - right, y(0.5), "chance"));
  const room = (width - left - right) / kinds.length;
  kinds.forEach((kind, i) => {
    chart.append(text(x(i), bottom + 18, fitted(kind.value, room), { "text-anchor": "middle", class: "soft" }));
  });
  chart.append(text((left + width - right) / 2, height - 6, fitted(tag, width - left - right), { "text-anchor": "middle", class: "head" }));
  const lines = rows
    .map((row) => ({ row, points: kinds.flatMap((kind, i) => (kind.rows[row.label] ? [{ i, kind, of: kind.rows[row.label] }] : [])) }))
    .filter(({ points }) => points.length);
  const ends = apart(lines.map(({ points }) => y(points.at(-1).of.mean)), 15, top + 4, bottom);
  lines.forEach((one, i) => chart.append(kindLine(one, { x, y, end: ends[i], from: width - right, named })));
  return chart;
}

function kindLine({ row, points }, { x, y, end, from, named }) {
  const spots = points.map(({ i, of }) => [x(i), y(of.mean)]);
  const group = svg("g", { class: ink(row.place), "data-label": row.label });
  const d = path(spots);
  group.append(svg("path", { d, class: ink(row.place, "curve") }), svg("path", { d, class: "catch" }));
  for (const [cx, cy] of spots) group.append(mark(row.place, cx, cy, 4));
  const [lastX, lastY] = spots.at(-1);
  group.append(svg("path", { d: `M${lastX + 6},${lastY}L${from + 12},${end}`, class: "curve thin" }));
  group.append(text(from + 15, end + 4, fitted(row.label, named - 16, 600), { class: "label" }));
  group.addEventListener("pointerenter", () => emphasise(row.label));
  group.addEventListener("pointerleave", () => emphasise(null));
  const said = points.map(({ kind, of }) => {
    const interval = of.here ? `, 95 % here ${percent(of.here.low)} to ${percent(of.here.high)}` : "";
    return `${kind.value}: ${meanAndSd(of)} %${interval}`;
  });
  return tipped(group, row.label, said.join("\n"));
}
