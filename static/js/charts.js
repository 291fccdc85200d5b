// Draws charts with plotly.js: each [data-figure] names the JSON element that holds its figure. A colour is written there as a
// custom property, var(--accent), so that one figure serves every theme. plotly.js is large: it comes when the first chart comes
// into sight, so a page whose charts are not shown (a phone shows the table instead of a map) never loads it.
(() => {
  const source = document.currentScript.dataset.plotly;
  const config = { displayModeBar: false, doubleClick: false, scrollZoom: false, showTips: false };
  const narrow = 480;
  const drawn = new Map();

  let loading;
  const load = () =>
    (loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = source;
      script.addEventListener("load", resolve);
      script.addEventListener("error", reject);
      document.head.append(script);
    }));

  const themed = (value, colour) => {
    if (typeof value === "string") return value.startsWith("var(--") ? colour(value) : value;
    if (Array.isArray(value)) return value.map((each) => themed(each, colour));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, themed(each, colour)]));
  };

  // plotly.js knows no custom properties and no light-dark(), so the browser says which colour is meant.
  const inThemeOf = (plot, figure) => {
    const probe = plot.ownerDocument.createElement("span");
    plot.append(probe);
    const found = themed(figure, (name) => {
      probe.style.color = name;
      return getComputedStyle(probe).color;
    });
    probe.remove();
    return found;
  };

  const prepared = (plot, figure) => {
    const { data, layout } = inThemeOf(plot, figure);
    const text = getComputedStyle(plot);
    layout.font = { ...layout.font, family: text.fontFamily, size: parseFloat(text.fontSize) };
    if (plot.clientWidth < narrow) Object.assign(layout, layout.meta?.narrow);
    return [data, layout, config];
  };

  const redraw = (plot) => Plotly.react(plot, ...prepared(plot, drawn.get(plot)));

  const resized = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) {
      if (!contentRect.width || Number(target.dataset.drawnWidth) === contentRect.width) continue;
      target.dataset.drawnWidth = contentRect.width;
      redraw(target);
    }
  });

  const showTable = (plot) => {
    plot.hidden = true;
    plot.closest("figure").querySelector("details")?.setAttribute("open", "");
  };

  const draw = async (plot) => {
    try {
      await Promise.all([load(), document.fonts.ready]);
    } catch {
      // Without the library the table says it all.
      plot.dataset.failed = "";
      showTable(plot);
      return;
    }
    const figure = JSON.parse(document.getElementById(plot.dataset.figure).textContent);
    const links = figure.layout.meta?.links;
    plot.replaceChildren();
    plot.dataset.drawnWidth = plot.clientWidth;
    await Plotly.newPlot(plot, ...prepared(plot, figure));
    drawn.set(plot, figure);
    if (links) {
      plot.classList.add("leads");
      plot.on("plotly_click", ({ points: [point] }) => {
        if (links[point.y]) location.assign(links[point.y]);
      });
    }
    resized.observe(plot);
  };

  const seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        seen.unobserve(target);
        draw(target);
      }
    },
    { rootMargin: "400px" },
  );
  for (const plot of document.querySelectorAll("[data-figure]")) seen.observe(plot);

  // Printing waits for nobody: where a chart is not drawn yet, paper shows its table.
  addEventListener("beforeprint", () => {
    for (const plot of document.querySelectorAll("[data-figure]")) if (!drawn.has(plot)) showTable(plot);
  });
  addEventListener("afterprint", () => {
    for (const plot of document.querySelectorAll("[data-figure]:not([data-failed])")) plot.hidden = false;
  });

  const redrawAll = () => drawn.forEach((_figure, plot) => redraw(plot));
  for (const query of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"]) matchMedia(query).addEventListener("change", redrawAll);
  new MutationObserver(redrawAll).observe(document.documentElement, { attributeFilter: ["data-theme"] });
})();
