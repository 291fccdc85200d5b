// Answering by keyboard, and the focus on the verdict. Pages work without it.
(() => {
  const shows = (selector) => document.querySelector(selector);

  // What puts things in order comes with the first order that is shown.
  const bring = () => {
    const list = shows("[data-arrange]");
    if (!list || shows("script[data-arranging]")) return;
    const script = document.createElement("script");
    script.src = list.dataset.script;
    script.dataset.arranging = "";
    document.head.append(script);
  };

  // The verdict takes the focus, so that it is read first and Enter goes on from there.
  const arrive = () => {
    shows("[data-verdict] .verdict")?.focus({ preventScroll: true });
    shows("#answer-error")?.scrollIntoView({ block: "center" });
    const hint = shows("[data-keys]");
    if (hint) hint.hidden = false;
    bring();
  };
  document.addEventListener("htmx:afterSettle", arrive);
  arrive();

  const choose = (place) => {
    const option = document.querySelectorAll('[data-ask] input[name="answer"]')[place];
    if (!option) return;
    option.click();
    option.focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (!shows("[data-shortcuts]") || shows("dialog[open]")) return;
    const { target } = event;
    if (target.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])")) return;
    if (/^[1-9]$/.test(event.key)) {
      event.preventDefault();
      choose(Number(event.key) - 1);
    } else if (event.key === "?") {
      event.preventDefault();
      shows("#keys")?.showModal();
    } else if (event.key === "Enter" && !target.closest("a, button, summary")) {
      event.preventDefault();
      shows('[data-next], button[form="answer-form"]')?.click();
    }
  });
})();
