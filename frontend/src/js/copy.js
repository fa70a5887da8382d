// <button data-mk-copy="element id" data-mk-done="已复制">: copies the element's text or value.
import { say } from "./say.js";

const select = (source) => {
  const range = document.createRange();
  range.selectNodeContents(source);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
};

export function startCopy() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-mk-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.mkCopy);
    if (!source) return;
    const text = "value" in source ? source.value : source.textContent.trim();
    try {
      await navigator.clipboard.writeText(text);
      say(button.dataset.mkDone);
      button.classList.add("mk-copied");
    } catch {
      // No clipboard right: leave the text selected, so that the reader's own copy command works.
      if (typeof source.select === "function") source.select();
      else select(source);
    }
  });
}

// <button data-mk-fill="field id">: example words fill a search box.
export function startFill() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mk-fill]");
    const field = button && document.getElementById(button.dataset.mkFill);
    if (!field) return;
    field.value = button.textContent.trim();
    field.focus();
  });
}
