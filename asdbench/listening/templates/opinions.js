// What each row makes of a clip: its percentile in every repeat, as a strip and in numbers.
function showOpinions(clip) {
  const others = `${clip.anomalous ? "normal" : "anomalous"} test clips of ${clip.machine} ${clip.id}`;
  byId("opinions-said").textContent = `Where it lies among the ${others}: the share of them that scores lower, mean and each repeat.`;
  byId("left-end").textContent = clip.anomalous ? "0 %: wrong, below all" : "0 %: right, below all";
  byId("right-end").textContent = clip.anomalous ? "above all: right, 100 %" : "above all: wrong, 100 %";
  byId("opinions").replaceChildren(...drawn.rows.flatMap((label, place) => opinion(clip, label, place)));
}

function opinion(clip, label, place) {
  const said = clip.rows[place];
  if (!said) return [];
  const [wrong, places, called] = said;
  const mean = average(places);
  const name = html("span", { class: "method", title: label }, swatch(place), html("span", { class: "name" }, label));
  const decided = called === null ? "–" : `${called} of ${places.length}`;
  const line = html(
    "tr",
    place === rowPlace() ? { class: "chosen" } : {},
    html("th", { scope: "row" }, name),
    html("td", { class: "strip" }, strip(places, mean, place)),
    html("td", {}, `${mean.toFixed(0)} %`),
    html("td", {}, `${wrong.toFixed(0)} %`),
    html("td", {}, decided),
  );
  return [line];
}

function swatch(place) {
  return html("span", { class: `swatch m${place % 8}${place >= 8 ? " dashed" : ""}` });
}

function strip(places, mean, place) {
  const x = (value) => `${value}%`;
  const chart = svg("svg", { class: `m${place % 8}`, "aria-hidden": "true" });
  chart.append(svg("line", { x1: "0%", x2: "100%", y1: 11, y2: 11, class: "axis" }));
  for (const end of [0, 50, 100]) chart.append(svg("line", { x1: x(end), x2: x(end), y1: 6, y2: 16, class: "grid" }));
  for (const one of places) chart.append(svg("circle", { cx: x(one), cy: 11, r: 3, class: "once" }));
  chart.append(svg("circle", { cx: x(mean), cy: 11, r: 6, class: "mean" }));
  return chart;
}
