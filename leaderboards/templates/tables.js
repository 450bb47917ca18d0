// Tables: sorting by their headers, filtering the ranking, choosing a machine type.
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
  const field = byId("filter");
  field.addEventListener("input", filter);
}

function filter() {
  const words = byId("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const row of all("#ranking tbody tr")) {
    row.hidden = !words.every((word) => row.dataset.text.includes(word));
  }
  const rows = all(`#ranking-${state.subset} tbody tr`);
  const left = rows.filter((row) => !row.hidden).length;
  byId("filtered").textContent = words.length ? `${left} of ${rows.length} rows` : "";
}

function showMachine(machine) {
  for (const table of all("#machines table.heat")) {
    const columns = [];
    for (const head of all("[data-machine]", table)) {
      head.hidden = machine !== "" && head.dataset.machine !== machine;
      columns.push(...Array(head.colSpan).fill(head.hidden));
    }
    const lines = [...table.tHead.rows[1].cells];
    lines.forEach((cell, i) => (cell.hidden = columns[i]));
    for (const row of table.tBodies[0].rows) {
      [...row.cells].slice(1).forEach((cell, i) => (cell.hidden = columns[i]));
    }
  }
}
