// What every chart is made of: scales, ticks, axes, marks of rows.
const WORDS = 22; // pixels

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

// Shares as % with as many decimals as tell these ticks apart.
function percents(values) {
  const digits = values.length > 1 ? Math.ceil(-Math.log10(100 * (values[1] - values[0])) - 1e-9) : 0;
  return (value) => percent(value, Math.min(6, Math.max(0, digits)));
}

// Numbers between two ends with as many digits as tell so many parts of that range apart.
function numbersBetween(low, high, parts) {
  const part = (high - low) / parts || 1;
  const largest = Math.max(Math.abs(low), Math.abs(high), part);
  const digits = Math.min(15, Math.max(3, Math.ceil(Math.log10(largest / part)) + 1));
  return (value) => {
    const size = Math.abs(value);
    if (size < part / 1e4) return "0"; // what rounding leaves of it
    if (size < 0.001 || size >= 1e5) return value.toExponential(digits - 1).replace(/\.?0*e/, "e");
    return String(Number(value.toPrecision(digits)));
  };
}

// How many ticks an axis of so many pixels has room for, if a label takes so many.
function tickCount(pixels, label) {
  return Math.min(8, Math.max(3, Math.floor(pixels / label)));
}

// A line down a chart of rows; where words stand above each row's bars, it stops for them.
function upright(x, kind, { top, bottom, step, roomy }) {
  const starts = roomy ? [top] : Array.from({ length: (bottom - top) / step }, (_, i) => top + i * step + WORDS);
  const ends = roomy ? [bottom] : starts.map((start) => start + step - WORDS);
  return svg("path", { class: kind, d: starts.map((start, i) => `M${x.toFixed(1)},${start}V${ends[i]}`).join("") });
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
