// Figure against cost, on a logarithmic scale, and the frontier that no row lies beyond.
function drawCost(box, every, figure, by) {
  const rows = every
    .filter((row) => row.cost && row.cost[by] && row.of[figure] && !hidden(row))
    .map((row) => ({ row, cost: row.cost[by], value: row.of[figure].mean }));
  if (!rows.length) {
    box.replaceChildren(html("p", { class: "empty" }, "No row that is shown has this."));
    return;
  }
  const width = Math.min(box.clientWidth, 900);
  const height = Math.max(300, Math.min(420, width * 0.6));
  const [left, right, top, bottom] = [42, 24, 14, height - 44];
  const costs = rows.map(({ cost }) => cost);
  const [low, high] = [Math.min(...costs) / 1.4, Math.max(...costs) * 1.4];
  const log = linear([Math.log10(low), Math.log10(high)], [left, width - right]);
  const x = (cost) => log(Math.log10(cost));
  const [least, most] = extent(rows.map(({ row }) => row.of[figure]));
  const y = linear([least, most], [bottom, top]);
  const words = COSTS[by];
  const chart = drawing(width, height, `${FIGURES[figure]} against ${words}; the table has the numbers`, "group");
  for (const value of decades(low, high)) {
    chart.append(line(x(value), top, x(value), bottom, "grid"));
    chart.append(text(x(value), bottom + 17, brief(value), { "text-anchor": "middle", class: "soft" }));
  }
  const marks = ticks(least, most, 6);
  const said = percents(marks);
  for (const value of marks) {
    chart.append(line(left, y(value), width - right, y(value), "grid"));
    chart.append(text(left - 7, y(value) + 4, said(value), { "text-anchor": "end", class: "soft" }));
  }
  chart.append(text((left + width - right) / 2, height - 6, words, { "text-anchor": "middle", class: "head" }));
  chart.append(text(0, 0, `${brieflyNamed(figure)}, %`, { "text-anchor": "middle", class: "head", transform: `translate(11,${(top + bottom) / 2}) rotate(-90)` }));
  chart.append(svg("path", { d: steps(rows, x, y, width - right), class: "frontier" }));
  const taken = rows.map(({ cost, value }) => box4(x(cost) - 7, y(value) - 7, 14, 14));
  for (const one of rows) chart.append(spot(one, { x, y, left, right: width - 4, taken, figure, by }));
  box.replaceChildren(chart);
}

// From the cheapest row on, each one that is better than all before it.
function steps(rows, x, y, end) {
  let best = -Infinity;
  let d = "";
  for (const { cost, value } of [...rows].sort((a, b) => a.cost - b.cost || b.value - a.value)) {
    if (value <= best) continue;
    d += d ? `H${x(cost).toFixed(1)}V${y(value).toFixed(1)}` : `M${x(cost).toFixed(1)},${y(value).toFixed(1)}`;
    best = value;
  }
  return `${d}H${end}`;
}

function spot({ row, cost, value }, { x, y, left, right, taken, figure, by }) {
  const group = svg("g", { class: `hit ${ink(row.place)}`, "data-label": row.label, tabindex: 0, role: "img" });
  const here = thick(row.of[figure]);
  if (here) group.append(line(x(cost), y(here.low), x(cost), y(here.high), "new"));
  group.append(mark(row.place, x(cost), y(value), 6));
  const name = fitted(row.label, 150, 600);
  const [from, base] = free(measured(name, 600), x(cost), y(value), { left, right, taken });
  group.append(text(from, base, name, { class: "label" }));
  const said = `${meanAndSd(row.of[figure])} %\n${COSTS[by]}: ${brief(cost)}`;
  group.setAttribute("aria-label", `${row.label}: ${said.replace("\n", "; ")}`);
  group.addEventListener("pointerenter", () => emphasise(row.label));
  group.addEventListener("pointerleave", () => emphasise(null));
  return tipped(group, row.label, said);
}

// Where a label of this width covers nothing: beside its spot, else above or below, ever farther.
function free(width, cx, cy, { left, right, taken }) {
  const places = [-9, 12, -21, 24, -33, 36, -45].flatMap((off) => [
    [cx + 10, cy + 4 + off],
    [cx - 10 - width, cy + 4 + off],
  ]);
  const fits = ([from, base]) =>
    from >= left && from + width <= right && !taken.some((one) => covers(one, box4(from, base - 10, width, 13)));
  const found = places.find(fits) ?? places[cx > (left + right) / 2 ? 1 : 0];
  taken.push(box4(found[0], found[1] - 10, width, 13));
  return found;
}

function box4(x, y, width, height) {
  return { x, y, right: x + width, bottom: y + height };
}

function covers(one, other) {
  return one.x < other.right && other.x < one.right && one.y < other.bottom && other.y < one.bottom;
}

// 1, 2 and 5 times each power of ten; the powers alone where there are many.
function decades(low, high) {
  const few = high / low < 300 ? [1, 2, 5] : [1];
  const found = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1) {
    found.push(...few.map((factor) => factor * 10 ** power).filter((value) => value >= low && value <= high));
  }
  return found;
}

function brief(value) {
  for (const [size, prefix] of [[1e9, " G"], [1e6, " M"], [1e3, " k"]]) {
    if (value >= size) return `${Number((value / size).toPrecision(3))}${prefix}`;
  }
  return `${Number(value.toPrecision(3))}`;
}
