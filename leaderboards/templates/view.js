// What is shown, kept in the address, so that a view can be sent to somebody:
// #pairs?figure=auc&filter=knn shows differences of AUC between rows whose name or text has "knn".
const { subset, figure, question } = root.dataset;
const FIRST = { subset, figure, question, machine: "", filter: "", sort: "", columns: "", numbers: "", against: "", roc: "", scores: "", cost: "" };
const state = { ...FIRST, off: new Set(), cell: null };
let section = "";

// Rows of the subset that the filter leaves; ``of`` are their figures, on one machine type or on all.
function rowsOn(machine = "") {
  return rowsOf(state.subset)
    .filter((row) => passes(row) && (machine === "" || row.machines[machine]))
    .map((row) => ({ ...row, of: (machine === "" ? row : row.machines[machine]).of }));
}

function passes(row) {
  const text = `${row.label} ${row.about}`.toLowerCase();
  return state.filter.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

function hidden(row) {
  return state.off.has(row.label);
}

function viewAddress() {
  const kept = new URLSearchParams();
  for (const [name, first] of Object.entries(FIRST)) if (state[name] !== first) kept.set(name, state[name]);
  for (const label of state.off) kept.append("off", label);
  for (const part of state.cell ?? []) kept.append("cell", part);
  const said = kept.toString();
  return `#${section}${said ? `?${said}` : ""}`;
}

function keepView() {
  const address = viewAddress();
  if (address !== (location.hash || "#")) history.replaceState(null, "", address);
}

// What an address asks for, as far as this board has it.
function readView() {
  const [place, said = ""] = location.hash.slice(1).split("?");
  section = place;
  const kept = new URLSearchParams(said);
  const offered = (name) => all(`input[name="${name}"]`).map((input) => input.value);
  const may = {
    subset: offered("subset"),
    figure: offered("figure"),
    question: offered("question"),
    machine: offered("machine"),
    columns: ["few", "all"],
    numbers: ["on", "off"],
    against: labels,
    cost: Object.keys(COSTS),
  };
  for (const [name, first] of Object.entries(FIRST)) {
    const value = kept.get(name);
    state[name] = value !== null && (may[name] ?? [value]).includes(value) ? value : first;
  }
  state.off = new Set(kept.getAll("off").filter((label) => labels.includes(label)));
  const cell = kept.getAll("cell");
  state.cell = cell.length === 3 && labels.includes(cell[0]) ? cell : null;
}
