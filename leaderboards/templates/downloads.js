// Files out of the page itself, and texts to copy.
async function unpacked(form) {
  const packed = atob(byId(`packed-${form}`).textContent);
  const bytes = Uint8Array.from(packed, (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

async function textOf(form) {
  if (form === "bib") return `${byId("bibtex").textContent}\n`;
  if (form === "csv") return csvOf(JSON.parse(await unpacked("json")), drawn.columns);
  return unpacked(form);
}

async function save(form) {
  const link = html("a", { href: URL.createObjectURL(new Blob([await textOf(form)])), download: `leaderboard.${form}` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

async function copy(words, button) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(words);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Can’t copy here";
  }
  setTimeout(() => (button.textContent = before), 2000);
}

function wireDownloads() {
  for (const button of all("[data-save]")) button.addEventListener("click", () => save(button.dataset.save));
  byId("copy-bibtex").addEventListener("click", (event) => copy(byId("bibtex").textContent, event.currentTarget));
  byId("copy-view").addEventListener("click", (event) => copy(location.href, event.currentTarget));
}
