// Runs before the first paint, so that a chosen theme never flashes.
(() => {
  const root = document.documentElement;
  root.classList.add("has-script");
  let chosen = null;
  try {
    chosen = localStorage.getItem("theme");
  } catch {
    // Storage may be refused; the device's theme is then used.
  }
  if (chosen && !root.dataset.theme) root.dataset.theme = chosen;
})();
