// One polite live region for short confirmations. The words come from the server (data attributes).
export function say(text) {
  const region = document.getElementById("mk-live");
  if (!region || !text) return;
  region.textContent = "";
  window.setTimeout(() => {
    region.textContent = text;
  }, 50);
}
