// Tables: sorting by their headers, and rows that the filter leaves out.
function wireSorting() {
  for (const table of all("table.sortable")) {
    for (const button of all(".sort", table)) {
      button.addEventListener("click", () => sortBy(table, button));
    }
  }
}

function sortBy(table, button) {
  const header = button.closest("th");
  const other = { ascending: "descending", descending: "ascending" };
  const order = other[header.getAttribute("aria-sort")] ?? button.dataset.first;
  for (const one of all("th[aria-sort]", table)) one.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", order);
  arrange(header);
  const { column } = header.dataset;
  if (column) choose("sort", column === state.figure && order === "descending" ? "" : `${column}.${order}`);
}

function arrange(header) {
  const sign = header.getAttribute("aria-sort") === "ascending" ? 1 : -1;
  const body = header.closest("table").tBodies[0];
  const value = (row) => valueOf(row.cells[header.cellIndex]);
  body.append(...[...body.rows].sort((a, b) => compared(value(a), value(b), sign)));
}

// Of a cell with an answer a question, that to what is asked.
function valueOf(cell) {
  return (cell.querySelector(`.asks-${state.question}`) ?? cell).dataset.value;
}

// Numbers by size, anything else by the alphabet; what is missing comes last.
function compared(a, b, sign) {
  if (a === "" || b === "") return (a === "") - (b === "");
  const difference = Number(a) - Number(b);
  return sign * (Number.isNaN(difference) ? a.localeCompare(b) : difference);
}

function wireFilter() {
  byId("filter").addEventListener("input", () => {
    choose("filter", byId("filter").value.trim());
    draw();
  });
}

// In every table with a line a row, or a pair of them; charts ask ``rowsOn``. Where no row is left,
// a sentence says so, and there are no sections.
function filter() {
  const every = rowsOf(state.subset);
  const left = every.filter(passes);
  const places = new Set(left.map((row) => String(row.place)));
  for (const line of all("tr[data-row]")) line.hidden = !line.dataset.row.split(" ").some((place) => places.has(place));
  byId("filtered").textContent = state.filter ? `${left.length} of ${every.length} rows` : "";
  byId("sections").hidden = !left.length;
  byId("nothing").hidden = left.length > 0;
  byId("nothing").textContent = `No row of this test set has “${state.filter}” in its name, its method or its summary.`;
}
