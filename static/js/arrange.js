// Puts things in order by buttons and by dragging: [data-arrange] holds [data-item]s. Pages work without it, by a list of places.
(() => {
  let loading;
  // The library for dragging comes when there is something to drag.
  const load = (source) =>
    (loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = source;
      script.addEventListener("load", resolve);
      script.addEventListener("error", reject);
      document.head.append(script);
    }));

  const itemsOf = (list) => [...list.querySelectorAll("[data-item]")];

  const settle = (list, moved) => {
    const items = itemsOf(list);
    items.forEach((item, place) => {
      item.querySelector("[data-place]").textContent = place + 1;
      item.querySelector('[data-move="up"]').disabled = place === 0;
      item.querySelector('[data-move="down"]').disabled = place === items.length - 1;
    });
    if (!moved) return;
    const words = { item: moved.querySelector("[data-words]").textContent.trim(), place: items.indexOf(moved) + 1, total: items.length };
    const status = list.parentElement.querySelector("[data-arranged]");
    if (status) status.textContent = list.dataset.moved.replace(/\{(\w+)\}/g, (_, name) => words[name]);
  };

  const prepare = (list) => {
    if (list.dataset.arrange === "ready") return;
    list.dataset.arrange = "ready";
    list.querySelectorAll("[data-buttons]").forEach((buttons) => (buttons.hidden = false));
    // A place that was chosen without scripts would outweigh the order.
    list.querySelectorAll("select").forEach((select) => (select.disabled = true));
    settle(list);
    load(list.dataset.sortable)
      .then(() => window.Sortable.create(list, { animation: 120, filter: "button", preventOnFilter: false, delay: 120, delayOnTouchOnly: true, onEnd: ({ item }) => settle(list, item) }))
      .catch(() => {}); // the buttons do it as well
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    const item = button.closest("[data-item]");
    const list = item.parentElement;
    const other = button.dataset.move === "up" ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (button.dataset.move === "up") other.before(item);
    else other.after(item);
    settle(list, item);
    // At an end the button that was pressed is off; the focus goes to the other one.
    (button.disabled ? item.querySelector("[data-move]:not(:disabled)") : button)?.focus();
  });

  const prepareAll = () => document.querySelectorAll("[data-arrange]").forEach(prepare);
  document.addEventListener("htmx:afterSettle", prepareAll);
  prepareAll();
})();
