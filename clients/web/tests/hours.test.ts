import assert from "node:assert/strict";
import { test } from "node:test";
import type { Weekday } from "../src/live/wire.ts";
import {
  cityOf,
  isOverMidnight,
  shiftInWords,
  weekdayName,
  zonesWith,
} from "../src/people/hours.ts";

function words(days: Weekday[], start = "09:00", end = "17:30"): string {
  return shiftInWords({ days, start, end }).replaceAll(/\s/gu, " ");
}

test("days that follow each other are said by the first and the last", () => {
  assert.equal(words(["mon", "tue", "wed", "thu", "fri"]), "Mon–Fri 9:00 AM–5:30 PM");
  assert.equal(words(["sun", "mon", "wed", "sat"]), "Mon, Wed, Sat–Sun 9:00 AM–5:30 PM");
  assert.equal(words(["fri"], "22:00", "00:00"), "Fri 10:00 PM–12:00 AM");
});

test("a shift that ends before it began ends on the next day", () => {
  assert.equal(isOverMidnight({ days: ["mon"], start: "22:00", end: "06:00" }), true);
  assert.equal(isOverMidnight({ days: ["mon"], start: "06:00", end: "06:00" }), true);
  assert.equal(isOverMidnight({ days: ["mon"], start: "06:00", end: "22:00" }), false);
});

test("a week begins on a Monday", () => {
  assert.equal(weekdayName("mon", "long"), "Monday");
  assert.equal(weekdayName("sun", "short"), "Sun");
});

test("the present zone is always among those to choose from, once", () => {
  for (const zone of ["UTC", "Europe/Amsterdam", "Asia/Calcutta"]) {
    assert.equal(zonesWith(zone).filter(({ value }) => value === zone).length, 1);
  }
  assert.equal(
    zonesWith("UTC").find(({ value }) => value === "America/New_York")?.label,
    "America/New York",
  );
  assert.equal(cityOf("America/Argentina/Buenos_Aires"), "Buenos Aires");
  assert.equal(cityOf("UTC"), "UTC");
});
