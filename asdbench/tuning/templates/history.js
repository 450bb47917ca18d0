// The objective of each trial in order, and the best so far.
function drawHistory(box) {
  const width = box.clientWidth;
  const [left, top, height] = [56, 10, 300];
  const without = drawn.trials.filter((trial) => trial.value === null);
  const bottom = height - 34 - (without.length ? LANE : 0);
  const chart = drawing(width, height, "Objective of each trial", "group");
  const last = Math.max(...drawn.trials.map((trial) => trial.number), 1);
  const x = linear([0, last], [left + 12, width - 14]);
  for (const value of ticks(0, last, width < 500 ? 5 : 10).filter(Number.isInteger)) {
    chart.append(text(x(value), height - 18, String(value), { "text-anchor": "middle", class: "soft" }));
  }
  chart.append(text((left + width) / 2, height - 2, "trial", { "text-anchor": "middle", class: "head" }));
  if (finished.length) {
    const range = padded(finished.map((trial) => trial.value));
    const y = linear(range, [bottom, top]);
    valueAxis(chart, y, range, left, width, 6);
    chart.append(bestSoFar(x, y, last));
    for (const trial of inOrder(finished)) chart.append(point(trial, x(trial.number), y(trial.value)));
  }
  if (without.length) {
    chart.append(svg("rect", { class: "lane", x: left, y: bottom + 4, width: width - left, height: LANE - 4 }));
    for (const trial of without) chart.append(point(trial, x(trial.number), bottom + 4 + (LANE - 4) / 2));
  }
  box.replaceChildren(chart);
}

function bestSoFar(x, y, last) {
  const steps = [];
  let best = -Infinity;
  for (const trial of finished) {
    if (trial.value <= best) continue;
    if (steps.length) steps.push([x(trial.number), y(best)]);
    best = trial.value;
    steps.push([x(trial.number), y(best)]);
  }
  steps.push([x(last), y(best)]);
  return svg("path", { class: "best", d: path(steps) });
}
