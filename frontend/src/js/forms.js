// Three guards for forms: ask before a grave act, do not lose unsaved words, do not send twice.
const asked = new WeakSet();

/** <form data-mk-confirm="question">: asks in the page's dialog, then submits with the same button. */
function startConfirm() {
  const dialog = document.getElementById("mk-confirm");
  if (!dialog || typeof dialog.showModal !== "function") return;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const question = event.submitter?.dataset.mkConfirm ?? form.dataset.mkConfirm;
    if (!question || event.defaultPrevented) return;
    if (asked.has(form)) {
      asked.delete(form);
      return;
    }
    event.preventDefault();
    const submitter = event.submitter;
    dialog.querySelector("[data-mk-question]").textContent = question;
    dialog.querySelector("[data-mk-yes]").textContent = submitter?.textContent.trim() || dialog.dataset.mkYes;
    dialog.returnValue = "";
    dialog.addEventListener(
      "close",
      () => {
        if (dialog.returnValue !== "yes") return;
        asked.add(form);
        form.requestSubmit(submitter ?? undefined);
      },
      { once: true },
    );
    dialog.showModal();
  });
}

/** <form data-mk-guard>: the browser asks before the reader leaves with words not sent. */
function startGuard() {
  const dirty = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-mk-guard]");
    if (form) dirty.add(form);
  });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) dirty.delete(event.target);
  });
  window.addEventListener("beforeunload", (event) => {
    const open = [...dirty].some((form) => form.isConnected);
    if (open) event.preventDefault();
  });
}

/** Every POST form is sent once; data-mk-repeat (downloads) may be sent again. htmx forms answer in place. */
function startSubmitOnce() {
  const buttonsOf = (form) => [...form.elements].filter((item) => item.type === "submit");
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || "mkRepeat" in form.dataset) return;
    if (form.hasAttribute("hx-post")) return;
    if (form.dataset.mkSent) {
      event.preventDefault();
      return;
    }
    form.dataset.mkSent = "yes";
    form.setAttribute("aria-busy", "true");
    // After the browser has read the form: a disabled button would not send its own value.
    window.setTimeout(() => buttonsOf(form).forEach((button) => {
      button.disabled = true;
    }));
  });
  // A page that comes back from the browser's memory must be usable again.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-mk-sent]").forEach((form) => {
      delete form.dataset.mkSent;
      form.removeAttribute("aria-busy");
      buttonsOf(form).forEach((button) => {
        button.disabled = false;
      });
    });
  });
}

/** A page with errors starts at their summary, so that a screen reader hears them first. */
function focusErrors() {
  const summary = document.querySelector("[data-mk-errors]");
  if (!summary) return;
  // Who came by “跳到正文” has #main in the address still, and the browser would take the focus there.
  if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
  summary.focus({ preventScroll: true });
  // A form that stands far below (a decision beneath a long contract, on a phone) is brought to the reader.
  const { top, bottom } = summary.getBoundingClientRect();
  if (top > innerHeight || bottom < 0) summary.scrollIntoView({ block: "center", behavior: "instant" });
}

export function startForms() {
  startConfirm();
  startGuard();
  startSubmitOnce();
  focusErrors();
}
