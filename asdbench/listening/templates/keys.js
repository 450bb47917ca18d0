// Buttons, and keys that do the same wherever nothing else wants them.
const KEYS = {
  j: () => step(1),
  ArrowRight: () => step(1),
  ArrowDown: () => step(1),
  k: () => step(-1),
  ArrowLeft: () => step(-1),
  ArrowUp: () => step(-1),
  " ": () => toggle("heard"),
  c: () => toggle("ordinary"),
};

function wireKeys() {
  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, select, audio")) return;
    const inList = target.closest("#list");
    if (key === " " && target.closest("button, a") && !inList) return; // it presses that
    if (key.startsWith("Arrow") && target.closest(".scroll")) return; // it scrolls that
    if (/^Arrow(Up|Down)$/.test(key) && !inList) return; // the page scrolls
    const act = KEYS[key.length === 1 ? key.toLowerCase() : key];
    if (!act) return;
    event.preventDefault();
    act();
    if (inList) all("#list [aria-current]")[0]?.focus();
  });
}

function start() {
  if (!drawn.clips.length) return;
  wireTheme();
  readAddress();
  offer();
  for (const id of ["subset", "row", "kind", "machine", "tag"]) {
    byId(id).addEventListener("change", () => {
      state[id] = byId(id).value;
      if (id === "subset") offer();
      list();
    });
  }
  byId("previous").addEventListener("click", () => step(-1));
  byId("next").addEventListener("click", () => step(1));
  byId("play").addEventListener("click", () => toggle("heard"));
  addEventListener("hashchange", () => {
    readAddress();
    offer();
    list();
  });
  wireKeys();
  list();
}
