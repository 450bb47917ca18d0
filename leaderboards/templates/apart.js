// A critical difference diagram: rows at their figure, a bar for each group that can't be told apart.
const LETTER = /[a-z]|\(\d+\)/g;

function drawApart(box, rows) {
  const figure = drawn.ranks[state.subset];
  const sorted = rows.filter((row) => row.rival && row.of[figure]).sort((a, b) => a.of[figure].mean - b.of[figure].mean);
  if (sorted.length < 2) {
    box.replaceChildren(html("p", { class: "empty" }, "One row: nothing to compare it with."));
    return;
  }
  const width = Math.min(box.clientWidth, 1000);
  const roomy = width >= ROOMY;
  const named = roomy ? Math.min(width / 3.5, Math.max(...sorted.map((row) => measured(row.label, 600))) + 64) : width * 0.3;
  const means = sorted.map((row) => row.of[figure].mean);
  const pad = Math.max(0.005, (means.at(-1) - means[0]) * 0.04);
  const x = linear([means[0] - pad, means.at(-1) + pad], [named, width - named]);
  const bars = groupsOf(sorted).filter((members) => members.length > 1);
  const [axis, step, gap] = [40, 22, 11];
  const first = axis + 18 + bars.length * gap;
  const half = Math.ceil(sorted.length / 2);
  const chart = drawing(width, first + step * half + 8, "Critical difference diagram: rows joined by a bar can't be told apart; the list has the groups", "group");
  chart.append(line(named, axis, width - named, axis, "axis"));
  const marks = ticks(means[0] - pad, means.at(-1) + pad, tickCount(width - 2 * named, 24));
  const said = percents(marks);
  for (const value of marks) {
    chart.append(line(x(value), axis - 5, x(value), axis, "axis"));
    chart.append(text(x(value), axis - 9, said(value), { "text-anchor": "middle", class: "soft" }));
  }
  chart.append(text(width / 2, 12, fitted(`${FIGURES[figure]}, % · better to the right`, width), { "text-anchor": "middle", class: "head" }));
  sorted.forEach((row, i) => {
    const low = i < half;
    const level = low ? i : sorted.length - 1 - i;
    chart.append(leader(row, figure, { at: x(row.of[figure].mean), axis, y: first + step * level + 6, edge: low ? named - 8 : width - named + 8, low, roomy, room: named - 16 }));
  });
  bars.forEach((members, i) => chart.append(joined(members, figure, x, axis + 12 + i * gap)));
  box.replaceChildren(chart);
  box.style.minHeight = "0";
}

// By letter, the rows that have it.
function groupsOf(rows) {
  const found = new Map();
  for (const row of rows) {
    for (const letter of row.letters[state.question].match(LETTER) ?? []) {
      found.set(letter, [...(found.get(letter) ?? []), row]);
    }
  }
  return [...found.keys()].sort().map((letter) => found.get(letter));
}

function leader(row, figure, { at, axis, y, edge, low, roomy, room }) {
  const said = `${meanAndSd(row.of[figure])} %; ${row.letters[state.question] === "?" ? "can't be told from others" : `group ${row.letters[state.question]}`}`;
  const group = svg("g", { class: `hit ${ink(row.place)}`, tabindex: 0, role: "img", "data-label": row.label, "aria-label": `${row.label}: ${said}` });
  group.append(svg("path", { class: "leader", d: `M${at},${axis}V${y}H${edge}` }), svg("path", { class: "catch", d: `M${at},${axis}V${y}H${edge}` }));
  group.append(mark(row.place, at, axis, 5));
  const value = roomy ? ` ${percent(row.of[figure].mean)}` : "";
  const anchor = { "text-anchor": low ? "end" : "start" };
  const name = fitted(row.label, room - measured(value), 600);
  const [from, words] = [low ? edge - 4 : edge + 4, svg("text", { x: low ? edge - 4 : edge + 4, y: y + 4, ...anchor })];
  const strong = svg("tspan", { class: "strong" }, name);
  const soft = svg("tspan", { class: "soft" }, low ? `${value.trim()} ` : value);
  words.append(...(low ? [soft, strong] : [strong, soft]));
  group.append(words, svg("rect", { class: "stripe", x: low ? from - room : from, y: y - 9, width: 0, height: 18 }));
  group.addEventListener("pointerenter", () => emphasise(row.label));
  group.addEventListener("pointerleave", () => emphasise(null));
  return tipped(group, row.label, said);
}

function joined(members, figure, x, y) {
  const places = members.map((row) => x(row.of[figure].mean));
  const names = members.map((row) => row.label);
  const group = svg("g", { class: "hit joined", role: "img", "aria-label": `Can't be told apart: ${names.join(", ")}` });
  group.append(line(places[0] - 3, y, places.at(-1) + 3, y, "joins"));
  for (const place of places) group.append(svg("circle", { cx: place, cy: y, r: 3 }));
  return tipped(group, "Can't be told apart", names.join("\n"));
}
