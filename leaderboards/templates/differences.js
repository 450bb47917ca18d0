// Rows against one of them: how far behind or ahead each is, with intervals.
function differences(box, rows, against, figure, most = Infinity) {
  const every = rows
    .filter((row) => row.label !== against)
    .map((row) => ({ row, pair: pairOf(state.subset, figure, row.label, against) }))
    .filter(({ pair }) => pair);
  const shown = every.slice(0, most);
  if (!shown.length) {
    box.replaceChildren(html("p", { class: "empty" }, "No other row to compare it with."));
    return;
  }
  const width = box.clientWidth;
  const roomy = width >= 440;
  const widest = Math.max(...shown.map(({ row }) => measured(row.label, 600)));
  const left = roomy ? Math.min(widest + 28, width / 3) : 8;
  const right = roomy ? Math.max(...shown.map(({ pair }) => measured(saidOfPair(pair), 600))) + 20 : 8;
  const step = roomy ? 28 : 46;
  const top = 8;
  const bottom = top + step * shown.length;
  const ends = shown.flatMap(({ pair }) => [pair.difference, ...[pair.clips, pair.here, pair.elsewhere].flatMap((one) => (one ? [one.low, one.high] : []))]);
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const pad = Math.max(0.005, (high - low) * 0.04);
  const x = linear([low - pad, high + pad], [left, width - right]);
  const more = every.length - shown.length;
  const chart = drawing(width, bottom + (more ? 52 : 40), `Differences to ${against}: a line a row; the table has the numbers`, "group");
  const marks = ticks(low - pad, high + pad, tickCount(width - left - right, 40));
  const said = percents(marks);
  for (const value of marks) {
    chart.append(upright(x(value), "grid", { top, bottom, step, roomy }));
    chart.append(text(x(value), bottom + 16, Math.abs(value) < 1e-9 ? "0" : `${signOf(value)}${said(Math.abs(value))}`, { "text-anchor": "middle", class: "soft" }));
  }
  chart.append(upright(x(0), "zero", { top, bottom, step, roomy }));
  const words = `${brieflyNamed(figure)}: points to ${against}`;
  chart.append(text((left + width - right) / 2, bottom + 33, fitted(words, width - 16), { "text-anchor": "middle", class: "head" }));
  if (more) chart.append(text(8, bottom + 50, `and ${more} more, farther behind`, { class: "soft" }));
  shown.forEach((one, i) => chart.append(apartLine(one, { x, y: top + i * step, step, width, left, roomy })));
  box.replaceChildren(chart);
  box.style.minHeight = "0";
}

function apartLine({ row, pair }, { x, y, step, width, left, roomy }) {
  const asked = pair[state.question];
  const inner = state.question === "clips" ? pair.clips : pair.here;
  const middle = y + (roomy ? step / 2 : 33);
  const value = saidOfPair(pair);
  const p = asked ? `p ${saidP(asked.corrected)} after Holm: ${asked.corrected < 0.05 ? "told apart" : "can't be told apart"}` : "can't be told apart: ?";
  const group = svg("g", { class: `hit ${ink(row.place)}`, tabindex: 0, role: "img", "aria-label": `${row.label}: ${value} points; ${p}` });
  group.append(svg("rect", { class: "stripe", x: 0, y: y + 1, width, height: step - 2, rx: 3 }));
  if (pair.elsewhere) group.append(line(x(pair.elsewhere.low), middle, x(pair.elsewhere.high), middle, "new"));
  if (inner) {
    const [from, to] = [x(inner.low), x(inner.high)];
    group.append(svg("rect", { class: "these", x: from, y: middle - 5, width: to - from, height: 10, rx: 2 }));
  }
  group.append(mark(row.place, x(pair.difference), middle, 5));
  const kind = asked && asked.corrected < 0.05 ? "strong" : "";
  if (roomy) {
    group.append(text(8, middle + 4, fitted(row.label, left - 24, 600), { class: "strong" }));
    group.append(text(width - 4, middle + 4, value, { "text-anchor": "end", class: kind }));
  } else {
    group.append(text(8, y + 16, fitted(row.label, width - 190, 600), { class: "strong" }));
    group.append(text(width - 8, y + 16, value, { "text-anchor": "end", class: kind }));
  }
  return tipped(group, row.label, `${value} points\n${p}`);
}

function saidOfPair(pair) {
  const asked = pair[state.question];
  return `${points(pair.difference)} (${asked ? `${points(asked.low)} to ${points(asked.high)}` : "?"})`;
}

// "+3.0", with a real minus sign.
function points(share) {
  return `${signOf(share)}${percent(Math.abs(share))}`;
}

function signOf(share) {
  return share < 0 ? "−" : "+";
}

function saidP(p) {
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}

function brieflyNamed(figure) {
  return FIGURES[figure].split(/[,(]/)[0].trim();
}
