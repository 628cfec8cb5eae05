import assert from "node:assert/strict";
import { test } from "node:test";
import { feedRules, type FeedView } from "../src/live/views.ts";
import type { Row, SlaClock, Ticket } from "../src/live/wire.ts";
import { alarmOf } from "../src/wallboard/alarm.ts";
import { happeningsBefore, happeningsIn, withHappenings } from "../src/wallboard/happenings.ts";
import { hoursOf } from "../src/wallboard/hours.ts";
import { trendOf } from "../src/wallboard/trend.ts";
import { isPromised, rowsOf, worstOf } from "../src/wallboard/worst.ts";

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

function ticket(id: string, changed: number, more: Partial<Ticket> = {}): Ticket {
  const face = { head: 1, at: changed, messages: 1, said: [] };
  const made = { id, status: "open", opened_at: 0, status_at: 0, owner_id: null };
  return { ...made, staff: face, public: face, private: null, ...more } as unknown as Ticket;
}

function before(next: string | null, ...items: Ticket[]): string[] {
  const told = withHappenings([], happeningsBefore({ items, next }));
  return told.map(({ what, at, row: { id } }) => `${at} ${id} ${what}`);
}

test("before one came tickets were opened and resolved; of nothing else is known when", () => {
  const resolved = ticket("a", 9, { opened_at: 2, status: "resolved", status_at: 7 });
  const urgent = ticket("b", 8, { opened_at: 5, priority: "urgent", owner_id: "sam" });
  const closed = ticket("c", 6, { opened_at: 1, status: "closed", status_at: 6 });
  assert.deepEqual(before(null, resolved, urgent, closed), [
    "7 a resolved",
    "5 b opened",
    "2 a opened",
    "1 c opened",
  ]);
});

test("what tickets of a later page may have gone through is left out", () => {
  const [one, other] = [ticket("a", 9, { opened_at: 3 }), ticket("b", 6, { opened_at: 6 })];
  assert.deepEqual(before("more", one, other), ["6 b opened"]);
});

test("what was found and told meanwhile too is shown once", () => {
  const [live] = happeningsIn(view(1), view(2, row({ opened_at: 4, at: 8 })), () => undefined);
  const page = { items: [ticket("a", 8, { opened_at: 4 })], next: null };
  assert.ok(live);
  const shown = withHappenings([live], happeningsBefore(page));
  assert.deepEqual(shown, [live]);
  assert.deepEqual(withHappenings(happeningsBefore(page), [live]).length, 1);
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

function past(name: string, present: number, minutes: Record<number, number>): FeedView {
  const told = Object.entries(minutes).map(([minute, value]) => [`m${minute}.${name}`, value]);
  const all = [[name, present], ...told] as [string, number][];
  const counters = all.map(([name, value]) => ({ name, seq: 1, value }));
  return feedRules.start({ rows: [], counters, agents: [] });
}

test("a number is told with its last hour, across the hour, without the moment just now", () => {
  const now = Date.UTC(2026, 10, 20, 12, 12);
  const minutes = { 10: 99, 5: 4, 0: 3, 55: 2, 50: 1, 45: 1, 40: 1, 35: 1, 30: 1, 25: 1, 20: 1 };
  const trend = trendOf(past("tickets.open", 6, { ...minutes, 15: 0 }), "tickets.open", now);
  assert.deepEqual(trend, {
    points: [0, 1, 1, 1, 1, 1, 1, 1, 2, 3, 4, 6],
    change: 6,
    minutes: 55,
  });
});

test("what is not known of the hour is left out, and of a few minutes there is no trend", () => {
  const now = Date.UTC(2026, 10, 20, 12, 30);
  const some = trendOf(past("n", 6, { 25: 5, 20: 4, 15: 3, 10: -1, 5: 4 }), "n", now);
  assert.deepEqual(some, { points: [3, 4, 5, 6], change: 3, minutes: 15 });
  assert.equal(trendOf(past("n", 6, { 25: 5, 20: 4, 15: -1, 10: 4 }), "n", now), null);
  assert.equal(trendOf(past("n", 6, { 25: -1 }), "n", now), null);
  assert.equal(trendOf(past("n", 6, {}), "n", now), null);
});

test("a wait is told as how long it was", () => {
  const now = Date.UTC(2026, 10, 20, 12, 30);
  const began = now - 20 * MINUTE;
  const told = past("oldest_wait_at", began, { 25: began, 20: 0, 15: 0 });
  const waits = trendOf(told, "oldest_wait_at", now);
  assert.deepEqual(waits?.points, [0, 0, 15 * MINUTE, 20 * MINUTE]);
});

test("the most pressing are those that are late or soon will be, the longest late first", () => {
  const due = (due_at: number, more: Partial<SlaClock> = {}): SlaClock[] => [
    { metric: "resolution", target: HOUR, consumed: 0, due_at, met_at: null, ...more } as SlaClock,
  ];
  const rows = view(
    1,
    row({ id: "soon", sla: due(2 * HOUR + MINUTE) }),
    row({ id: "later", sla: due(3 * HOUR) }),
    row({ id: "late", sla: due(HOUR) }),
    row({ id: "longest", sla: due(MINUTE) }),
    row({ id: "done", sla: due(MINUTE), status: "resolved" }),
    row({ id: "met", sla: due(MINUTE, { met_at: 1 }) }),
    row({ id: "free", sla: [] }),
  );
  const found = worstOf([rows, view(2, row({ id: "late", sla: [] }))], 2 * HOUR, 5);
  assert.deepEqual(
    found.map(({ row: { id }, standing }) => [id, standing]),
    [
      ["longest", "late"],
      ["soon", "soon"],
    ],
  );
  assert.equal(isPromised([rows]), true);
  assert.equal(isPromised([view(1, row({ sla: [] }), row({ id: "b" }))]), false);
});

test("what stood badly when one came presses until its room says that it does so no more", () => {
  const clock = { metric: "resolution", target: HOUR, consumed: 0, due_at: MINUTE, met_at: null };
  const ticket = (id: string, seq: number) =>
    ({
      ...row({ id, team_id: "team" }),
      id,
      seq,
      public: { at: 1, messages: 1, said: [] },
      private: { sla: { clocks: [clock] }, tags: [] },
    }) as unknown as Ticket;
  const stood = rowsOf([ticket("quiet", 1), ticket("solved", 1)]);
  const solved = view(2, row({ id: "solved", status: "resolved" }));
  const found = worstOf([stood, solved], 2 * HOUR, 5);
  assert.deepEqual(
    found.map(({ row: { id }, standing }) => [id, standing]),
    [["quiet", "late"]],
  );
});
