import assert from "node:assert/strict";
import { test } from "node:test";
import { en } from "../../web/src/language/en.ts";
import { es } from "../../web/src/language/es.ts";
import { titleOf } from "../src/start.ts";
import { languageOf, wordsIn } from "../src/words.ts";

function leaves(words: object, path = ""): [string, unknown][] {
  return Object.entries(words).flatMap(([name, value]): [string, unknown][] =>
    value !== null && typeof value === "object"
      ? leaves(value as object, `${path}${name}.`)
      : [[path + name, value]],
  );
}

test("both languages say everything, and nothing is left in English", () => {
  const [en, es] = [new Map(leaves(wordsIn("en"))), new Map(leaves(wordsIn("es")))];
  assert.deepEqual([...en.keys()].sort(), [...es.keys()].sort());
  for (const [path, text] of en) {
    if (text === "" || typeof text === "function") continue;
    assert.notEqual(es.get(path), text, path);
  }
});

test("what the assistant asks is labelled a question, in the portal's own words", () => {
  for (const [language, { assistant }] of [
    ["en", en],
    ["es", es],
  ] as const) {
    const { level } = wordsIn(language);
    for (const each of ["passages", "model", "general", "question"] as const) {
      assert.equal(level(each), assistant.levels[each]);
    }
  }
});

test("a visitor is addressed as «usted», as in the portal", () => {
  for (const [path, text] of leaves(wordsIn("es"))) {
    const said = typeof text === "function" ? String(text("1")) : String(text);
    assert.doesNotMatch(said, /(?<!\p{L})(tú|tus?|te|ti|contigo)(?!\p{L})/iu, path);
  }
});

test("a language is chosen by its first part, and English stands in", () => {
  assert.deepEqual(["es-MX", "ES", "en-GB", "de", "est", ""].map(languageOf), [
    ...["es", "es", "en", "en", "en", "en"],
  ]);
});

test("a ticket is called after the first line of its question, cut at a word", () => {
  assert.equal(titleOf("  Where is   my parcel?\nIt is late."), "Where is my parcel?");
  const title = titleOf("a word ".repeat(40));
  assert.match(title, /^(a word )+a…$/);
  assert.ok(title.length <= 81);
  assert.equal(titleOf("o".repeat(300)), `${"o".repeat(80)}…`);
  assert.equal(titleOf(`o${"😀".repeat(100)}`), `o${"😀".repeat(79)}…`);
});
