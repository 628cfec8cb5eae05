import assert from "node:assert/strict";
import { test } from "node:test";
import { pausesFrom } from "../src/console/pauses.ts";

const at = (pause: number) => new Date(pause).toString().slice(0, 21);

test("a ticket can be put aside for an hour, until the next morning, and until Monday", () => {
  const pauses = pausesFrom(new Date(2026, 11, 3, 16, 30).getTime()); // A Thursday.
  assert.deepEqual(
    pauses.map(({ name, until }) => [name, at(until)]),
    [
      ["hour", "Thu Dec 03 2026 17:30"],
      ["tomorrow", "Fri Dec 04 2026 09:00"],
      ["week", "Mon Dec 07 2026 09:00"],
    ],
  );
});

test("on a Monday it is the next one, and a Sunday's is the day after", () => {
  const week = (day: number) =>
    at(pausesFrom(new Date(2026, 11, day, 8).getTime()).at(-1)?.until ?? 0);
  assert.equal(week(7), "Mon Dec 14 2026 09:00");
  assert.equal(week(6), "Mon Dec 07 2026 09:00");
});
