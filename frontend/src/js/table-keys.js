// <table data-mk-keys>, <ul data-mk-keys>: j and k move between rows, Enter opens the row's first link. In a list with
// a current entry they begin beside it. Never while a field has focus, never with a modifier, and off when the reader
// switches it off (WCAG 2.1.4).
import { keysAreOn } from "./switches.js";

const inField = (target) => target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog[open]");

const rowsOf = (list) => (list.tBodies ? [...list.tBodies].flatMap((body) => [...body.rows]) : [...list.children]);

function step(list, direction) {
  const links = rowsOf(list).map((row) => row.querySelector("a[href]")).filter(Boolean);
  if (!links.length) return;
  const row = document.activeElement?.closest?.("tr, li");
  const focused = links.findIndex((link) => row?.contains(link));
  const here = focused < 0 ? links.findIndex((link) => link.hasAttribute("aria-current")) : focused;
  const next = here < 0 ? (direction > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, here + direction));
  links[next].focus();
  links[next].closest("tr, li").scrollIntoView({ block: "nearest" });
}

export function startTableKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || inField(event.target)) return;
    const key = event.key.toLowerCase();
    if (key !== "j" && key !== "k") return;
    const list = event.target.closest?.("[data-mk-keys]") ?? document.querySelector("[data-mk-keys]");
    if (!list || !keysAreOn()) return;
    event.preventDefault();
    step(list, key === "j" ? 1 : -1);
  });
}
