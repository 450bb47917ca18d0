// Charts are drawn when they come near the window, and all of them before the page is printed.
const charts = new Map();
const near = new Set();
const waiting = new Set();
let printing = false;

const watch = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      near[isIntersecting ? "add" : "delete"](target.id);
      if (isIntersecting && waiting.delete(target.id)) charts.get(target.id)();
    }
  },
  { rootMargin: "400px" },
);

function drawnBy(id, how) {
  if (!byId(id)) return;
  charts.set(id, () => how(byId(id)));
  waiting.add(id);
  watch.observe(byId(id));
}

function redraw(...ids) {
  for (const id of ids.length ? ids : charts.keys()) {
    if (!charts.has(id)) continue;
    if ((near.has(id) || printing) && byId(id).clientWidth) {
      waiting.delete(id);
      charts.get(id)();
    } else waiting.add(id);
  }
}

function wirePrinting() {
  addEventListener("beforeprint", () => {
    printing = true;
    redraw();
  });
  addEventListener("afterprint", () => (printing = false));
}
