// Builds the pages that Flask serves: one bundle a page, the style, the fonts, and a manifest that names them all.
// `node build/pages.mjs [folder]`: the folder is emptied first; without one it is ../static, which is under version
// control so that a machine without Node runs everything.

import { createHash } from "node:crypto";
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const HERE = dirname(dirname(fileURLToPath(import.meta.url)));
const OUT = resolve(process.argv[2] ?? join(HERE, "static"));
const SOURCES = ["build", "openapi.json", "src", "package.json", "package-lock.json", "tsconfig.json"];
const FONT = dirname(createRequire(import.meta.url).resolve("@fontsource-variable/noto-sans-kr/package.json"));

/** Preact in place of React: a tenth of the size, with the same API for the components. */
const ALIAS = {
  react: "preact/compat",
  "react-dom": "preact/compat",
  "react-dom/client": "preact/compat/client",
  "react/jsx-runtime": "preact/jsx-runtime",
};

const sha256 = (data) => createHash("sha256").update(data).digest("hex");

function filesIn(place) {
  const path = join(HERE, place);
  const entries = readdirSync(dirname(path), { withFileTypes: true });
  if (!entries.find((entry) => entry.name === basename(path)).isDirectory()) return [path];
  const inside = readdirSync(path, { recursive: true, withFileTypes: true });
  return inside.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Writes `data` under a name that contains its hash, so that browsers may cache it without limit. */
function write(name, data) {
  const [stem, ending] = [name.replace(/\.[^.]+$/, ""), name.replace(/^.*\./, "")];
  const hashed = `${stem}-${sha256(data).slice(0, 8).toUpperCase()}.${ending}`;
  writeFileSync(join(OUT, hashed), data);
  return hashed;
}

async function bundled() {
  const result = await build({
    absWorkingDir: HERE,
    entryPoints: [...readdirSync(join(HERE, "src/pages")).filter((name) => name.endsWith(".tsx")).map((name) => `src/pages/${name}`), "src/styles/pages.css"],
    outdir: OUT,
    write: false,
    bundle: true,
    minify: true,
    format: "esm",
    target: ["es2022", "chrome123", "firefox128", "safari17.5"],
    jsx: "automatic",
    alias: ALIAS,
    legalComments: "none",
    logLevel: "warning",
  });
  return result.outputFiles.map((file) => [basename(file.path), file.contents]);
}

/** The slices of Noto Sans KR: a browser loads only those with the characters of the page. */
function fonts() {
  mkdirSync(join(OUT, "fonts"));
  const sheet = readFileSync(join(FONT, "index.css"), "utf8")
    .replaceAll(/\/\*.*?\*\//gs, "")
    .replaceAll("font-display: swap", "font-display: optional")
    .replaceAll(/url\(\.\/files\/([^)]+)\)/g, (_, name) => {
      const data = readFileSync(join(FONT, "files", name));
      const hashed = `${name.replace(/-wght-normal\.woff2$/, "")}-${sha256(data).slice(0, 8).toUpperCase()}.woff2`;
      writeFileSync(join(OUT, "fonts", hashed), data);
      return `url(fonts/${hashed})`;
    })
    .replaceAll(/\s+/g, " ")
    .replaceAll(/ ?([{};:,]) ?/g, "$1")
    .trim();
  copyFileSync(join(FONT, "LICENSE"), join(OUT, "fonts", "LICENSE"));
  return write("fonts.css", Buffer.from(sheet));
}

function hashes(root, paths) {
  const pairs = paths.map((path) => [relative(root, path).replaceAll("\\", "/"), sha256(readFileSync(path))]);
  return Object.fromEntries(pairs.sort(([one], [other]) => (one < other ? -1 : 1)));
}

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
const pages = {};
let css = "";
for (const [name, contents] of await bundled()) {
  if (name.endsWith(".css")) css = write("app.css", contents);
  else pages[name.replace(/\.js$/, "")] = write(name, contents);
}
const manifest = { pages, css, fonts: fonts(), icon: write("icon.svg", readFileSync(join(HERE, "src/assets/icon.svg"))) };
// Pictures of the demo shop's items have fixed names, since rows of the database refer to them.
cpSync(join(HERE, "src/assets/items"), join(OUT, "items"), { recursive: true });
manifest.sources = hashes(HERE, SOURCES.flatMap(filesIn));
const outputs = readdirSync(OUT, { recursive: true, withFileTypes: true });
manifest.outputs = hashes(OUT, outputs.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)));
writeFileSync(join(OUT, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
