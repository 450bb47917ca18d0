// Trials: how each is marked and what is told of it.
const root = document.documentElement;
const drawn = JSON.parse(byId("drawn").textContent);
const finished = drawn.trials.filter((trial) => trial.value !== null);
const LANE = 26; // what has no objective stands below the others

function inkOf(trial) {
  if (trial.value === null) return "m7";
  if (trial.isPick) return "m1";
  return trial.isDefault ? "m2" : "m0";
}

function shapeOf(trial, x, y) {
  const at = { transform: `translate(${x.toFixed(1)},${y.toFixed(1)})` };
  if (trial.state === "failed") return svg("path", { class: "cross", d: "M-4,-4l8,8m0,-8l-8,8", ...at });
  if (trial.value === null) return svg("path", { class: "hollow", d: "M0,4.500l4.500,-8h-9z", ...at });
  if (trial.isPick) return svg("path", { class: "dot", d: "M0,-7.500l7.500,7.500l-7.500,7.500l-7.500,-7.500z", ...at });
  if (trial.isDefault) return svg("rect", { class: "dot", x: -5.5, y: -5.5, width: 11, height: 11, ...at });
  return svg("circle", { class: "dot", r: 4.5, ...at });
}

function number(value) {
  const size = Math.abs(value);
  return size !== 0 && (size < 0.001 || size >= 1e5) ? value.toExponential(1).replace(".0e", "e") : String(Number(value.toPrecision(4)));
}

function said(field, value) {
  if (value === null || value === undefined) return "not set";
  return field.choices ? field.choices[value] : number(value);
}

function sayTrial(trial) {
  const lines = [trial.value === null ? trial.state : `objective ${number(trial.value)}`];
  for (const field of drawn.fields) if (field.name in trial.params) lines.push(`${field.name}: ${said(field, trial.params[field.name])}`);
  if (trial.reason) lines.push(trial.reason);
  if (trial.seconds !== null) lines.push(`${number(trial.seconds)} s`);
  return lines.join("\n");
}

function headOf(trial) {
  const marks = [trial.isPick && "the pick", trial.isDefault && "the default"].filter(Boolean);
  return `trial ${trial.number}${marks.length ? `, ${marks.join(" and ")}` : ""}`;
}

function point(trial, x, y, more = "") {
  const lines = sayTrial(trial) + more;
  const label = `${headOf(trial)}: ${lines.replaceAll("\n", "; ")}`;
  const group = svg("g", { class: `point ${inkOf(trial)}`, tabindex: 0, role: "img", "aria-label": label, "data-trial": trial.number });
  group.append(svg("circle", { cx: x, cy: y, r: 10, fill: "transparent" }), shapeOf(trial, x, y));
  return tipped(group, headOf(trial), lines);
}

// Those that matter are drawn last, above the others.
function inOrder(trials) {
  const weight = (trial) => (trial.isPick ? 2 : trial.isDefault ? 1 : 0);
  return [...trials].sort((a, b) => weight(a) - weight(b));
}

function padded(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const pad = (high - low || Math.abs(high) || 1) * 0.06;
  return [low - pad, high + pad];
}

function valueAxis(chart, y, [low, high], left, right, count) {
  const said = numbersBetween(low, high, count);
  for (const value of ticks(low, high, count)) {
    chart.append(line(left, y(value), right, y(value), "grid"));
    chart.append(text(left - 6, y(value) + 4, said(value), { "text-anchor": "end", class: "soft" }));
  }
}
