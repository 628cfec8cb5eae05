import assert from "node:assert/strict";
import { test } from "node:test";
import type { FeedView } from "../src/live/views.ts";
import type { Attendance } from "../src/live/wire.ts";
import {
  cellsOf,
  dateIn,
  daysAfter,
  mondayOf,
  nextOf,
  plansIn,
  type RotaRow,
} from "../src/work/rota.ts";

const HOUR = 3_600_000;
const MONDAY = Date.UTC(2026, 10, 30);
const WEEK = {
  zone: "UTC",
  days: Array.from({ length: 7 }, (_, day) => MONDAY + day * 24 * HOUR),
  end: MONDAY + 7 * 24 * HOUR,
};

function row(more: Partial<RotaRow>): RotaRow {
  return {
    agent_id: "a",
    name: "Ada",
    zone: "UTC",
    team_ids: [],
    always: false,
    shifts: [],
    breaks: [],
    leave: [],
    weekly: [],
    planned: [],
    exceptions: [],
    ...more,
  };
}

function at(day: number, hour: number) {
  return MONDAY + (day * 24 + hour) * HOUR;
}

test("a shift over midnight is named on the day it begins and drawn on both", () => {
  const cells = cellsOf(row({ shifts: [{ start: at(1, 18), end: at(2, 6) }] }), WEEK);
  assert.deepEqual(
    cells.map(({ shifts }) => shifts.length),
    [0, 1, 0, 0, 0, 0, 0],
  );
  assert.deepEqual(cells[1]?.parts, [{ kind: "shift", from: 75, wide: 25 }]);
  assert.deepEqual(cells[2]?.parts, [{ kind: "shift", from: 0, wide: 25 }]);
});

test("what was under way before the first day is named there", () => {
  const cells = cellsOf(row({ shifts: [{ start: at(-1, 20), end: at(0, 4) }] }), WEEK);
  assert.equal(cells[0]?.shifts.length, 1);
});

test("breaks and leave lie over the shift", () => {
  const cells = cellsOf(
    row({
      shifts: [{ start: at(0, 8), end: at(0, 16) }],
      breaks: [{ start: at(0, 12), end: at(0, 13) }],
      leave: [{ start: at(0, 14), end: at(2, 0), leave_id: "l", from_calendar: true }],
    }),
    WEEK,
  );
  assert.deepEqual(
    cells[0]?.parts.map(({ kind }) => kind),
    ["shift", "break", "leave"],
  );
  assert.deepEqual(
    cells.map(({ leave }) => leave),
    [true, true, false, false, false, false, false],
  );
});

test("who has no set hours is there all day", () => {
  const [monday] = cellsOf(row({ always: true }), WEEK);
  assert.deepEqual(monday?.parts, [{ kind: "shift", from: 0, wide: 100 }]);
});

test("an exception stands on its date by the clock of whose it is", () => {
  const exceptions = [{ date: "2026-12-02", hours: [], note: "Dentist" }];
  const cells = cellsOf(row({ exceptions, zone: "Asia/Kolkata" }), WEEK);
  assert.deepEqual(
    cells.map(({ exception }) => exception?.note ?? ""),
    ["", "", "Dentist", "", "", "", ""],
  );
});

test("a day on which the clocks change is as long as it is", () => {
  const day = Date.UTC(2026, 9, 24, 22); // Berlin goes from summer to winter: 25 hours.
  const one = { zone: "Europe/Berlin", days: [day], end: day + 25 * HOUR };
  const [cell] = cellsOf(row({ shifts: [{ start: day, end: day + 5 * HOUR }] }), one);
  assert.deepEqual(cell?.parts, [{ kind: "shift", from: 0, wide: 20 }]);
});

test("dates are counted on the calendar, not on a clock", () => {
  assert.equal(dateIn(Date.UTC(2026, 10, 30, 23), "Asia/Tokyo"), "2026-12-01");
  assert.equal(daysAfter("2026-02-28", 1), "2026-03-01");
  assert.equal(mondayOf("2026-12-01"), "2026-11-30");
  assert.equal(mondayOf("2026-11-29"), "2026-11-23");
});

test("the next shift is the one that is under way, or the first to come", () => {
  const spans = [at(0, 8), at(1, 8)].map((start) => ({ start, end: start + 8 * HOUR }));
  assert.equal(nextOf(spans, at(0, 9))?.start, at(0, 8));
  assert.equal(nextOf(spans, at(0, 16))?.start, at(1, 8));
  assert.equal(nextOf(spans, at(2, 0)), null);
});

test("a week is another where anybody's plan is, and not where somebody is busy", () => {
  const feed = (agents: Record<string, Partial<Attendance> | null>): FeedView => ({
    rows: new Map(),
    counters: new Map(),
    notices: new Map(),
    agents: new Map(
      Object.entries(agents).map(([id, value]) => [id, { seq: 1, value: value as Attendance }]),
    ),
  });
  const before = plansIn([feed({ a: { plan: 1 }, b: { plan: 2 } })]);
  const busy = plansIn([feed({ b: { plan: 2, load: 9 }, gone: null }), feed({ a: { plan: 1 } })]);
  assert.equal(busy, before);
  assert.notEqual(plansIn([feed({ a: { plan: 3 }, b: { plan: 2 } })]), before);
  assert.notEqual(plansIn([feed({ a: { plan: 1 } })]), before);
});
