// Bundles the browser code into the kernel app's static folder. Run by build.sh or `npm run build`.
import { build } from "esbuild";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "../src/mengkeju/kernel/static/kernel/dist");
const draft = `${target}.${process.pid}`;

// Every licence whose code or drawings end up in dist/.
const licences = [
  ["@tabler/core (CSS)", "licences/tabler-core.txt"],
  ["Bootstrap (inside @tabler/core)", "licences/bootstrap.txt"],
  ["@tabler/icons (sprite in templates/mk/sprite.html)", "licences/tabler-icons.txt"],
  ["htmx.org", "node_modules/htmx.org/LICENSE"],
  ["Apache ECharts", "node_modules/echarts/LICENSE"],
  ["ZRender", "node_modules/zrender/LICENSE"],
  ["tslib", "node_modules/tslib/LICENSE.txt"],
];

await mkdir(draft, { recursive: true });
try {
  await build({
    absWorkingDir: here,
    entryPoints: {
      boot: "src/js/boot.js",
      app: "src/js/app.js",
      charts: "src/js/charts.js",
    },
    outdir: draft,
    bundle: true,
    minify: true,
    format: "iife",
    target: ["es2020"],
    legalComments: "none",
    logLevel: "warning",
  });
  await build({
    absWorkingDir: here,
    entryPoints: { app: "src/css/app.css" },
    outdir: draft,
    bundle: true,
    minify: true,
    legalComments: "none",
    logLevel: "warning",
  });
  const texts = await Promise.all(
    licences.map(async ([name, path]) => `== ${name} ==\n\n${(await readFile(join(here, path), "utf8")).trim()}\n`),
  );
  await writeFile(join(draft, "LICENCES.txt"), texts.join("\n\n"));
  // WhiteNoise serves NAME.gz to browsers that accept it: the style sheet then weighs an eighth.
  for (const name of ["app.css", "app.js", "charts.js"]) {
    await writeFile(join(draft, `${name}.gz`), gzipSync(await readFile(join(draft, name)), { level: 9 }));
  }
  // The new folder takes the old one's place in one step, so that a running site never sees half of it.
  const old = `${target}.old.${process.pid}`;
  await rename(target, old).catch((error) => {
    if (error.code !== "ENOENT") throw error;
  });
  await rename(draft, target);
  await rm(old, { recursive: true, force: true });
  console.log(`dist: ${(await readdir(target)).sort().join(" ")}`);
} catch (error) {
  await rm(draft, { recursive: true, force: true });
  throw error;
}
