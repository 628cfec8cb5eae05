import assert from "node:assert/strict";
import { test } from "node:test";
import type { Shift, Weekday } from "../src/live/wire.ts";
import { ahead, today } from "../src/promises/ahead.ts";
import {
  clockOf,
  hoursOf,
  intervalsIn,
  stretchesOf,
  typedAs,
  weekOf,
} from "../src/promises/week.ts";

const WORKDAYS: Weekday[] = ["mon", "tue", "wed", "thu", "fri"];
const MONDAY = Date.UTC(2026, 10, 30, 12);

function hours(days: Weekday[], start: string, end: string): Shift {
  return { days, start, end };
}

test("hours are understood as people write them, and written back one way", () => {
  for (const [typed, meant] of [
    ["9-17", "09:00–17:00"],
    ["14:30 – 18, 9.00-13", "09:00–13:00, 14:30–18:00"],
    ["9am-5:30pm", "09:00–17:30"],
    ["12 am - 12 pm; 22-24", "00:00–12:00, 22:00–24:00"],
    ["0900-1730", "09:00–17:30"],
    ["22-6", "22:00–06:00"],
    ["", ""],
  ] as const) {
    assert.equal(typedAs(intervalsIn(typed) ?? []), meant, typed);
  }
});

test("what is no hours is not guessed at", () => {
  for (const text of ["nine to five", "9", "9-25", "9:70-10", "9-12-15", "24-3", "13pm-14pm"]) {
    assert.equal(intervalsIn(text), undefined, text);
  }
  assert.equal(intervalsIn("9-13, 12-18"), undefined, "they overlap");
  assert.equal(intervalsIn("22-6, 23-24"), undefined, "they overlap before midnight");
});

test("days with the same hours are kept together, and come apart again by day", () => {
  const kept = [hours(WORKDAYS, "09:00", "13:00"), hours(["mon", "wed"], "14:00", "18:00")];
  const week = weekOf(kept);
  assert.equal(typedAs(week.wed), "09:00–13:00, 14:00–18:00");
  assert.equal(typedAs(week.sat), "");
  assert.deepEqual(hoursOf(week), kept);
});

test("what goes on over midnight is drawn on both days, a Sunday's night on Monday", () => {
  const [monday, , , , , , sunday] = stretchesOf([
    hours(["sun"], "22:00", "06:00"),
    hours(["mon"], "06:00", "08:00"),
  ]);
  assert.deepEqual(sunday, [{ start: 22 * 60, end: 24 * 60 }]);
  assert.deepEqual(monday, [{ start: 0, end: 8 * 60 }]);
  assert.equal(clockOf(24 * 60), "24:00");
});

test("the next days are open by their weekday, but for holidays that are not worked", () => {
  const calendar = {
    zone: "Europe/Madrid",
    hours: [hours(WORKDAYS, "09:00", "17:00")],
    holidays: [{ date: "2026-12-02", name: "Moving day" }],
    worked: ["2026-12-03"],
  };
  const national = { "2026-12-01": "First", "2026-12-03": "Third", "2026-12-05": "A Saturday" };
  const days = ahead(calendar, national, MONDAY, 7);
  assert.deepEqual(
    days.map(({ day, open, holiday }) => [day, open.length, holiday]),
    [
      ["2026-11-30", 1, null],
      ["2026-12-01", 0, "First"],
      ["2026-12-02", 0, "Moving day"],
      ["2026-12-03", 1, null],
      ["2026-12-04", 1, null],
      ["2026-12-05", 0, null],
      ["2026-12-06", 0, null],
    ],
  );
});

test("which day it is depends on the zone", () => {
  const late = Date.UTC(2026, 11, 31, 23, 30);
  assert.equal(today("Europe/Madrid", late), "2027-01-01");
  assert.equal(today("America/Bogota", late), "2026-12-31");
  assert.equal(today("Nowhere/Known", late), "2026-12-31");
});
