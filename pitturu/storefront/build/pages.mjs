// Builds the pages that Flask serves: one bundle a page, the styles, the fonts, and a manifest that names them all.
// `node build/pages.mjs [folder]`: the folder is emptied first; without one it is ../static, which is under version
// control so that a machine without Node runs everything.

import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { fonts } from "./fonts.mjs";

const HERE = dirname(dirname(fileURLToPath(import.meta.url)));
const OUT = resolve(process.argv[2] ?? join(HERE, "static"));
const MESSAGES = ["../api/messages.json", "../api/declines.json"];
const SOURCES = [...MESSAGES, "build", "openapi.json", "src", "templates", "package.json", "package-lock.json", "tsconfig.json"];

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

const OPTIONS = {
  absWorkingDir: HERE,
  outdir: OUT,
  write: false,
  bundle: true,
  minify: true,
  format: "esm",
  charset: "utf8",
  target: ["es2022", "chrome123", "firefox128", "safari17.5"],
  jsx: "automatic",
  alias: ALIAS,
  legalComments: "none",
  logLevel: "warning",
};

const LANGUAGES = ["ko", "en"];

/** The texts of each language: a file of its own, of which a page loads the one that its user reads. */
async function texts() {
  const { outputFiles } = await build({ ...OPTIONS, entryPoints: LANGUAGES.map((language) => `src/i18n/${language}.ts`) });
  const files = outputFiles.map(({ path, contents }) => [basename(path, ".js"), write(basename(path), contents)]);
  return Object.fromEntries(files);
}

/** Makes the pages load those files. The npm package has both languages inside, since a server renders without waiting. */
const loading = (words) => ({
  name: "texts of one language",
  setup: ({ onResolve }) => {
    const i18n = join(HERE, "src/i18n");
    onResolve({ filter: /\/words\.js$/ }, ({ path, resolveDir }) =>
      resolve(resolveDir, path) === join(i18n, "words.js") ? { path: join(i18n, "fetchedWords.ts") } : undefined,
    );
    onResolve({ filter: /^\.\/(ko|en)\.js$/ }, ({ path, importer }) =>
      importer === join(i18n, "fetchedWords.ts") ? { path: `./${words[basename(path, ".js")]}`, external: true } : undefined,
    );
  },
});

async function scripts(words) {
  const names = readdirSync(join(HERE, "src/pages")).filter((name) => name.endsWith(".tsx"));
  const entryPoints = names.map((name) => `src/pages/${name}`);
  const { outputFiles } = await build({ ...OPTIONS, entryPoints, define: { SECOND_FILE: JSON.stringify(second) }, plugins: [loading(words)] });
  return Object.fromEntries(outputFiles.map(({ path, contents }) => [basename(path, ".js"), write(basename(path), contents)]));
}

async function style(name) {
  const { outputFiles } = await build({ ...OPTIONS, entryPoints: [`src/styles/${name}.css`] });
  return write(`${name}.css`, Buffer.concat([Buffer.from(faces[name]), outputFiles[0].contents]));
}

function hashes(root, paths) {
  const pairs = paths.map((path) => [relative(root, path).replaceAll("\\", "/"), sha256(readFileSync(path))]);
  return Object.fromEntries(pairs.sort(([one], [other]) => (one < other ? -1 : 1)));
}

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
const messages = MESSAGES.map((name) => readFileSync(join(HERE, name), "utf8"));
const { faces, second, ...fontFiles } = await fonts(HERE, OUT, write, messages);
const words = await texts();
const pages = await scripts(words);
const styles = { pages: await style("pages"), console: await style("console") };
const manifest = { pages, words, styles, ...fontFiles, icon: write("icon.svg", readFileSync(join(HERE, "src/assets/icon.svg"))) };
// Pictures of the demo shop's items have fixed names, since rows of the database refer to them.
cpSync(join(HERE, "src/assets/items"), join(OUT, "items"), { recursive: true });
manifest.sources = hashes(HERE, SOURCES.flatMap(filesIn));
const outputs = readdirSync(OUT, { recursive: true, withFileTypes: true });
manifest.outputs = hashes(OUT, outputs.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)));
writeFileSync(join(OUT, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
