// Elder mode, dark mode, table keys: buttons with aria-pressed, remembered on this device.
import { read, write } from "./store.js";

const root = document.documentElement;

const switches = {
  elder: {
    isOn: () => root.dataset.mkElder === "on",
    set(on) {
      if (on) root.dataset.mkElder = "on";
      else delete root.dataset.mkElder;
      write("elder", on ? "on" : "");
    },
  },
  dark: {
    isOn: () => root.dataset.bsTheme === "dark",
    set(on) {
      root.dataset.bsTheme = on ? "dark" : "light";
      write("theme", on ? "dark" : "");
    },
  },
  keys: {
    isOn: () => read("keys") !== "off",
    set(on) {
      write("keys", on ? "" : "off");
    },
  },
};

const show = (name) => {
  const pressed = String(switches[name].isOn());
  document.querySelectorAll(`[data-mk-switch="${name}"]`).forEach((button) => button.setAttribute("aria-pressed", pressed));
};

export function startSwitches() {
  Object.keys(switches).forEach(show);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mk-switch]");
    if (!button || !switches[button.dataset.mkSwitch]) return;
    const name = button.dataset.mkSwitch;
    switches[name].set(!switches[name].isOn());
    show(name);
  });
}

/** True while the reader has not turned single-key shortcuts off. */
export const keysAreOn = () => switches.keys.isOn();
