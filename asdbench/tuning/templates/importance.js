// A bar a field: its share of the objective's variation.
function drawImportance(box) {
  if (!box) return;
  const known = drawn.fields.filter((field) => field.importance !== null);
  const width = Math.min(box.clientWidth, 760);
  const widest = Math.max(...known.map((field) => measured(field.name, 600)));
  const left = Math.min(widest + 16, width * 0.45);
  const step = 28;
  const words = known.map((field) => `${field.name} ${percent(field.importance, 0)} %`).join(", ");
  const chart = drawing(width, step * known.length + 4, `Importance: ${words}`);
  const x = linear([0, Math.max(...known.map((field) => field.importance))], [left, width - 52]);
  known.forEach((field, i) => {
    const y = i * step;
    chart.append(text(0, y + 18, fitted(field.name, left - 8, 600), { class: "strong" }));
    chart.append(svg("rect", { class: "share m0", x: left, y: y + 5, width: Math.max(1, x(field.importance) - left), height: step - 10, rx: 2 }));
    chart.append(text(x(field.importance) + 8, y + 18, `${percent(field.importance, 0)} %`));
  });
  box.replaceChildren(chart);
}
