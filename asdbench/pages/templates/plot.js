// What every chart is made of: scales, ticks, axes, marks of rows.
function linear([from, to], [start, end]) {
  const slope = to === from ? 0 : (end - start) / (to - from);
  return (value) => start + (value - from) * slope;
}

function ticks(low, high, count) {
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i += 1) found.push(i * step);
  return found;
}

// An empty drawing as wide as its box; it says what it shows to those who can't see it.
function drawing(width, height, label, role = "img") {
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, height, role, "aria-label": label });
}

function text(x, y, words, attributes = {}) {
  return svg("text", { x, y, ...attributes }, words);
}

function line(x1, y1, x2, y2, kind) {
  return svg("line", { x1, y1, x2, y2, class: kind });
}

function path(points) {
  return points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)},${y.toFixed(1)}`).join("");
}

// The row's colour, and a dash from the ninth row on.
function ink(place, more = "") {
  return `m${place % 8}${place >= 8 ? " dashed" : ""} ${more}`.trim();
}

const MARKS = [
  (r) => `M${-r},0a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0z`,
  (r) => `M${-r * 0.9},${-r * 0.9}h${1.8 * r}v${1.8 * r}h${-1.8 * r}z`,
  (r) => `M0,${-1.2 * r}L${1.1 * r},${0.8 * r}H${-1.1 * r}z`,
  (r) => `M0,${-1.3 * r}L${1.3 * r},0L0,${1.3 * r}L${-1.3 * r},0z`,
  (r) => `M0,${1.2 * r}L${1.1 * r},${-0.8 * r}H${-1.1 * r}z`,
  (r) => `M${-r},${-r / 2.6}h${r / 1.6}v${-r / 1.6}h${r / 1.3}v${r / 1.6}h${r / 1.6}v${r / 1.3}h${-r / 1.6}v${r / 1.6}h${-r / 1.3}v${-r / 1.6}h${-r / 1.6}z`,
];

function mark(place, x, y, size) {
  return svg("path", { d: MARKS[place % MARKS.length](size), class: "mean", transform: `translate(${x},${y})` });
}

// Labels beside their lines' ends, moved apart until none covers another.
function apart(wanted, gap, low, high) {
  const order = wanted.map((y, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  const placed = [...wanted];
  let next = low;
  for (const i of order) {
    placed[i] = Math.max(placed[i], next);
    next = placed[i] + gap;
  }
  let last = high;
  for (const i of order.reverse()) {
    placed[i] = Math.min(placed[i], last);
    last = placed[i] - gap;
  }
  return placed;
}
