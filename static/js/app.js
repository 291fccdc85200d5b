// Improves pages that work without it: busy buttons, toasts, the choice of theme.
(() => {
  const root = document.documentElement;

  // --- a form is sent once: its button shows that it is on its way ---
  const busyForms = new Map();

  const release = (form) => {
    busyForms.get(form)?.removeAttribute("aria-busy");
    busyForms.delete(form);
  };

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      const method = event.submitter?.getAttribute("formmethod") ?? form.method;
      if (method !== "post") return;
      if (busyForms.has(form)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
      const button = event.submitter ?? document.querySelector(`button[form="${form.id}"]`) ?? form.querySelector("button");
      button?.setAttribute("aria-busy", "true");
      busyForms.set(form, button);
    },
    true,
  );
  document.addEventListener("htmx:afterRequest", (event) => release(event.target.closest("form")));
  // The browser may bring a page back as it was left.
  window.addEventListener("pageshow", () => [...busyForms.keys()].forEach(release));

  // --- toasts go by themselves, except errors and one that is being read ---
  const stay = 8000;

  const close = (toast) => toast.remove();

  const watch = (toast) => {
    if (toast.dataset.toast === "watched") return;
    toast.dataset.toast = "watched";
    toast.querySelector("[data-close]").addEventListener("click", () => close(toast));
    if ("stays" in toast.dataset) return;
    let timer = setTimeout(close, stay, toast);
    for (const begins of ["pointerenter", "focusin"]) toast.addEventListener(begins, () => clearTimeout(timer));
    for (const ends of ["pointerleave", "focusout"])
      toast.addEventListener(ends, () => {
        clearTimeout(timer);
        timer = setTimeout(close, stay, toast);
      });
  };

  const watchAll = () => document.querySelectorAll("#toasts [data-toast]").forEach(watch);

  const say = (words) => {
    const toast = document.createElement("div");
    toast.className = "toast";
    toast.textContent = words;
    document.getElementById("toasts").append(toast);
    setTimeout(close, stay, toast);
  };

  document.addEventListener("htmx:oobAfterSwap", watchAll);
  document.addEventListener("htmx:sendError", () => say(document.body.dataset.notSent));
  document.addEventListener("htmx:responseError", () => say(document.body.dataset.refused));
  watchAll();

  // --- dialogs are native; a button names the one that it opens ---
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (!opener) return;
    const dialog = document.getElementById(opener.dataset.opens);
    if (!dialog) return;
    event.preventDefault();
    dialog.showModal();
  });

  // --- many roles make a long bar on a phone, many figures long tabs: the chosen one stands in sight. Only the bar itself is
  // scrolled: scrollIntoView would move the page with it, by the room that is kept for the bar ---
  document.querySelectorAll(".nav ul, .tabs").forEach((bar) => {
    const chosen = bar.querySelector("[aria-current]")?.getBoundingClientRect();
    if (!chosen) return;
    const shown = bar.getBoundingClientRect();
    bar.scrollLeft += chosen.left + chosen.width / 2 - shown.left - shown.width / 2;
  });

  // --- theme ---
  const choice = document.querySelector("[data-theme-choice]");
  if (choice) {
    choice.hidden = false;
    const current = choice.querySelector(`input[value="${root.dataset.theme ?? ""}"]`);
    if (current) current.checked = true;
    choice.addEventListener("change", (event) => {
      const theme = event.target.value;
      if (theme) root.dataset.theme = theme;
      else delete root.dataset.theme;
      try {
        if (theme) localStorage.setItem("theme", theme);
        else localStorage.removeItem("theme");
      } catch {
        // Storage may be refused; the choice then lasts for this page.
      }
    });
  }
})();
