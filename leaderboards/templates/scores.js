// Histograms of scores: normal clips upwards, anomalous ones downwards.
function drawScores(box, rows, key) {
  const [machine, id] = key.split("/");
  const panels = rows
    .map((row) => ({ row, of: row.machines[machine]?.ids[id] }))
    .filter(({ of }) => of)
    .map(({ row, of }) => scoresPanel(row, of));
  box.replaceChildren(...panels);
  for (const figure of panels) drawHistogram(figure);
}

const histograms = new WeakMap();

function scoresPanel(row, of, said = row.label) {
  const name = html("span", { class: `method inked ${ink(row.place)}`, title: said }, said);
  const auc = html("span", { class: "soft" }, `AUC ${of.of.auc[0].toFixed(1)} %`);
  const figure = html("figure", { class: "panel" }, html("figcaption", {}, name, auc));
  histograms.set(figure, { row, of });
  return figure;
}

function drawHistogram(figure) {
  const { row, of } = histograms.get(figure);
  const [width, height, middle] = [figure.clientWidth, 176, 80];
  const { low, high, normal, anomalous } = of.scores;
  const shares = (counts) => counts.map((count) => count / Math.max(1, counts.reduce((a, b) => a + b, 0)));
  const [up, down] = [shares(normal), shares(anomalous)];
  const size = linear([0, Math.max(...up, ...down)], [0, 66]);
  const x = linear([0, normal.length], [0, width]);
  const short = numbersBetween(low, high, normal.length);
  const words = `${row.label}: scores of ${of.normal} normal and ${of.anomalous} anomalous clips from ${short(low)} to ${short(high)}`;
  const chart = drawing(width, height, words);
  chart.append(svg("desc", {}, `Normal clips in each bin: ${normal.join(", ")}. Anomalous: ${anomalous.join(", ")}.`));
  normal.forEach((_, i) => {
    const [from, wide] = [x(i) + 0.5, Math.max(1, x(1) - x(0) - 1)];
    const group = svg("g", { class: "hit" });
    group.append(svg("rect", { class: "stripe", x: x(i), y: 6, width: x(1), height: 148 }));
    group.append(svg("rect", { class: "bar-normal", x: from, y: middle - size(up[i]), width: wide, height: size(up[i]) }));
    group.append(svg("rect", { class: "bar-anomalous", x: from, y: middle + 1, width: wide, height: size(down[i]) }));
    const at = (bin) => short(low + ((high - low) * bin) / normal.length);
    chart.append(tipped(group, `${at(i)} to ${at(i + 1)}`, `${normal[i]} of ${of.normal} normal\n${anomalous[i]} of ${of.anomalous} anomalous`));
  });
  chart.append(line(0, middle + 0.5, width, middle + 0.5, "axis"));
  chart.append(text(0, height - 4, short(low), { class: "soft" }));
  chart.append(text(width, height - 4, short(high), { class: "soft", "text-anchor": "end" }));
  chart.append(text(width / 2, height - 4, `${of.normal} normal, ${of.anomalous} anomalous`, { class: "head", "text-anchor": "middle" }));
  figure.append(chart);
}
