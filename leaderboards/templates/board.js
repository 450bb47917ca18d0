// What changes what is shown.
const NARROWEST = 160;

function placeOf(label) {
  return labels.indexOf(label);
}

function drawRanking(box) {
  const ranks = state.figure === drawn.ranks[state.subset] && rivalsOf(state.subset).length > 1;
  intervals(box, rowsOn(), state.figure, { ranks, title: "Ranking" });
}

function drawAnswer(box) {
  const rows = rivalsOf(state.subset);
  differences(box, rows, rows[0].label, drawn.ranks[state.subset], 6);
}

function drawMachine() {
  const box = byId("chart-machine");
  box.hidden = state.machine === "";
  if (box.hidden) return;
  intervals(box, rowsOn(state.machine), state.figure, { ranks: false, title: `Rows on ${state.machine}` });
}

const LINES = ["chart-roc", "chart-stability", "chart-kinds", "chart-cost"];

function wireCharts() {
  drawnBy("chart-answer", drawAnswer);
  drawnBy("chart-ranking", drawRanking);
  drawnBy("chart-apart", (box) => drawApart(box, rowsOn()));
  drawnBy("chart-pairs", drawPairs);
  drawnBy("chart-roc", (box) => drawRoc(box, rowsOn(), state.roc));
  drawnBy("chart-scores", (box) => drawScores(box, rowsOn(), byId("scores-of").value));
  drawnBy("chart-stability", (box) => drawStability(box, rowsOn(), state.figure));
  drawnBy("chart-kinds", (box) => drawKinds(box, rowsOn()));
  drawnBy("chart-cost", (box) => drawCost(box, rowsOn(), state.figure, byId("cost-by").value));
  drawnBy("chart-training", (box) => drawTraining(box, byId("training-of").value, byId("training-figure").value));
}

function drawLines() {
  for (const list of all("[data-legend]")) legend(list, rowsOn());
  if (byId("scaled")) byId("scaled").hidden = !drawn.kinds.some((kind) => kind.subset === state.subset);
  redraw(...LINES);
}

// All that follows from the view.
function draw() {
  if (byId("ranking").clientWidth < NARROWEST) return; // a window folded away
  hideTip();
  drawMachine();
  drawLines();
  redraw(...[...charts.keys()].filter((id) => !LINES.includes(id)));
  fillPairs();
  showCell();
}

function options(select, entries) {
  const before = select.value;
  select.replaceChildren(...entries.map(([value, words]) => html("option", { value }, words)));
  if (entries.some(([value]) => value === before)) select.value = before;
}

// The machine types and IDs of the subset shown, for the switch and both lists.
function offerMachines() {
  const rows = rowsOf(state.subset);
  const idsOf = (machine) =>
    [...new Set(rows.flatMap((row) => Object.keys(row.machines[machine]?.ids ?? {})))].sort();
  const found = new Map(drawn.machines.map((machine) => [machine, idsOf(machine)]).filter(([, ids]) => ids.length));
  const types = [...found.keys()].map((machine) => [machine, `${machine}, all IDs`]);
  const each = [...found].flatMap(([machine, ids]) => ids.map((id) => [`${machine}/${id}`, `${machine} ID ${id}`]));
  options(byId("roc-of"), [["", "all machine types"], ...types, ...each]);
  options(byId("scores-of"), each);
  for (const input of all('input[name="machine"]')) input.disabled = input.value !== "" && !found.has(input.value);
  if (state.machine && !found.has(state.machine)) state.machine = "";
  for (const name of ["roc", "scores"]) {
    const select = byId(`${name}-of`);
    select.value = state[name];
    if (select.selectedIndex < 0) [state[name], select.selectedIndex] = ["", 0];
  }
}

function offerFigures() {
  const names = (drawn.curves[byId("training-of").value] ?? []).map((curve) => `${curve.stage} · ${curve.figure}`);
  options(byId("training-figure"), [["", "all"], ...[...new Set(names)].map((name) => [name, name])]);
}

function choose(name, value) {
  state[name] = value;
  if (name === "machine") {
    state.roc = value;
    state.scores = value ? (all("#scores-of option").find((one) => one.value.startsWith(`${value}/`))?.value ?? "") : "";
  }
  if (name === "cell" && value?.[2]) state.roc = state.scores = `${value[1]}/${value[2]}`;
  if (name === "figure") state.sort = "";
  if (["subset", "figure", "question", "machine", "cell", "filter"].includes(name)) show();
  if (name === "cell") redraw("chart-roc", "chart-scores");
  keepView();
}

// Bring switches, tables and columns to the state; charts are drawn by ``draw``.
function show() {
  for (const name of ["subset", "figure", "question"]) root.dataset[name] = state[name];
  offerMachines();
  offerAgainst();
  for (const input of all("[data-switch] input")) input.checked = input.value === state[input.name];
  showMachine(state.machine);
  showNumbers();
  fillRanking();
  arrangeRanking();
  filter();
  fitColumns();
}

function wireSwitches() {
  const wire = (element, act) =>
    element?.addEventListener("change", () => {
      act(element.value);
      draw();
    });
  for (const input of all("[data-switch] input")) wire(input, (value) => choose(input.name, value));
  wire(byId("roc-of"), (value) => choose("roc", value));
  wire(byId("scores-of"), (value) => choose("scores", value));
  wire(byId("cost-by"), (value) => choose("cost", value));
  wire(byId("training-figure"), () => {});
  wire(byId("training-of"), offerFigures);
}

// The view that the address asks for, and its section.
function fromAddress() {
  readView();
  byId("filter").value = state.filter;
  if (byId("cost-by")) byId("cost-by").value = state.cost || Object.keys(COSTS)[0];
  show();
  draw();
  if (section) byId(section)?.scrollIntoView();
}

function wireAddress() {
  addEventListener("hashchange", () => {
    if (location.hash.includes("?")) return fromAddress();
    section = location.hash.slice(1);
    keepView();
  });
}

function wireWidth() {
  let width = document.body.clientWidth;
  new ResizeObserver(() => {
    if (document.body.clientWidth === width) return;
    width = document.body.clientWidth;
    fitColumns();
    draw();
  }).observe(document.body);
}

// A copy that MLflow shows has no clips beside it.
function dropClips() {
  if (["blob:", "about:"].includes(location.protocol)) for (const link of all("a[href*='clips/']")) link.remove();
}

function start() {
  dropClips();
  wireTheme();
  wireTip();
  if (!labels.length) return;
  for (const wire of [wireSorting, wireFilter, wireSwitches, wireRanking, wireMachines, wirePairs, wireDownloads, wirePrinting, wireCharts, wireAddress]) wire();
  if (byId("training-of")) {
    options(byId("training-of"), labels.filter((label) => drawn.curves[label]).map((label) => [label, label]));
    offerFigures();
  }
  fromAddress();
  wireWidth();
}
