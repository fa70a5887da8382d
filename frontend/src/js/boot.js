// Runs before the first paint: applies the reader's own choices, so that nothing jumps.
import { read } from "./store.js";

const root = document.documentElement;
root.classList.add("mk-js");
if (read("elder") === "on") root.dataset.mkElder = "on";
if (read("theme") === "dark" && !root.dataset.mkTheme) root.dataset.bsTheme = "dark";
