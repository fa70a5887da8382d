// Choices of this reader on this device. Storage may be refused (private window): the choice then lasts one page.
const PREFIX = "mk.";

/** The stored value, or null. */
export function read(name) {
  try {
    return window.localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Stores a value; an empty one removes it. */
export function write(name, value) {
  try {
    if (value) window.localStorage.setItem(PREFIX + name, value);
    else window.localStorage.removeItem(PREFIX + name);
  } catch {
    // nothing to do: the page already shows the choice
  }
}
