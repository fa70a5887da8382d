// <button data-mk-print>: opens the browser's print dialog; without script the page says how.
export function startPrint() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-mk-print]")) window.print();
  });
}
