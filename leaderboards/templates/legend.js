// Legends: each row is a button that hides or shows its lines; focus and hover bring it out.
function legend(list, rows) {
  list.replaceChildren(
    ...rows.map((row) => {
      const sample = svg("svg", { viewBox: "0 0 24 12", "aria-hidden": "true", class: ink(row.place) });
      sample.append(svg("path", { d: "M0,6H24", class: ink(row.place, "curve") }), mark(row.place, 12, 6, 4));
      const name = html("span", { class: "name" }, row.label);
      const button = html("button", { type: "button", title: row.label }, sample, name);
      button.setAttribute("aria-pressed", String(!hidden(row)));
      button.addEventListener("click", () => toggle(row.label));
      for (const event of ["focus", "pointerenter"]) {
        button.addEventListener(event, () => emphasise(row.label));
      }
      for (const event of ["blur", "pointerleave"]) {
        button.addEventListener(event, () => emphasise(null));
      }
      return html("li", {}, button);
    }),
  );
}

function toggle(label) {
  if (!state.off.delete(label)) state.off.add(label);
  keepView();
  const focused = document.activeElement;
  const list = focused.closest("[data-legend]");
  const place = list ? all("button", list).indexOf(focused) : -1;
  drawLines();
  if (place >= 0) all("button", list)[place].focus();
}

// A row that is hidden has no lines to bring out.
function emphasise(label) {
  if (state.off.has(label)) label = null;
  for (const group of all("[data-label]")) {
    group.classList.toggle("dim", label !== null && group.dataset.label !== label);
  }
}
