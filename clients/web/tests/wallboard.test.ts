import assert from "node:assert/strict";
import { test } from "node:test";
import { feedRules, type FeedView } from "../src/live/views.ts";
import type { Row } from "../src/live/wire.ts";
import { alarmOf } from "../src/wallboard/alarm.ts";
import { happeningsIn, withHappenings } from "../src/wallboard/happenings.ts";
import { hoursOf } from "../src/wallboard/hours.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function row(more: Partial<Row> = {}): Row {
  const made = { id: "a", status: "open", priority: "low", owner_id: null, opened_at: 0, at: 0 };
  return { ...made, ...more } as Row;
}

function view(seq: number, ...rows: Row[]): FeedView {
  const entries = rows.map((each) => ({ ticket_id: each.id, seq, row: each }));
  return feedRules.start({ rows: entries, counters: [], agents: [] });
}

function told(before: Row | undefined, after: Row): string[] {
  const start = before ? view(1, before) : view(1);
  return happeningsIn(start, view(2, after), () => before).map(({ what }) => what);
}

test("a row that changes tells what happened", () => {
  assert.deepEqual(told(undefined, row({ opened_at: 900, at: 1_000 })), ["opened"]);
  assert.deepEqual(told(row(), row({ owner_id: "sam" })), ["assigned"]);
  assert.deepEqual(told(row(), row({ status: "resolved" })), ["resolved"]);
  assert.deepEqual(told(row(), row({ priority: "urgent" })), ["urgent"]);
  assert.deepEqual(told(row(), row({ at: 5 })), []);
});

test("a row that comes in for another reason was not just opened", () => {
  assert.deepEqual(told(undefined, row({ opened_at: 0, at: HOUR })), []);
});

test("what a room shows as one enters it has not just happened", () => {
  assert.deepEqual(
    happeningsIn(undefined, view(1, row()), () => undefined),
    [],
  );
});

test("each is told once, the newest first", () => {
  const one = happeningsIn(view(1), view(2, row()), () => undefined);
  const shown = withHappenings([], one);
  assert.equal(withHappenings(shown, one), shown);
  const later = happeningsIn(view(1), view(3, row({ id: "b", at: 9 })), () => undefined);
  assert.deepEqual(
    withHappenings(shown, later).map(({ row: { id } }) => id),
    ["b", "a"],
  );
});

test("the hours end with the present one, across midnight of UTC", () => {
  const counters = [
    { name: "opened.h1", seq: 1, value: 5 },
    { name: "opened.h2", seq: 1, value: 7 },
  ];
  const now = Date.UTC(2026, 10, 20, 1, 30);
  const hours = hoursOf(feedRules.start({ rows: [], counters, agents: [] }), now);
  assert.equal(hours.length, 24);
  assert.deepEqual(hours.at(-1), { at: Date.UTC(2026, 10, 20, 1), count: 5 });
  assert.deepEqual(hours[0], { at: Date.UTC(2026, 10, 19, 2), count: 7 });
});

test("a wait is fine, then a warning, then an alarm", () => {
  assert.deepEqual([4 * MINUTE, 6 * MINUTE, 16 * MINUTE].map(alarmOf), [
    undefined,
    "warn",
    "alarm",
  ]);
});
