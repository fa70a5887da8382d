// <table data-mk-keys>: j and k move between rows, Enter opens the row's first link. Never while a field has
// focus, never with a modifier, and off when the reader switches it off (WCAG 2.1.4).
import { keysAreOn } from "./switches.js";

const inField = (target) => target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog[open]");

function step(table, direction) {
  const links = [...table.tBodies].flatMap((body) => [...body.rows]).map((row) => row.querySelector("a[href]")).filter(Boolean);
  if (!links.length) return;
  const row = document.activeElement?.closest?.("tr");
  const here = links.findIndex((link) => row?.contains(link));
  const next = here < 0 ? (direction > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, here + direction));
  links[next].focus();
  links[next].closest("tr").scrollIntoView({ block: "nearest" });
}

export function startTableKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || inField(event.target)) return;
    const key = event.key.toLowerCase();
    if (key !== "j" && key !== "k") return;
    const table = event.target.closest?.("table[data-mk-keys]") ?? document.querySelector("table[data-mk-keys]");
    if (!table || !keysAreOn()) return;
    event.preventDefault();
    step(table, key === "j" ? 1 : -1);
  });
}
