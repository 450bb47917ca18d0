// What a chosen cell of the heat map is about: one row on one machine ID, or on a type.
function showCell() {
  const box = byId("cell");
  markCell();
  const [label, machine, id] = state.cell ?? [];
  const row = rowsOn().find((one) => one.label === label);
  const found = row?.machines[machine];
  const of = id ? found?.ids[id] : found;
  box.hidden = !of;
  if (!of) return;
  const where = id ? `${machine} ID ${id}` : `${machine}, all IDs`;
  const close = html("button", { type: "button", class: "plain" }, "Close");
  close.addEventListener("click", () => {
    choose("cell", null);
    showCell();
  });
  const figures = Object.entries(of.of).filter(([name]) => name in FIGURES || name === "auc");
  const said = figures.map(([name, one]) => `${brieflyNamed(name in FIGURES ? name : "auc")} ${id ? one.map((part) => part.toFixed(1)).join(" ± ") : meanAndSd(one)} %`);
  if (id) said.push(`${of.normal} normal and ${of.anomalous} anomalous clips`);
  const charts = html("div", { class: "chart two" });
  box.replaceChildren(html("h3", {}, html("span", { class: `method inked ${ink(row.place)}` }, label), ` on ${where}`), html("p", { class: "soft small" }, said.join(" · ")), charts, close);
  const curves = rowsOn().map((one) => ({ row: one, rates: rates(one, id ? `${machine}/${id}` : machine) }));
  const width = charts.clientWidth;
  const side = width >= 840 ? (width - 40) / 2 : width;
  charts.append(panel(side, Math.min(360, side), curves.filter((one) => one.rates), 1, `ROC curves, ${where}`));
  for (const group of all("[data-label]", charts)) group.classList.toggle("faint", group.dataset.label !== label);
  const ids = id ? [[id, of]] : Object.entries(of.ids);
  const scores = html("div", { class: "many" });
  charts.append(scores);
  for (const [name, one] of ids) {
    const figure = scoresPanel(row, one, `ID ${name}`);
    scores.append(figure);
    drawHistogram(figure);
  }
}
