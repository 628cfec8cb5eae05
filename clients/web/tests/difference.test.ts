// What is different between two texts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { differenceOf } from "../src/parts/difference.ts";

test("words that came and went stand where they did", () => {
  assert.deepEqual(differenceOf("Within five days.", "Within four days."), [
    { kind: "same", text: "Within " },
    { kind: "went", text: "five" },
    { kind: "came", text: "four" },
    { kind: "same", text: " days." },
  ]);
});

test("what is alike has nothing to show but itself, folded where it is long", () => {
  assert.deepEqual(differenceOf("A\nB", "A\nB"), [{ kind: "same", text: "A\nB" }]);
  const long = Array.from({ length: 20 }, (_, line) => `line ${line}`).join("\n");
  const [head, middle, tail] = differenceOf(`${long}\nold`, `${long}\nnew`);
  assert.deepEqual(head, { kind: "same", text: "" });
  assert.deepEqual(middle, { kind: "folded", lines: 19 });
  assert.equal(tail?.kind === "same" && tail.text.startsWith("line 19"), true);
});

test("two long texts with nothing in common are compared in a moment", () => {
  const words = (from: number) =>
    Array.from({ length: 12_000 }, (_, at) => `${(at * from) % 9973}`).join(" ");
  const began = performance.now();
  const pieces = differenceOf(words(7), words(5003));
  assert.ok(performance.now() - began < 3_000);
  assert.ok(pieces.length > 0);
});
