// What was never seen: the true figure of each trial, and how the objective goes with it.
function drawTruth(box) {
  if (!box) return;
  const { points } = drawn.trust;
  if (!points.length) return box.replaceChildren(html("p", { class: "empty" }, "No trial has a true figure."));
  const width = box.clientWidth;
  const [left, top, height] = [52, 10, 300];
  const bottom = height - 40;
  const ranges = [padded(points.map(([, value]) => value)), padded([drawn.trust.default, ...points.map(([, , figure]) => figure)])];
  const x = linear(ranges[0], [left + 8, width - 12]);
  const y = linear(ranges[1], [bottom, top]);
  const chart = drawing(width, height, "True figure over objective of each trial", "group");
  const figures = ticks(...ranges[1], 5);
  const share = percents(figures);
  for (const value of figures) {
    chart.append(line(left, y(value), width, y(value), "grid"));
    chart.append(text(left - 6, y(value) + 4, share(value), { "text-anchor": "end", class: "soft" }));
  }
  const objective = numbersBetween(...ranges[0], 5);
  for (const value of ticks(...ranges[0], 5)) chart.append(text(x(value), bottom + 18, objective(value), { "text-anchor": "middle", class: "soft" }));
  chart.append(line(left, y(drawn.trust.default), width, y(drawn.trust.default), "default-line m2"));
  chart.append(text((left + width) / 2, height - 3, "objective", { "text-anchor": "middle", class: "head" }));
  const byNumber = new Map(points.map(([trial, value, figure]) => [trial, { value, figure }]));
  for (const trial of inOrder(drawn.trials.filter((one) => byNumber.has(one.number)))) {
    const { value, figure } = byNumber.get(trial.number);
    chart.append(point(trial, x(value), y(figure), `\ntruly ${percent(figure)} %`));
  }
  box.replaceChildren(chart);
}

function drawFamilies(box) {
  if (!box) return;
  const { families } = drawn.trust;
  const width = box.clientWidth;
  const widest = Math.max(...families.map((one) => measured(one.name, 600)));
  const left = Math.min(widest + 14, width * 0.42);
  const [step, top] = [24, 6];
  const bottom = top + step * families.length;
  const x = linear([-1, 1], [left, width - 14]);
  const chart = drawing(width, bottom + 24, "Rank correlations with the truth; the table below has the numbers");
  for (const value of [-1, -0.5, 0, 0.5, 1]) {
    chart.append(line(x(value), top, x(value), bottom, value === 0 ? "axis" : "grid"));
    chart.append(text(x(value), bottom + 17, String(value).replace("-", "−"), { "text-anchor": "middle", class: "soft" }));
  }
  families.forEach((one, i) => {
    const y = top + step * (i + 0.5);
    chart.append(text(0, y + 4, fitted(one.name, left - 8, i ? 400 : 600), i ? {} : { class: "strong" }));
    if (one.rho === null) return chart.append(text(left + 6, y + 4, "does not vary", { class: "soft" }));
    const group = svg("g", { class: i ? "m0" : "m1" });
    if (one.low !== null) group.append(line(x(one.low), y, x(one.high), y, "new"));
    group.append(svg("circle", { cx: x(one.rho), cy: y, r: 5, class: "dot" }));
    chart.append(group);
  });
  box.replaceChildren(chart);
}
