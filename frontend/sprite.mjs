// Writes templates/mk/sprite.html from the names in icons.txt. The icons package is large, so it is
// no dependency: npm install --no-save @tabler/icons && npm run sprite
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const icons = process.env.TABLER_ICONS ?? join(here, "node_modules/@tabler/icons/icons/outline");
const names = (await readFile(join(here, "icons.txt"), "utf8")).split(/\s+/).filter(Boolean).sort();

const symbol = async (name) => {
  const svg = await readFile(join(icons, `${name}.svg`), "utf8");
  const body = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
  const drawn = body.replace(/\s*\n\s*/g, "").replace(/<path stroke="none"[^>]*>/, "").replaceAll(" />", "/>");
  return `<symbol id="i-${name}" viewBox="0 0 24 24">${drawn}</symbol>`;
};
const symbols = await Promise.all([...new Set(names)].map(symbol));
const head = "{# Tabler Icons, MIT. Written by frontend/sprite.mjs from frontend/icons.txt: do not edit. #}\n";
await writeFile(
  join(here, "../src/mengkeju/kernel/templates/mk/sprite.html"),
  `${head}<svg class="mk-sprite" hidden aria-hidden="true" focusable="false">\n${symbols.join("\n")}\n</svg>\n`,
);
console.log(`${symbols.length} icons`);
