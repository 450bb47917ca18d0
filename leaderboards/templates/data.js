// What the page was made from, unpacked: rows with their figures, and every pair of rows.
const drawn = JSON.parse(byId("drawn").textContent);
const labels = drawn.labels;
const FIGURES = drawn.figures;
const COSTS = drawn.costs;
const root = document.documentElement;

function rangeOf(ends) {
  return ends && { low: ends[0], high: ends[1] };
}

function spreadOf([mean, sd, values, clips, here, elsewhere]) {
  return { mean, sd, values, clips: rangeOf(clips), here: rangeOf(here), elsewhere: rangeOf(elsewhere) };
}

// By name, of those that are there.
function named(names, values) {
  return Object.fromEntries(names.map((name, i) => [name, values[i]]).filter(([, value]) => value !== null));
}

function spreadsOf(values) {
  return mapped(named(Object.keys(FIGURES), values), spreadOf);
}

function mapped(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

// Of an ID, figures are in % as they are printed, with their deviation.
function idOf([of, normal, anomalous, roc, [low, high, ofNormal, ofAnomalous]]) {
  const scores = { low, high, normal: ofNormal, anomalous: ofAnomalous };
  return { of: named(drawn.ofIds, of), normal, anomalous, roc: roc.match(/../g).map((rate) => parseInt(rate, 36) / 1000), scores };
}

for (const row of drawn.rows) {
  row.place = labels.indexOf(row.label);
  row.of = spreadsOf(row.of);
  row.machines = mapped(row.machines, ({ of, ids }) => ({ of: spreadsOf(of), ids: mapped(ids, idOf) }));
}

drawn.curves = mapped(drawn.curves, (every) =>
  every.map(([repeat, machine, stage, figure, place, values]) => ({ repeat, machine, stage, figure, epochs: drawn.epochs[place], values })),
);

function saidOf(found) {
  return found && { low: found[0], high: found[1], corrected: found[2] };
}

const pairs = drawn.pairs.map(([subset, figure, first, second, difference, n, flips, clips, here, elsewhere]) => ({
  subset,
  figure: Object.keys(FIGURES)[figure],
  first: labels[first],
  second: labels[second],
  difference,
  n,
  flips,
  clips: saidOf(clips),
  here: saidOf(here),
  elsewhere: saidOf(elsewhere),
}));
const byBoth = new Map(pairs.map((pair) => [[pair.subset, pair.figure, pair.first, pair.second].join("\n"), pair]));

function turned(found) {
  return found && { ...found, low: -found.high, high: -found.low };
}

// The first row minus the second, whichever is the better; null where they share no machine ID.
function pairOf(subset, figure, first, second) {
  const found = byBoth.get([subset, figure, first, second].join("\n"));
  if (found) return found;
  const other = byBoth.get([subset, figure, second, first].join("\n"));
  if (!other) return null;
  const { clips, here, elsewhere } = other;
  const said = { clips: turned(clips), here: turned(here), elsewhere: turned(elsewhere) };
  return { ...other, first, second, difference: -other.difference, ...said };
}

// All rows of a subset, in the order of its ranking.
function rowsOf(subset) {
  return drawn.rows.filter((row) => row.subset === subset);
}

// Those that are compared: each once, if it has two names.
function rivalsOf(subset) {
  return rowsOf(subset).filter((row) => row.rival);
}
