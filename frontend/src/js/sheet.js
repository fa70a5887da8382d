// Facets: open beside the list on a wide screen, a closed sheet on the phone. Without script they stay open.
export function startSheets(scope) {
  const wide = window.matchMedia("(min-width: 62rem)");
  scope.querySelectorAll("details[data-mk-sheet]").forEach((sheet) => {
    sheet.open = wide.matches;
    wide.addEventListener("change", () => {
      sheet.open = wide.matches;
    });
  });
}

// Menus made of <details>: Escape and a click outside close them.
export function startMenus() {
  const close = (menu) => {
    menu.open = false;
  };
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.mk-menu[open]");
    if (!menu) return;
    close(menu);
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.mk-menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) close(menu);
    });
  });
}
