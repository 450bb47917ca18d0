// ROC curves: the whole one, and the part that pAUC looks at.
const PARTIAL = 0.1;

function drawRoc(box, rows, key) {
  const curves = rows
    .map((row) => ({ row, rates: rates(row, key) }))
    .filter(({ row, rates: found }) => found && !hidden(row));
  const width = Math.min(box.clientWidth, 1200);
  const side = width >= 840 ? (width - 40) / 2 : width;
  const height = Math.min(440, side);
  const where = key === "" ? "all machine types" : key.replace("/", " ID ");
  box.replaceChildren(
    panel(side, height, curves, 1, `ROC curves, ${where}`),
    panel(side, height, curves, PARTIAL, `The part for pAUC, ${where}`),
  );
}

// True positive rates of an ID, or means over IDs, or over machine types.
function rates(row, key) {
  const [machine, id] = key.split("/");
  const mean = (curves) => curves[0].map((_, i) => average(curves.map((curve) => curve[i])));
  const ofMachine = (figures) => mean(Object.values(figures.ids).map((one) => one.roc));
  if (!machine) return mean(Object.values(row.machines).map(ofMachine));
  const figures = row.machines[machine];
  if (!figures) return null;
  return id === undefined ? ofMachine(figures) : figures.ids[id]?.roc;
}

function panel(width, height, curves, limit, title) {
  const named = limit < 1 && width > 420 ? 116 : 12;
  const [left, right, top, bottom] = [42, named, 8, height - 40];
  const x = linear([0, limit], [left, width - right]);
  const grid = drawn.falseRates.filter((rate) => rate <= limit + 1e-9);
  const most = limit === 1 ? 1 : highest(curves, grid.length);
  const y = linear([0, most], [bottom, top]);
  const summary = curves.map(({ row }) => row.label).join(", ");
  const chart = drawing(width, height, `${title}. Rows: ${summary}`);
  const tinted = x(Math.min(limit, PARTIAL)) - left;
  chart.append(svg("rect", { class: "region", x: left, y: top, width: tinted, height: bottom - top }));
  for (const value of ticks(0, limit, 5)) {
    chart.append(line(x(value), top, x(value), bottom, "grid"));
    chart.append(text(x(value), bottom + 16, percent(value, 0), { "text-anchor": "middle", class: "soft" }));
  }
  for (const value of ticks(0, most, 5)) {
    chart.append(line(left, y(value), width - right, y(value), "grid"));
    chart.append(text(left - 7, y(value) + 4, percent(value, 0), { "text-anchor": "end", class: "soft" }));
  }
  const diagonal = Math.min(limit, most);
  chart.append(line(x(0), y(0), x(diagonal), y(diagonal), "chance"));
  chart.append(text((left + width - right) / 2, height - 6, "false positive rate, %", { "text-anchor": "middle", class: "head" }));
  chart.append(text(0, 0, "true positive rate, %", { "text-anchor": "middle", class: "head", transform: `translate(11,${(top + bottom) / 2}) rotate(-90)` }));
  const ends = apart(curves.map(({ rates: found }) => y(found[grid.length - 1])), 15, top + 4, bottom);
  curves.forEach(({ row, rates: found }, i) => {
    const points = [[x(0), y(0)], ...grid.map((rate, at) => [x(rate), y(found[at])])];
    const group = rocLine(row, path(points), found);
    if (named > 12) group.append(text(width - right + 8, ends[i] + 4, fitted(row.label, named - 8, 600), { class: "label" }));
    chart.append(group);
  });
  const figure = html("figure", { class: "panel" }, chart);
  figure.prepend(html("figcaption", {}, limit === 1 ? "Whole curve" : "Up to 10 % false positives"));
  return figure;
}

function highest(curves, length) {
  const top = Math.max(0.1, ...curves.map(({ rates: found }) => Math.max(...found.slice(0, length))));
  return Math.min(1, Math.ceil(top * 10) / 10);
}

function rocLine(row, d, found) {
  const at = (rate) => percent(found[drawn.falseRates.findIndex((one) => Math.abs(one - rate) < 1e-9)], 0);
  const group = svg("g", { class: ink(row.place), "data-label": row.label });
  group.append(svg("path", { d, class: ink(row.place, "curve") }), svg("path", { d, class: "catch" }));
  group.addEventListener("pointerenter", () => emphasise(row.label));
  group.addEventListener("pointerleave", () => emphasise(null));
  const lines = [0.01, 0.05, 0.1, 0.5].map((rate) => `${at(rate)} % found at ${percent(rate, 0)} % false alarms`);
  return tipped(group, row.label, lines.join("\n"));
}
