// htmx glue. Its switches (no eval, no inline style) stand in <meta name="htmx-config">.
import { startSheets } from "./sheet.js";

const cookie = (name) =>
  document.cookie
    .split("; ")
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);

export function startParts() {
  document.body.addEventListener("htmx:configRequest", (event) => {
    const token = cookie("csrftoken");
    if (token) event.detail.headers["X-CSRFToken"] = decodeURIComponent(token);
  });
  const trouble = document.getElementById("mk-trouble");
  const show = (visible) => {
    if (trouble) trouble.hidden = !visible;
  };
  document.body.addEventListener("htmx:sendError", () => show(true));
  document.body.addEventListener("htmx:responseError", () => show(true));
  document.body.addEventListener("htmx:afterOnLoad", (event) => {
    if (event.detail.successful !== false) show(false);
  });
  document.body.addEventListener("htmx:afterSettle", (event) => startSheets(event.target));
}
