// Elements made without markup: what a board says is only ever text or a number.
const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function html(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function byId(id) {
  return document.getElementById(id);
}

function all(selector, inside = document) {
  return [...inside.querySelectorAll(selector)];
}

// As Python's format rounds: of two neighbours that are equally near, to the even one.
function percent(share, digits = 1) {
  const value = 100 * share;
  const halves = value * 2 ** (digits + 1);
  const tied = Number.isInteger(halves) && halves % 2 !== 0;
  const below = Math.floor(value * 10 ** digits);
  return tied ? ((below + Math.abs(below % 2)) / 10 ** digits).toFixed(digits) : value.toFixed(digits);
}

function meanAndSd(spread) {
  return spread.sd === null ? percent(spread.mean) : `${percent(spread.mean)} ± ${percent(spread.sd)}`;
}

function average(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const ruler = document.createElement("canvas").getContext("2d");

// How wide a text is in a chart, in pixels.
function measured(text, weight = 400) {
  ruler.font = `${weight} 12px ${getComputedStyle(root).fontFamily}`;
  return ruler.measureText(text).width;
}

// As much of a text as fits into so many pixels.
function fitted(text, pixels, weight = 400) {
  if (measured(text, weight) <= pixels) return text;
  let length = text.length;
  while (length > 1 && measured(`${text.slice(0, length)}…`, weight) > pixels) length -= 1;
  return `${text.slice(0, length)}…`;
}
