// The one tooltip: shown on hover and on focus, put away by Escape.
function showTip(head, lines, x, y) {
  const tip = byId("tip");
  tip.replaceChildren(html("b", {}, head), lines);
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  const left = Math.min(Math.max(8, x + 14), innerWidth - width - 8);
  const above = y - height - 12;
  tip.style.transform = `translate(${Math.max(8, left)}px, ${above < 8 ? y + 16 : above}px)`;
}

function hideTip() {
  byId("tip").hidden = true;
}

function tipped(element, head, lines) {
  element.addEventListener("pointermove", (event) => showTip(head, lines, event.clientX, event.clientY));
  element.addEventListener("pointerleave", hideTip);
  element.addEventListener("focus", () => {
    if (!element.matches(":focus-visible")) return;
    const box = element.getBoundingClientRect();
    showTip(head, lines, box.left + Math.min(box.width / 2, 240), box.top + box.height / 2);
  });
  element.addEventListener("blur", hideTip);
  return element;
}

function wireTip() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hideTip();
  });
  addEventListener("scroll", hideTip, { passive: true });
}
