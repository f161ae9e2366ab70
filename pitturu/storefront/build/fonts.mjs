// The typeface: one file with the characters of the first paint of the shop, the item and the cart; one with all others that
// pages of the shop and messages of the server say; one more for the console; and slices for all others (names of items and
// people), of which a browser loads those that it needs. Pages preload what their first paint needs.

import { copyFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { build } from "esbuild";
import subsetFont from "subset-font";

const PRETENDARD = dirname(createRequire(import.meta.url).resolve("pretendard/package.json"));
const VARIABLE = join(PRETENDARD, "dist/web/variable");

/** Ours, since the name of a font under the Open Font License may be reserved for its unchanged files. */
const FAMILY = "pitturu";
const WEIGHTS = "400 700";
const FALLBACKS = ["Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans CJK KR", "Noto Sans KR", "NanumGothic", "Roboto", "Arial"];

/** What is neither in our texts nor in a slice's turn: Latin, digits, signs that people type. */
const ALWAYS = String.fromCharCode(...Array.from({ length: 95 }, (_, index) => index + 32)) + "₩·…–—‘’“”「」→×";

/** A syllable that the pages ask for to have the first file. */
const FIRST_SEEN = "가";

/** What the shop, the item and the cart draw first: by the sections of the texts. */
const FIRST = {
  nav: ["shop", "history", "inventory", "login", "logout", "otherLanguage"],
  shop: ["heading", "lead", "left", "unlimited", "soldOut", "notReturnable", "buy", "more", "kinds"],
  cart: ["heading", "count", "add", "addShort", "empty", "each", "total", "checkOut", "signIn"],
  form: ["signIn"],
  actions: ["toShop"],
};

/** The texts of a language, as the pages have them. */
async function wordsOf(here, language) {
  const entryPoints = [join(here, `src/i18n/${language}.ts`)];
  const { outputFiles } = await build({ entryPoints, bundle: true, write: false, format: "esm", charset: "utf8" });
  return (await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`))[language];
}

async function firstTexts(here) {
  const said = (value) => (typeof value === "object" ? Object.values(value).map(said).join("") : String(value));
  const languages = await Promise.all(["ko", "en"].map((language) => wordsOf(here, language)));
  return languages.flatMap((words) => [
    said(words.won),
    ...Object.entries(FIRST).flatMap(([section, names]) => names.map((name) => said(words[section][name]))),
  ]);
}

function textsIn(folder, skipped = () => false) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (skipped(path)) return [];
    if (entry.isDirectory()) return textsIn(path, skipped);
    return /\.(tsx?|html|json)$/.test(entry.name) ? [readFileSync(path, "utf8")] : [];
  });
}

const charactersOf = (texts) => new Set([...texts.join("")].filter((character) => character >= " "));

/** `U+20-7e, U+ac00` */
function rangeOf(characters) {
  const codes = [...characters].map((character) => character.codePointAt(0)).sort((one, other) => one - other);
  const spans = [];
  for (const code of codes) {
    const last = spans.at(-1);
    if (last !== undefined && last[1] === code - 1) last[1] = code;
    else spans.push([code, code]);
  }
  return spans.map(([first, last]) => `U+${first.toString(16)}${last > first ? `-${last.toString(16)}` : ""}`).join(",");
}

const face = (rules) => `@font-face{${Object.entries(rules).map(([name, value]) => `${name}:${value}`).join(";")}}`;

function sharedFace(file, characters, display) {
  const src = `url(fonts/${file}) format("woff2")`;
  const range = rangeOf(characters);
  return face({ "font-family": `"${FAMILY}"`, "font-weight": WEIGHTS, "font-display": display, src, "unicode-range": range });
}

/** Line heights of the fallback are those of the font, so that lines do not move when it arrives. */
async function fallbackFace(font) {
  const sfnt = await subsetFont(font, "A", { targetFormat: "sfnt" });
  const view = new DataView(sfnt.buffer, sfnt.byteOffset, sfnt.byteLength);
  const tables = new Map();
  for (let index = 0; index < view.getUint16(4); index += 1) {
    const record = 12 + index * 16;
    tables.set(sfnt.toString("latin1", record, record + 4), view.getUint32(record + 8));
  }
  const unit = view.getUint16(tables.get("head") + 18);
  const percent = (offset) => `${((Math.abs(view.getInt16(tables.get("hhea") + offset)) / unit) * 100).toFixed(2)}%`;
  return face({
    "font-family": `"${FAMILY} fallback"`,
    src: FALLBACKS.map((name) => `local("${name}")`).join(","),
    "ascent-override": percent(4),
    "descent-override": percent(6),
    "line-gap-override": percent(8),
  });
}

/** The characters of `U+20-7e, U+ac00`. */
function charactersIn(range) {
  return range.split(",").flatMap((part) => {
    const [first, last = first] = part.trim().slice(2).split("-");
    const codes = Array.from({ length: parseInt(last, 16) - parseInt(first, 16) + 1 }, (_, index) => parseInt(first, 16) + index);
    return codes.map((code) => String.fromCodePoint(code));
  });
}

/** The slices as they are packed, under our family's name, each for the characters that no file of ours has. */
function slices(store, ours) {
  const sheet = readFileSync(join(VARIABLE, "pretendardvariable-dynamic-subset.css"), "utf8");
  return [...sheet.matchAll(/url\(\.\/(woff2-dynamic-subset\/[^)]+)\)[^;]*;\s*unicode-range:([^;}]+)/g)].flatMap(([, path, range]) => {
    const left = charactersIn(range).filter((character) => !ours.has(character));
    if (left.length === 0) return [];
    const file = store(path.replace(/^.*\.subset\./, "slice-"), readFileSync(join(VARIABLE, path)));
    return [sharedFace(file, left, "swap")];
  });
}

/** Which characters each file has: none is in two. */
async function divided(here, messages) {
  const isConsole = (path) => path === join(here, "src/console");
  const generated = (path) => path === join(here, "src/types");
  const shop = textsIn(join(here, "src"), (path) => isConsole(path) || generated(path));
  const files = {
    first: [ALWAYS, FIRST_SEEN, ...(await firstTexts(here))],
    shop: [...textsIn(join(here, "templates")), ...shop, ...messages],
    console: textsIn(join(here, "src/console")),
  };
  const taken = new Set();
  const own = (texts) => [...charactersOf(texts)].filter((character) => !taken.has(character) && taken.add(character)).sort();
  return Object.fromEntries(Object.entries(files).map(([name, texts]) => [name, own(texts)]));
}

/**
 * Writes all files below `out`; `messages` are the texts that the server sends. Returns the rules of the files that belong into
 * the style sheets of the shop and the console; the name of the sheet of all others, which may come later; which files each kind
 * of page preloads; and a character of the shop's second file, by which a page asks for it. `hashed` writes a file and returns
 * its name.
 */
export async function fonts(here, out, hashed, messages) {
  mkdirSync(join(out, "fonts"));
  const store = (name, data) => hashed(`fonts/${name}`, data).replace(/^fonts\//, "");
  const font = readFileSync(join(VARIABLE, "woff2/PretendardVariable.woff2"));
  const options = { targetFormat: "woff2", variationAxes: { wght: { min: 400, max: 700 } }, keepFeatures: ["ccmp", "kern", "tnum"] };
  const characters = await divided(here, messages);
  const made = Object.entries(characters).map(async ([name, some]) => [name, store(`${name}.woff2`, await subsetFont(font, some.join(""), options))]);
  const files = Object.fromEntries(await Promise.all(made));
  const faceOf = (name, display = "block") => sharedFace(files[name], characters[name], display);
  // Names of items have characters of the second file, which a light page loads after its first paint.
  const shop = [await fallbackFace(font), faceOf("shop", "swap"), faceOf("first")].join("");
  const ours = new Set(Object.values(characters).flat());
  copyFileSync(join(PRETENDARD, "dist/LICENSE.txt"), join(out, "fonts", "LICENSE"));
  const preloads = (...names) => names.map((name) => `fonts/${files[name]}`);
  return {
    faces: { pages: shop, console: faceOf("console") + shop },
    second: characters.shop.find((character) => character > "~"),
    slices: hashed("slices.css", Buffer.from([...slices(store, ours), faceOf("console", "swap")].join("\n"))),
    preloads: { light: preloads("first"), shop: preloads("first", "shop"), console: preloads("first", "shop", "console") },
  };
}
