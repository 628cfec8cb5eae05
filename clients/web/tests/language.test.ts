import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "svelte/compiler";
import { crew as crewInEnglish } from "../src/language/crew.en.ts";
import { crew as crewInSpanish } from "../src/language/crew.es.ts";
import { en } from "../src/language/en.ts";
import { es } from "../src/language/es.ts";
import { languageFor } from "../src/language/language.ts";
import { promised as promisedInEnglish } from "../src/language/promises.en.ts";
import { promised as promisedInSpanish } from "../src/language/promises.es.ts";
import { push as pushInEnglish } from "../src/language/push.en.ts";
import { push as pushInSpanish } from "../src/language/push.es.ts";
import { triage as triageInEnglish } from "../src/language/triage.en.ts";
import { triage as triageInSpanish } from "../src/language/triage.es.ts";
import { sources } from "./sources.ts";

// What is said to people and is not a text: names, signs, keys.
const NO_TEXT = /^(·? ?Deskwire|Ctrl Enter|Shift Enter|Enter|Ctrl K|[^\p{L}]*)$/u;
const SHOWN = ["label", "title", "placeholder", "alt", "aria-label", "description", "text", "hint"];
// The gallery shows names of people, places and tones: examples, as a database would have them.
const EXAMPLES = "pages/design/";

type Areas = Record<string, Record<string, unknown>>;

/** By the name under which sources know them. */
const CATALOGUES = {
  m: [en, es],
  w: [crewInEnglish, crewInSpanish],
  p: [promisedInEnglish, promisedInSpanish],
  pushed: [pushInEnglish, pushInSpanish],
  g: [triageInEnglish, triageInSpanish],
} as unknown as Record<string, [english: Areas, spanish: Areas]>;

function keysOf(catalogue: Areas): string[] {
  return Object.entries(catalogue)
    .filter(([area]) => area !== "refusals") // English has them from the server.
    .flatMap(([area, texts]) => Object.keys(texts).map((key) => `${area}.${key}`));
}

/** The keys that a source names, `area.*` where it chooses one as it runs. */
function namedIn(text: string, by: string): string[] {
  const named = (rest: string) => new RegExp(`\\b${by}\\.(\\w+)${rest}`, "g");
  const alias = new RegExp(`const (\\w+) = ${by}\\.(\\w+);`, "g");
  const aliases = [...text.matchAll(alias)];
  const direct = text.replaceAll(alias, "");
  return [
    ...[...direct.matchAll(named("\\.(\\w+)"))].map(([, area, key]) => `${area}.${key}`),
    ...[...direct.matchAll(named("\\b(?!\\.\\w)"))].map(([, area]) => `${area}.*`),
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
  for (const [english, spanish] of Object.values(CATALOGUES)) {
    assert.deepEqual(keysOf(spanish), keysOf(english));
    for (const texts of [english, spanish].flatMap((each) => Object.values(each))) {
      for (const [key, text] of Object.entries(texts)) assert.notEqual(text, "", key);
    }
  }
});

test("every text is shown somewhere", () => {
  for (const [by, [english]] of Object.entries(CATALOGUES)) {
    const named = new Set(sources(".svelte", ".ts").flatMap(({ text }) => namedIn(text, by)));
    const unused = keysOf(english).filter(
      (key) => !named.has(key) && !named.has(`${key.split(".")[0]}.*`),
    );
    assert.deepEqual(unused, [], by);
  }
});

test("what a page does not wait for is said where it is refused", () => {
  // Whoever sends these stays with the form until the answer is here.
  const waited = [
    "ticket.open",
    "ticket.reply",
    "ticket.refuse",
    "ticket.judge_guess",
    "ticket.transfer",
    "ticket.whisper",
    "ticket.barge",
  ];
  const sent = sources(".svelte", ".ts")
    .filter(({ path }) => !/^(live|language|demo|pages.design)/.test(path))
    .flatMap(({ text }) =>
      [...text.matchAll(/type: "(ticket\.[a-z_]+)"/g)].map(([, type]) => type ?? ""),
    )
    .filter((type) => !type.endsWith("ed")); // That is what happened, not what is sent.
  assert.ok(sent.includes("ticket.assign"));
  assert.deepEqual(
    sent.filter((type) => !(type in en.toasts) && !waited.includes(type)),
    [],
  );
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
