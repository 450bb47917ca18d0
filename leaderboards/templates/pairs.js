// Tables of pairs, for the figure and the question that are shown.
function wirePairs() {
  byId("against")?.addEventListener("change", () => {
    choose("against", byId("against").value);
    redraw("chart-pairs");
  });
  for (const details of all("#pairs details")) details.addEventListener("toggle", fillPairs);
}

function offerAgainst() {
  const rows = rivalsOf(state.subset);
  if (!byId("against")) return;
  const place = (row, i) => (i ? row.label : `${row.label}, the leader`);
  options(byId("against"), rows.map((row, i) => [i ? row.label : "", place(row, i)]));
  byId("against").value = rows.findIndex((row) => row.label === state.against) > 0 ? state.against : "";
}

function drawPairs(box) {
  const rows = rivalsOf(state.subset);
  const against = rows.some((row) => row.label === state.against) ? state.against : rows[0].label;
  differences(box, rowsOn(), against, state.figure);
}

function fillPairs() {
  const rows = rivalsOf(state.subset).map((row) => row.label);
  for (const table of all(`#pairs .of-${state.subset} table`)) {
    table.querySelector("[data-said-figure]").textContent = FIGURES[state.figure];
    if ("matrix" in table.dataset) fillMatrix(table, rows);
    else if (table.closest("details").open) fillList(table);
  }
}

function fillMatrix(table, rows) {
  [...table.tBodies[0].rows].forEach((line, i) => {
    [...line.cells].slice(1).forEach((cell, j) => {
      const pair = i === j ? null : pairOf(state.subset, state.figure, rows[i], rows[j]);
      const asked = pair?.[state.question];
      cell.className = !pair ? "self" : !asked ? "unknown" : asked.corrected < 0.05 ? "sure" : "";
      if (!pair) return cell.replaceChildren();
      const said = asked ? `${points(asked.low)} to ${points(asked.high)}` : "can't tell";
      cell.replaceChildren(html("b", {}, points(pair.difference)), " ", html("span", { class: "ends" }, said));
    });
  });
}

function fillList(table) {
  const shows = `${state.figure}`;
  if ((table.dataset.shows ?? drawn.ranks[state.subset]) === shows) return;
  table.dataset.shows = shows;
  const asked = all(`input[name="question"]`).map((input) => input.value);
  const inked = (label) => html("span", { class: `method inked ${ink(labels.indexOf(label))}` }, label);
  const cell = (value, words, name = "td", more = {}) => html(name, { "data-value": value ?? "", ...more }, words);
  const lines = pairs
    .filter((pair) => pair.subset === state.subset && pair.figure === state.figure)
    .map((pair) =>
      html(
        "tr",
        { "data-row": `${labels.indexOf(pair.first)} ${labels.indexOf(pair.second)}` },
        cell(pair.first, inked(pair.first), "th", { scope: "row" }),
        cell(pair.second, inked(pair.second), "td", { class: "text" }),
        cell(pair.difference, points(pair.difference)),
        ...asked.flatMap((question) => {
          const found = pair[question];
          if (!found) return [cell("", "?", "td", { class: "unknown" }), cell("", "?", "td", { class: "unknown" })];
          return [cell(found.low, `${points(found.low)} to ${points(found.high)}`), cell(found.corrected, saidP(found.corrected))];
        }),
        cell(pair.n, pair.n),
        cell(pair.flips, pair.flips === null ? "–" : `${percent(pair.flips, 0)} %`),
      ),
    );
  table.tBodies[0].replaceChildren(...lines);
  const sorted = table.querySelector("th[aria-sort]");
  if (sorted) arrange(sorted);
  filter();
}
