// Learning curves of one method: a panel a stage and figure.
function drawTraining(box, label, chosen) {
  const panels = grouped(drawn.curves[label] ?? [], (curve) => `${curve.stage} · ${curve.figure}`);
  const shown = [...panels].filter(([name]) => chosen === "" || name === chosen);
  box.classList.toggle("many", shown.length > 1);
  const figures = shown.map(([name]) =>
    html("figure", { class: "panel" }, html("figcaption", {}, name)),
  );
  box.replaceChildren(...figures);
  const place = placeOf(label);
  shown.forEach(([name, curves], i) => {
    const figure = figures[i];
    const large = shown.length === 1;
    figure.append(trainingPanel(figure.clientWidth, curves, `${label}, ${name}`, place, large));
  });
}

function grouped(values, keyOf) {
  const found = new Map();
  for (const value of values) found.set(keyOf(value), [...(found.get(keyOf(value)) ?? []), value]);
  return found;
}

function trainingPanel(width, curves, title, place, large) {
  const height = large ? 360 : 200;
  const byMachine = [...grouped(curves, (curve) => curve.machine ?? "")];
  const named = byMachine.length > 1 ? 84 : 0;
  const [left, right, top, bottom] = [48, 10 + named, 8, height - 36];
  const epochs = curves.flatMap((curve) => curve.epochs);
  const values = curves.flatMap((curve) => curve.values);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const pad = (high - low) * 0.05 || Math.abs(high) * 0.05 || 1;
  const x = linear([Math.min(...epochs), Math.max(...epochs)], [left, width - right]);
  const y = linear([low - pad, high + pad], [bottom, top]);
  const short = numbersBetween(low, high, 4);
  const chart = drawing(width, height, `Learning curves of ${title}: ${short(values[0])} at first, ${short(curves[0].values.at(-1))} at last in the first of ${curves.length} curves`);
  for (const value of low === high ? [low] : ticks(low - pad, high + pad, 4)) {
    chart.append(line(left, y(value), width - right, y(value), "grid"));
    chart.append(text(left - 7, y(value) + 4, short(value), { "text-anchor": "end", class: "soft" }));
  }
  for (const value of ticks(Math.min(...epochs), Math.max(...epochs), width > 500 ? 8 : 4)) {
    if (Number.isInteger(value)) chart.append(text(x(value), bottom + 16, value, { "text-anchor": "middle", class: "soft" }));
  }
  chart.append(text((left + width - right) / 2, height - 4, "epoch", { "text-anchor": "middle", class: "head" }));
  const means = byMachine.map(([machine, every]) => ({ machine, every, mean: meanCurve(every) }));
  const ends = apart(means.map(({ mean }) => y(mean.at(-1)[1])), 14, top + 4, bottom);
  means.forEach(({ machine, every, mean }, i) => {
    const colour = named ? i : place;
    const group = svg("g", { class: ink(colour) });
    for (const curve of every) {
      group.append(svg("path", { class: "curve thin", d: spots(curve.epochs.map((epoch, at) => [epoch, curve.values[at]]), x, y) }));
    }
    const d = spots(mean, x, y);
    group.append(svg("path", { class: ink(colour, "curve"), d }), svg("path", { class: "catch", d }));
    if (named) group.append(text(width - right + 8, ends[i] + 4, fitted(machine, named, 600), { class: "label" }));
    const [first, last] = [mean[0][1], mean.at(-1)[1]];
    chart.append(tipped(group, machine || title, `mean of ${every.length}: ${short(first)} to ${short(last)}`));
  });
  return chart;
}

function spots(points, x, y) {
  return path(points.map(([epoch, value]) => [x(epoch), y(value)]));
}

// At the epochs that all have, which is all of them unless fields differ.
function meanCurve(curves) {
  const at = curves.map((curve) => new Map(curve.epochs.map((epoch, i) => [epoch, curve.values[i]])));
  return curves[0].epochs
    .filter((epoch) => at.every((one) => one.has(epoch)))
    .map((epoch) => [epoch, average(at.map((one) => one.get(epoch)))]);
}
