// The board as CSV, as asdbench writes it: one line a row, subset, machine type and machine ID.
const ASKED = ["clips", "here", "elsewhere"];

function csvOf(board, { figures, costs }) {
  const shown = figures.filter((name) => board.rows.some((row) => figureOf(row, name)));
  const heads = [
    ...["label", "method", "subset", "machine", "id", "repeats"],
    ...shown.flatMap((name) => [`${name}_mean`, `${name}_sd`]),
    ...shown.flatMap((name) => ASKED.flatMap((asked) => [`${name}_${asked}_low`, `${name}_${asked}_high`])),
    "seeds",
    ...["best", "letters"].flatMap((name) => ASKED.map((asked) => `${name}_${asked}`)),
    ...costs,
    ...["remarks", "paper", "code"],
  ];
  const lines = board.rows.flatMap((row) => linesOf(row, shown, costs));
  return [heads, ...lines].map((line) => `${line.map(quoted).join(",")}\n`).join("");
}

function figureOf(of, name) {
  return of[name] ?? of.more[name] ?? null;
}

function linesOf(row, shown, costs) {
  const whole = [
    row.seeds,
    ...ASKED.map((asked) => row.best[asked]),
    ...ASKED.map((asked) => row.letters[asked]),
    ...costs.map((name) => row.cost?.[name]),
    ...[row.remarks.join("; "), row.sources.paper, row.sources.code].map(inSheet),
  ];
  const line = (machine, id, of, rest) => [...[row.label, row.method, row.subset, machine, id].map(inSheet), row.repeats, ...cellsOf(of, shown), ...rest];
  const none = whole.map(() => "");
  return [
    line("all", "all", row, whole),
    ...Object.entries(row.machines).flatMap(([machine, of]) => [
      line(machine, "all", of, none),
      ...Object.entries(of.ids).map(([id, ofId]) => line(machine, id, ofId, none)),
    ]),
  ];
}

function cellsOf(of, shown) {
  const spreads = shown.map((name) => figureOf(of, name));
  return [
    ...spreads.flatMap((spread) => [spread?.mean, spread?.sd]),
    ...spreads.flatMap((spread) => ASKED.flatMap((asked) => [spread?.[asked]?.low, spread?.[asked]?.high])),
  ];
}

// What a spreadsheet would take for a formula has a ' in front.
function inSheet(text) {
  return /^[=+\-@\t\r\n]/.test(text ?? "") ? `'${text}` : text;
}

function quoted(value) {
  const text = String(value ?? "");
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
