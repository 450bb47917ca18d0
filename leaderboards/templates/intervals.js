// A line per row: mean, both intervals, every repeat.
const DECIDED = new Set(["precision", "recall", "f1", "specificity"]); // where 50 % isn't chance
const ROOMY = 640; // narrower than this, names stand above their lines

function intervals(box, every, figure, { ranks, title }) {
  const rows = every.filter((row) => row.of[figure]);
  if (!rows.length) {
    box.replaceChildren(html("p", { class: "empty" }, "No row has this figure here."));
    return;
  }
  const sorted = [...rows].sort((a, b) => b.of[figure].mean - a.of[figure].mean);
  const width = box.clientWidth;
  const roomy = width >= ROOMY;
  const widest = Math.max(...rows.map((row) => measured(row.label, 600)));
  const left = roomy ? Math.min(Math.max(96, widest + 32), width / 4) : 8;
  const right = (roomy ? 96 : 8) + (roomy && ranks ? 128 : 0);
  const step = roomy ? 36 : 54;
  const columns = rows.every((row) => /^([a-e]*|\?)$/.test(lettersOf(row)));
  const top = roomy ? 30 : 12;
  const bottom = top + step * sorted.length;
  const [low, high] = extent(sorted.map((row) => row.of[figure]));
  const x = linear([low, high], [left, width - right]);
  const chart = drawing(width, bottom + 40, `${title}: a line a row; the table has the numbers`, "group");

  const marks = ticks(low, high, tickCount(width - left - right, 32));
  const said = percents(marks);
  for (const value of marks) {
    chart.append(upright(x(value), "grid", { top, bottom, step, roomy }));
    chart.append(text(x(value), bottom + 17, said(value), { "text-anchor": "middle", class: "soft" }));
  }
  const chance = low <= 0.5 && high > 0.5 && !DECIDED.has(figure);
  if (chance) chart.append(upright(x(0.5), "chance", { top, bottom, step, roomy }));
  const words = `${FIGURES[figure]}, %${chance ? " · 50 is chance" : ""}`;
  chart.append(text((left + width - right) / 2, bottom + 35, words, { "text-anchor": "middle", class: "head" }));
  if (roomy) chart.append(...heads(width, ranks));
  sorted.forEach((row, i) => {
    chart.append(interval(row, figure, { x, y: top + i * step, step, width, roomy, ranks, left, columns }));
  });
  box.replaceChildren(chart);
  box.style.minHeight = "0";
}

function extent(spreads) {
  const every = spreads.flatMap((spread) => [
    ...spread.values,
    ...[thick(spread), spread.elsewhere].flatMap((one) => (one ? [one.low, one.high] : [])),
  ]);
  const low = Math.min(...every);
  const high = Math.max(...every);
  const from = low > 0.8 ? low : Math.min(low, 0.5);
  const pad = Math.max(0.01, (high - from) * 0.03);
  return [Math.max(0, from - pad), Math.min(1, high + pad)];
}

function heads(width, ranks) {
  const found = [text(width - (ranks ? 128 : 0), 16, "mean ± sd", { "text-anchor": "end", class: "head" })];
  if (ranks) {
    found.push(text(width - 68, 16, "P(best)", { "text-anchor": "end", class: "head" }));
    found.push(text(width - 48, 16, "group", { class: "head" }));
  }
  return found;
}

function interval(row, figure, { x, y, step, width, roomy, ranks, left, columns }) {
  const spread = row.of[figure];
  const middle = y + (roomy ? step / 2 : 36);
  const said = sayInterval(row, spread, ranks);
  const group = svg("g", {
    class: `hit ${ink(row.place)}`,
    tabindex: 0,
    role: "img",
    "aria-label": `${row.label}: ${said.replaceAll("\n", "; ")}`,
  });
  group.append(svg("rect", { class: "stripe", x: 0, y: y + 1, width, height: step - 2, rx: 3 }));
  const here = thick(spread);
  const { elsewhere } = spread;
  if (elsewhere) group.append(line(x(elsewhere.low), middle, x(elsewhere.high), middle, "new"));
  if (here) {
    const [from, to] = [x(here.low), x(here.high)];
    group.append(svg("rect", { class: "these", x: from, y: middle - 5, width: to - from, height: 10, rx: 2 }));
  }
  spread.values.forEach((value, i) => {
    const off = spread.values.length > 1 ? (((i * 7) % 11) / 10 - 0.5) * 13 : 0;
    group.append(svg("circle", { class: "once", cx: x(value), cy: middle + off, r: 2.2 }));
  });
  group.append(mark(row.place, x(spread.mean), middle, 5.5));
  const name = { class: "strong" };
  if (roomy) {
    group.append(text(8, middle + 4, fitted(row.label, left - 24, 600), name));
    group.append(text(width - (ranks ? 128 : 0), middle + 4, meanAndSd(spread), { "text-anchor": "end" }));
    if (ranks) {
      group.append(text(width - 68, middle + 4, row.best[state.question], { "text-anchor": "end", class: "soft" }));
      group.append(letters(row, width - 48, middle + 4, columns));
    }
  } else {
    const value = meanAndSd(spread) + (ranks ? ` · ${lettersOf(row)}` : "");
    group.append(text(8, y + 16, fitted(row.label, width - 140, 600), name));
    group.append(text(width - 8, y + 16, value, { "text-anchor": "end" }));
  }
  return tipped(group, row.label, said);
}

// Each letter in a column of its own where there are few.
function letters(row, x, y, columns) {
  if (!columns || lettersOf(row) === "?") return text(x, y, fitted(lettersOf(row), 48));
  const each = [...lettersOf(row)].map((letter) =>
    svg("tspan", { x: x + 9 * (letter.charCodeAt(0) - 97) }, letter),
  );
  return svg("text", { y }, ...each);
}

function sayInterval(row, spread, ranks) {
  const range = (one) => `${percent(one.low)} to ${percent(one.high)} %`;
  const lines = [`${meanAndSd(spread)} %`];
  if (spread.clips) lines.push(`95 %, these fits: ${range(spread.clips)}`);
  if (spread.here) lines.push(`95 %, these machine IDs: ${range(spread.here)}`);
  if (spread.elsewhere) lines.push(`95 %, other machine IDs: ${range(spread.elsewhere)}`);
  lines.push(`repeats: ${spread.values.map((value) => percent(value)).join(", ")}`);
  if (ranks) {
    const share = row.best[state.question];
    if (share !== "–") lines.push(share === "?" ? "can't be told from others" : `best with a probability of ${share}; group ${lettersOf(row)}`);
  }
  return lines.join("\n");
}

// The interval drawn as a bar: the inner one of what is asked.
function thick(spread) {
  return state.question === "clips" ? spread.clips : spread.here;
}

// The letters that answer what is asked, or "?" where it can't be told.
function lettersOf(row) {
  return row.letters[state.question];
}
