import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "svelte/compiler";
import { en } from "../src/language/en.ts";
import { es } from "../src/language/es.ts";
import { languageFor } from "../src/language/language.ts";
import { sources } from "./sources.ts";

// What is said to people and is not a text: names, signs, keys.
const NO_TEXT = /^(·? ?Deskwire|Ctrl Enter|Shift Enter|Enter|Ctrl K|[^\p{L}]*)$/u;
const SHOWN = ["label", "title", "placeholder", "alt", "aria-label", "description", "text", "hint"];
// The gallery shows names of people, places and tones: examples, as a database would have them.
const EXAMPLES = "pages/design/";

type Areas = Record<string, Record<string, unknown>>;

function keysOf(catalogue: Areas): string[] {
  return Object.entries(catalogue)
    .filter(([area]) => area !== "refusals") // English has them from the server.
    .flatMap(([area, texts]) => Object.keys(texts).map((key) => `${area}.${key}`));
}

/** The keys that a source names, `area.*` where it chooses one as it runs. */
function namedIn(text: string): string[] {
  const aliases = [...text.matchAll(/const (\w+) = m\.(\w+);/g)];
  const direct = text.replaceAll(/const \w+ = m\.\w+;/g, "");
  return [
    ...[...direct.matchAll(/\bm\.(\w+)\.(\w+)/g)].map(([, area, key]) => `${area}.${key}`),
    ...[...direct.matchAll(/\bm\.(\w+)\b(?!\.\w)/g)].map(([, area]) => `${area}.*`),
    ...aliases.flatMap(([, name, area]) =>
      [...text.matchAll(new RegExp(`\\b${name}\\.(\\w+)`, "g"))].map(([, key]) => `${area}.${key}`),
    ),
  ];
}

interface Node {
  type?: string;
  name?: string;
  data?: string;
  value?: unknown;
}

/** Texts in a component's markup that come from no catalogue. */
function strayIn(text: string): string[] {
  const found: string[] = [];
  const look = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(look);
    if (typeof node !== "object" || node === null) return;
    const { type, name, data, value } = node as Node;
    if (type === "StyleDirective") return;
    if (type === "Attribute") {
      const texts = (Array.isArray(value) ? value : []) as Node[];
      if (SHOWN.includes(name ?? "")) found.push(...texts.flatMap((each) => each.data ?? []));
    } else if (type === "Text") found.push(data ?? "");
    for (const [key, each] of Object.entries(node)) {
      if (key !== "css" && !(type === "Attribute" && Array.isArray(each))) look(each);
    }
  };
  look(parse(text, { modern: true }).fragment);
  return found.map((each) => each.trim()).filter((each) => !NO_TEXT.test(each));
}

test("both languages have the same texts, and none is empty", () => {
  assert.deepEqual(keysOf(es as Areas), keysOf(en as Areas));
  for (const catalogue of [en, es] as Areas[]) {
    for (const texts of Object.values(catalogue)) {
      for (const [key, text] of Object.entries(texts)) assert.notEqual(text, "", key);
    }
  }
});

test("every text is shown somewhere", () => {
  const named = new Set(sources(".svelte", ".ts").flatMap(({ text }) => namedIn(text)));
  const unused = keysOf(en as Areas).filter(
    (key) => !named.has(key) && !named.has(`${key.split(".")[0]}.*`),
  );
  assert.deepEqual(unused, []);
});

test("no component has a text of its own", () => {
  const stray = sources(".svelte")
    .filter(({ path }) => !path.startsWith(EXAMPLES))
    .flatMap(({ path, text }) => strayIn(text).map((found) => `${path}: ${found}`));
  assert.deepEqual(stray, []);
});

test("a text beside the catalogue would be found", () => {
  assert.deepEqual(strayIn(`<p>Hello</p><b title="Hi {name}">{m.app.edit}</b> · Deskwire`), [
    "Hello",
    "Hi",
  ]);
});

test("numbers ask for the right form of a word", () => {
  assert.match(en.shell.unsent(1), /^One change is/);
  assert.match(en.shell.unsent(2), /^2 changes are/);
  assert.match(es.shell.unsent(1), /^Hay un cambio/);
  assert.match(es.shell.unsent(12_345), /^Hay 12[.\u00a0]?345 cambios/);
});

test("the language is the chosen one, else the first of the browser's that is spoken here", () => {
  assert.equal(languageFor("es", ["en-GB"]), "es");
  assert.equal(languageFor(null, ["fr-FR", "es-MX", "en"]), "es");
  assert.equal(languageFor("xx", ["de"]), "en");
  assert.equal(languageFor(null, []), "en");
});
