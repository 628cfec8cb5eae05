import assert from "node:assert/strict";
import { test } from "node:test";
import { momentsOf } from "../src/work/leave.ts";

test("without times it is whole days, the last one included, on the clock of the zone", () => {
  const { start, end } = momentsOf(
    { from: "2026-12-24", fromTime: "", to: "2026-12-26", toTime: "" },
    "Europe/Berlin",
  );
  assert.equal(start, Date.UTC(2026, 11, 23, 23));
  assert.equal(end, Date.UTC(2026, 11, 26, 23));
});

test("a part of a day is from its time to its time", () => {
  const { start, end } = momentsOf(
    { from: "2026-12-24", fromTime: "12:00", to: "2026-12-24", toTime: "14:30" },
    "UTC",
  );
  assert.equal(end - start, 2.5 * 3_600_000);
});
