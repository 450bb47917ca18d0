// What is shown, and what changes it.
const drawn = JSON.parse(byId("drawn").textContent);
const labels = [...new Set(drawn.rows.map((row) => row.label))];
const NARROWEST = 160;
const root = document.documentElement;
const FIGURES = drawn.figures;
const COSTS = drawn.costs;
const { subset, figure, question } = root.dataset;
const state = { subset, figure, question, machine: "", off: new Set() };

function placeOf(label) {
  return labels.indexOf(label);
}

// The rows of the subset shown; ``of`` are their figures, on one machine type or on all.
function rowsOn(machine = "") {
  return drawn.rows
    .filter((row) => row.subset === state.subset && (machine === "" || row.machines[machine]))
    .map((row) => ({ ...row, place: placeOf(row.label), of: machine === "" ? row : row.machines[machine] }));
}

function drawRanking() {
  const ranks = state.figure === drawn.ranks[state.subset];
  intervals(byId("chart-ranking"), rowsOn(), state.figure, { ranks, title: "Ranking" });
}

function drawMachine() {
  const box = byId("chart-machine");
  box.hidden = state.machine === "";
  if (box.hidden) return;
  const title = `Rows on ${state.machine}`;
  intervals(box, rowsOn(state.machine), state.figure, { ranks: false, title });
}

function drawLines() {
  for (const list of all("[data-legend]")) legend(list, rowsOn());
  drawRoc(byId("chart-roc"), rowsOn(), byId("roc-of").value);
  drawStability(byId("chart-stability"), rowsOn(), state.figure);
  if (byId("chart-kinds")) drawKinds(byId("chart-kinds"), rowsOn());
  if (byId("chart-cost")) drawCost(byId("chart-cost"), rowsOn(), state.figure, byId("cost-by").value);
}

function drawCurves() {
  const box = byId("chart-training");
  if (box) drawTraining(box, byId("training-of").value, byId("training-figure").value);
}

function draw() {
  if (byId("chart-ranking").clientWidth < NARROWEST) return; // a window folded away
  hideTip();
  drawRanking();
  drawMachine();
  drawLines();
  drawScores(byId("chart-scores"), rowsOn(), byId("scores-of").value);
  drawCurves();
}

function options(select, entries) {
  const before = select.value;
  select.replaceChildren(...entries.map(([value, words]) => html("option", { value }, words)));
  if (entries.some(([value]) => value === before)) select.value = before;
}

// The machine types and IDs of the subset shown, for the switch and both lists.
function offerMachines() {
  const rows = rowsOn();
  const idsOf = (machine) =>
    [...new Set(rows.flatMap((row) => Object.keys(row.machines[machine]?.ids ?? {})))].sort();
  const found = new Map(drawn.machines.map((machine) => [machine, idsOf(machine)]).filter(([, ids]) => ids.length));
  const types = [...found.keys()].map((machine) => [machine, `${machine}, all IDs`]);
  const each = [...found].flatMap(([machine, ids]) => ids.map((id) => [`${machine}/${id}`, `${machine} ID ${id}`]));
  options(byId("roc-of"), [["", "all machine types"], ...types, ...each]);
  options(byId("scores-of"), each);
  for (const input of all('input[name="machine"]')) {
    input.disabled = input.value !== "" && !found.has(input.value);
    if (input.disabled && input.checked) choose("machine", "");
    input.checked = input.value === state.machine;
  }
}

function offerFigures() {
  const names = (drawn.curves[byId("training-of").value] ?? []).map((curve) => `${curve.stage} · ${curve.figure}`);
  options(byId("training-figure"), [["", "all"], ...[...new Set(names)].map((name) => [name, name])]);
}

function choose(name, value) {
  state[name] = value;
  if (name === "machine") {
    showMachine(value);
    byId("roc-of").value = value;
    const first = all("#scores-of option").find((one) => one.value.startsWith(`${value}/`));
    if (first) byId("scores-of").value = first.value;
  } else {
    root.dataset[name] = value;
  }
  if (name === "question") all("#ranking th[aria-sort]").forEach(arrange);
  if (name === "subset") {
    offerMachines();
    filter();
  }
}

function wireSwitches() {
  for (const input of all("[data-switch] input")) {
    input.addEventListener("change", () => {
      choose(input.name, input.value);
      draw();
    });
  }
  for (const id of ["roc-of", "scores-of", "training-figure", "cost-by"]) byId(id)?.addEventListener("change", draw);
  byId("training-of")?.addEventListener("change", () => {
    offerFigures();
    draw();
  });
}

function wireTheme() {
  const button = byId("theme");
  const dark = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const say = () => button.setAttribute("aria-pressed", String(dark()));
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    say();
  });
  say();
}

function start() {
  wireTheme();
  wireTip();
  if (!labels.length) return;
  wireSorting();
  wireFilter();
  wireSwitches();
  offerMachines();
  if (byId("training-of")) {
    options(byId("training-of"), labels.filter((label) => drawn.curves[label]).map((label) => [label, label]));
    offerFigures();
  }
  draw();
  let width = document.body.clientWidth;
  new ResizeObserver(() => {
    if (document.body.clientWidth === width) return;
    width = document.body.clientWidth;
    draw();
  }).observe(document.body);
}
