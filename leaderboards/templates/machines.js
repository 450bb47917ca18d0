// The heat maps: a machine type alone, colours without numbers, and cells by pointer and keyboard.
const MANY_COLUMNS = 28; // from so many on, numbers don't fit side by side

function heatMaps() {
  return all("#machines table.heat");
}

function showMachine(machine) {
  for (const table of heatMaps()) {
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

function showNumbers() {
  const columns = all("[data-machine]", heatMaps()[0]).reduce((sum, head) => sum + (head.hidden ? 0 : head.colSpan), 0);
  const off = state.numbers ? state.numbers === "off" : columns > MANY_COLUMNS;
  root.dataset.numbers = off ? "off" : "on";
  byId("numbers").setAttribute("aria-pressed", String(!off));
}

// Machine type and ID of each column; of a whole type, the ID is empty.
function columnsOf(table) {
  const ids = [...table.tHead.rows[1].cells];
  return all("[data-machine]", table).flatMap((head) =>
    Array.from({ length: head.colSpan }, (_, i) => {
      const id = ids.shift().lastChild.textContent.trim();
      return { machine: head.dataset.machine, id: i ? id : "" };
    }),
  );
}

function placeOfCell(cell) {
  const label = labels[Number(cell.parentElement.dataset.row)];
  return { label, ...columnsOf(cell.closest("table"))[cell.cellIndex - 1] };
}

function sayCell(cell) {
  const { label, machine, id } = placeOfCell(cell);
  const found = rowsOf(state.subset).find((row) => row.label === label)?.machines[machine];
  const figure = id && state.figure === "mauc" ? "auc" : state.figure;
  const of = id ? found?.ids[id]?.of[figure] : found?.of[figure];
  const value = !of ? "–" : id ? `${of.map((one) => one.toFixed(1)).join(" ± ")} %` : `${meanAndSd(of)} %`;
  return [label, `${machine}${id ? ` ID ${id}` : ", all IDs"}: ${value}`];
}

function wireMachines() {
  byId("numbers").addEventListener("click", () => {
    choose("numbers", root.dataset.numbers === "off" ? "on" : "off");
    showNumbers();
  });
  for (const table of heatMaps()) {
    table.setAttribute("role", "grid");
    const first = table.tBodies[0].rows[0]?.cells[1];
    if (first) first.tabIndex = 0;
    table.tBodies[0].addEventListener("pointermove", (event) => {
      const cell = event.target.closest("td");
      if (cell) showTip(...sayCell(cell), event.clientX, event.clientY);
    });
    table.tBodies[0].addEventListener("pointerleave", hideTip);
    table.tBodies[0].addEventListener("click", (event) => pickCell(event.target.closest("td")));
    table.tBodies[0].addEventListener("keydown", (event) => {
      const cell = event.target.closest("td");
      if (cell) moveOn(cell, event);
    });
  }
}

function moveOn(cell, event) {
  const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] ?? [0, 0];
  if (event.key === "Enter" || event.key === " ") pickCell(cell);
  else if (!down && !right) return;
  event.preventDefault();
  const rows = [...cell.closest("tbody").rows].filter((row) => !row.hidden);
  const row = rows[rows.indexOf(cell.parentElement) + down];
  const cells = [...(row?.cells ?? [])].slice(1).filter((one) => !one.hidden);
  const before = [...cell.parentElement.cells].slice(1).filter((one) => !one.hidden);
  const next = cells[before.indexOf(cell) + right];
  if (!next || next === cell) return;
  cell.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
  const box = next.getBoundingClientRect();
  showTip(...sayCell(next), box.left + box.width / 2, box.top + box.height / 2);
}

// The cell that is chosen, in every heat map, and what it is about below them.
function markCell() {
  for (const cell of all("#machines td[aria-selected]")) cell.removeAttribute("aria-selected");
  if (!state.cell) return;
  for (const table of heatMaps()) {
    const line = [...table.tBodies[0].rows].find((row) => labels[Number(row.dataset.row)] === state.cell[0]);
    const column = columnsOf(table).findIndex(({ machine, id }) => machine === state.cell[1] && id === state.cell[2]);
    if (line && column >= 0) line.cells[column + 1].setAttribute("aria-selected", "true");
  }
}

function pickCell(cell) {
  if (!cell || cell.classList.contains("none")) return;
  const { label, machine, id } = placeOfCell(cell);
  const same = state.cell?.join("\n") === [label, machine, id].join("\n");
  choose("cell", same ? null : [label, machine, id]);
  hideTip();
  showCell();
}
