// The pick and the default on each fresh task: who is ahead, and on how many.
function drawVerdict(box) {
  const { tested } = drawn;
  if (!tested.length) return box.replaceChildren();
  const [width, left, right, step, top] = [Math.min(box.clientWidth, 760), 74, 64, 26, 22];
  const bottom = top + step * tested.length;
  const [low, high] = padded(tested.flat());
  const x = linear([low, high], [left, width - right]);
  const chart = drawing(width, bottom + 40, "Objective of the pick and of the default on each fresh task");
  chart.append(svg("desc", {}, tested.map(([pick, other], i) => `task ${i + 1}: pick ${number(pick)}, default ${number(other)}`).join("; ")));
  const said = numbersBetween(low, high, 7);
  for (const value of ticks(low, high, tickCount(width - left - right, 40))) {
    chart.append(line(x(value), top, x(value), bottom, "grid"));
    chart.append(text(x(value), bottom + 16, said(value), { "text-anchor": "middle", class: "soft" }));
  }
  chart.append(text(width, 13, "ahead by", { "text-anchor": "end", class: "head" }));
  tested.forEach(([pick, other], i) => {
    const y = top + step * (i + 0.5);
    chart.append(text(0, y + 4, drawn.objective === "oracle" ? `seed ${i + 1}` : `task ${i + 1}`));
    chart.append(line(x(other), y, x(pick), y, "between"));
    chart.append(svg("rect", { class: "dot m2", x: x(other) - 5.5, y: y - 5.5, width: 11, height: 11 }));
    chart.append(svg("path", { class: "dot m1", d: "M0,-7.500l7.500,7.500l-7.500,7.500l-7.500,-7.500z", transform: `translate(${x(pick)},${y})` }));
    const by = pick - other;
    chart.append(text(width, y + 4, `${by < 0 ? "−" : "+"}${Math.abs(by).toFixed(3)}`, { "text-anchor": "end" }));
  });
  chart.append(text((left + width - right) / 2, bottom + 34, "objective on tasks that the pick wasn't chosen on", { "text-anchor": "middle", class: "head" }));
  box.replaceChildren(chart);
}
