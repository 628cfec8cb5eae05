import assert from "node:assert/strict";
import { test } from "node:test";
import { driftOf, rowAt, startsOf } from "../src/ui/stretch.ts";

test("rows begin where those before them end", () => {
  assert.deepEqual([...startsOf([10, 20, 30])], [0, 10, 30, 60]);
  assert.deepEqual([...startsOf([])], [0]);
});

test("the row at a place is the last one that begins there or before", () => {
  const starts = startsOf([10, 20, 30]);
  const places = [-5, 0, 9, 10, 29, 30, 59, 500];
  assert.deepEqual(
    places.map((place) => rowAt(starts, place)),
    [0, 0, 0, 1, 1, 2, 2, 2],
  );
  assert.equal(rowAt(startsOf([]), 7), 0);
});

test("what comes in above moves the rows in sight, and one that leaves them moves nothing", () => {
  const seen = new Map([
    ["c", 20],
    ["d", 30],
    ["e", 40],
  ]);
  const drift = (...keys: string[]) => driftOf(seen, keys, startsOf(keys.map(() => 10)));
  assert.equal(drift("a", "b", "c", "d", "e"), 0);
  assert.equal(drift("new", "a", "b", "c", "d", "e"), 10);
  assert.equal(drift("c", "a", "b", "d", "e"), 0);
  assert.equal(drift("b", "c", "d", "e"), -10);
  assert.equal(drift("x", "y"), 0);
});
