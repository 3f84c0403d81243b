// Loaded before the page is drawn, so that it never flashes in the other colours.
(() => {
  const KEPT = "dia-theme";
  const dark = matchMedia("(prefers-color-scheme: dark)");

  function show() {
    const chosen = localStorage.getItem(KEPT);
    const isDark = chosen === "dark" || (chosen !== "light" && dark.matches);
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
    document.dispatchEvent(new Event("theme-changed"));
  }

  dark.addEventListener("change", show);
  // Another tab has chosen.
  addEventListener("storage", ({ key }) => key === KEPT && show());
  document.addEventListener("theme-chosen", ({ detail }) => {
    localStorage.setItem(KEPT, detail);
    show();
  });
  show();
})();
