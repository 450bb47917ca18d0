// The ranking's table follows the figure: its order, its places, its intervals, and its columns.
function rankingTables() {
  return all("#ranking table");
}

function wireRanking() {
  byId("columns").addEventListener("click", () => {
    choose("columns", root.dataset.columns === "few" ? "all" : "few");
    fitColumns();
  });
}

// By the figure shown, unless a reader has sorted by something else.
function arrangeRanking() {
  const [column, order] = state.sort ? state.sort.split(".") : [state.figure, "descending"];
  for (const table of rankingTables()) {
    const header = all("th[data-column]", table).find((one) => one.dataset.column === column);
    if (!header) continue;
    for (const one of all("th[aria-sort]", table)) one.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", order === "ascending" ? "ascending" : "descending");
    arrange(header);
  }
}

function fillRanking() {
  for (const table of rankingTables()) {
    const every = rowsOf(table.id.replace("ranking-", ""));
    const means = every.map((row) => row.of[state.figure]?.mean);
    for (const line of table.tBodies[0].rows) {
      const row = every.find((one) => one.place === Number(line.dataset.row));
      const spread = row.of[state.figure];
      const above = means.filter((mean) => mean > (spread?.mean ?? Infinity)).length;
      line.querySelector(".rank").textContent = spread ? above + 1 : "–";
      for (const cell of all(".range .asks", line)) {
        const found = spread?.[["clips", "here", "elsewhere"].find((one) => cell.classList.contains(`asks-${one}`))];
        cell.textContent = found ? `${percent(found.low)}–${percent(found.high)}` : spread ? "?" : "–";
      }
    }
  }
}

// Where not all columns fit, those that matter least go, until they are asked for.
function fitColumns() {
  const button = byId("columns");
  const box = byId(`ranking-${state.subset}`).parentElement;
  root.dataset.columns = "all";
  const wide = box.scrollWidth > box.clientWidth + 1;
  const few = state.columns ? state.columns === "few" : wide;
  if (few) root.dataset.columns = "few";
  button.hidden = !(wide || state.columns === "few");
  button.textContent = few ? "More columns" : "Fewer columns";
  button.setAttribute("aria-pressed", String(!few));
}
