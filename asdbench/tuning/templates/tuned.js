// Draw all, again where the window changes, and copy the command.
function draw() {
  hideTip();
  drawVerdict(byId("chart-verdict"));
  drawHistory(byId("chart-history"));
  drawImportance(byId("chart-importance"));
  drawSlices(byId("chart-slices"));
  drawTruth(byId("chart-truth"));
  drawFamilies(byId("chart-families"));
}

function wireCopy() {
  const command = byId("command");
  byId("copy").addEventListener("click", async () => {
    getSelection().selectAllChildren(command);
    try {
      await navigator.clipboard.writeText(command.textContent);
      byId("copied").textContent = "Copied";
      byId("copy").textContent = "Copied";
    } catch {
      byId("copied").textContent = "Selected: copy it with the keyboard"; // a browser may forbid it
      byId("copy").textContent = "Selected";
    }
  });
}

function start() {
  wireTheme();
  wireTip();
  wireCopy();
  draw();
  let width = document.body.clientWidth;
  new ResizeObserver(() => {
    if (document.body.clientWidth === width) return;
    width = document.body.clientWidth;
    draw();
  }).observe(document.body);
}
