import assert from "node:assert/strict";
import { test } from "node:test";
import { completed, mentionedIn, wantedAt } from "../src/parts/mention.ts";

const NOOR = { id: "n", name: "Noor Haddad" };
const NOORA = { id: "na", name: "Noor Haddad-Lee" };
const LUCIA = { id: "l", name: "Lucía Ferrer" };
const ALL = [NOOR, NOORA, LUCIA];

function found(text: string): string[] | null {
  return wantedAt(text, text.length, ALL)?.found.map(({ id }) => id) ?? null;
}

test("an @ and the beginning of any name offer who may be meant", () => {
  assert.deepEqual(found("see @noo"), ["n", "na"]);
  assert.deepEqual(found("@lucia f"), ["l"]);
  assert.deepEqual(found("(@ferr"), ["l"]);
  assert.deepEqual(found("@"), ["n", "na", "l"]);
});

test("an address or a finished text offers nobody", () => {
  assert.equal(found("write to mia@noo"), null);
  assert.equal(found("@Noor Haddad, please"), null);
  assert.equal(found("no one"), null);
});

test("the name takes the place of what was typed", () => {
  const text = "ask @lu today";
  const wanted = wantedAt(text, 7, ALL);
  assert.ok(wanted);
  assert.deepEqual(completed(text, wanted, LUCIA), {
    text: "ask @Lucía Ferrer today",
    caret: 18,
  });
});

test("who is named is mentioned once, and by a longer name nobody else", () => {
  assert.deepEqual(mentionedIn("@Noor Haddad and @Noor Haddad", ALL), ["n"]);
  assert.deepEqual(mentionedIn("@Noor Haddad-Lee", ALL), ["na"]);
  assert.deepEqual(mentionedIn("Noor Haddad", ALL), []);
});
