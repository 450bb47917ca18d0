// The objective over each field: numbers on their own scale, choices side by side.
function drawSlices(box) {
  const panels = drawn.fields.map((field) => {
    const chart = html("div", { class: "chart" });
    const lacking = drawn.trials.filter((trial) => !Number.isFinite(trial.params[field.name])).length;
    const note = lacking ? `${lacking} without it` : field.log ? "log scale" : "";
    const caption = html("figcaption", {}, html("span", { class: "name", title: field.name }, field.name), html("span", { class: "soft" }, note));
    return html("figure", { class: "panel" }, caption, chart);
  });
  box.replaceChildren(...panels);
  drawn.fields.forEach((field, i) => drawSlice(panels[i].lastElementChild, field));
}

function drawSlice(box, field) {
  const width = box.clientWidth;
  const [left, top, height] = [50, 8, 210];
  const here = drawn.trials.filter((trial) => Number.isFinite(trial.params[field.name]));
  const without = here.filter((trial) => trial.value === null);
  const bottom = height - 24 - (without.length ? LANE : 0);
  const x = across(field, left + 12, width - 12);
  const chart = drawing(width, height, `Objective over ${field.name}`, "group");
  for (const [value, words] of marksOf(field, width - left)) {
    chart.append(text(x(value), height - 6, fitted(words, field.choices ? (width - left) / field.choices.length - 4 : 80), { "text-anchor": "middle", class: "soft" }));
  }
  if (field.default !== null) chart.append(line(x(field.default), top, x(field.default), height - 22, "default-line m2"));
  const values = finished.map((trial) => trial.value);
  if (values.length) {
    const range = padded(values);
    const y = linear(range, [bottom, top]);
    valueAxis(chart, y, range, left, width, 4);
    const shown = inOrder(here.filter((trial) => trial.value !== null));
    for (const trial of shown) chart.append(point(trial, x(trial.params[field.name]) + beside(field, trial), y(trial.value)));
  }
  if (without.length) {
    chart.append(svg("rect", { class: "lane", x: left, y: bottom + 4, width: width - left, height: LANE - 4 }));
    for (const trial of without) chart.append(point(trial, x(trial.params[field.name]) + beside(field, trial), bottom + 4 + (LANE - 4) / 2));
  }
  box.replaceChildren(chart);
}

// Trials of one choice stand beside each other.
function beside(field, trial) {
  return field.choices ? (((trial.number * 7) % 11) / 10 - 0.5) * 22 : 0;
}

// From a field's values to pixels; what lies outside of the space, as a default may, widens it.
function across(field, from, to) {
  if (field.choices) return linear([-0.5, field.choices.length - 0.5], [from, to]);
  const scale = field.log ? Math.log : (value) => value;
  const known = [field.low, field.high, field.default].filter(Number.isFinite).filter((value) => !field.log || value > 0);
  const place = linear([scale(Math.min(...known)), scale(Math.max(...known))], [from, to]);
  return (value) => place(scale(value));
}

function marksOf(field, width) {
  if (field.choices) return field.choices.map((choice, i) => [i, choice]);
  const { low, high } = field;
  if (!field.log) return ticks(low, high, Math.max(3, width / 64)).filter((value) => !field.whole || Number.isInteger(value)).map((value) => [value, number(Number(value.toPrecision(6)))]);
  const powers = ticks(Math.ceil(Math.log10(low)), Math.floor(Math.log10(high)), Math.max(1, width / 70));
  const whole = powers.filter(Number.isInteger).map((power) => 10 ** power);
  return (whole.length > 1 ? whole : [low, high]).map((value) => [value, number(value)]);
}
