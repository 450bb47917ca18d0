// The button that changes between light and dark: it says what it would change to.
function wireTheme() {
  const button = byId("theme");
  const wish = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => (root.dataset.theme ?? (wish.matches ? "dark" : "light")) === "dark";
  const say = () => (button.textContent = dark() ? "Light theme" : "Dark theme");
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    say();
  });
  wish.addEventListener("change", say);
  say();
}
