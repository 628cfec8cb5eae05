import assert from "node:assert/strict";
import { test } from "node:test";
import { holding } from "../src/live/held.ts";
import type { Row } from "../src/live/wire.ts";

function rows(...names: string[]): Row[] {
  return names.map((name) => {
    const [id, title = ""] = name.split(" ");
    return { id, title } as Row;
  });
}

function held(shown: Row[], now: Row[]): [string[], number] {
  const { rows, waiting } = holding(shown, now);
  return [rows.map(({ id, title }) => `${id} ${title}`.trim()), waiting];
}

test("a row that comes above waits", () => {
  assert.deepEqual(held(rows("a", "b"), rows("new", "a", "b")), [["a", "b"], 1]);
  assert.deepEqual(held(rows("a", "b"), rows("a", "new", "b")), [["a", "b"], 1]);
});

test("a row that moves up waits too, and is shown as it is now", () => {
  assert.deepEqual(held(rows("a", "b", "c"), rows("c changed", "a", "b")), [
    ["a", "b", "c changed"],
    1,
  ]);
});

test("a row that goes stays until one looks away", () => {
  assert.deepEqual(held(rows("a", "b", "c"), rows("a", "c")), [["a", "b", "c"], 0]);
});

test("what follows at the end is let in", () => {
  assert.deepEqual(held(rows("a", "b"), rows("a", "b", "c", "d")), [["a", "b", "c", "d"], 0]);
  assert.deepEqual(held([], rows("a")), [["a"], 0]);
});
