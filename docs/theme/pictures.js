// A picture's dark version follows the page's colours, which a reader may set apart from the
// system's.
const coloured = () => {
  const dark = document.body.dataset.mdColorScheme === "slate";
  for (const source of document.querySelectorAll("picture source")) source.media = dark ? "all" : "not all";
};
new MutationObserver(coloured).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
coloured();
