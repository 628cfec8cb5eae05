import assert from "node:assert/strict";
import { test } from "node:test";
import type { FeedView } from "../src/live/views.ts";
import type { Attendance, Row } from "../src/live/wire.ts";
import type { AgentInfo } from "../src/work/agents.ts";
import { crewOf, queueOf } from "../src/work/crew.ts";

const NOBODY = () => "…";

function info(id: string, more: Partial<AgentInfo> = {}): AgentInfo {
  return {
    id,
    name: id.toUpperCase(),
    role: "agent",
    team_ids: ["t"],
    skills: [],
    languages: [],
    zone: "UTC",
    status: "available",
    note: "",
    status_at: 0,
    on_break: null,
    load: 0,
    capacity: 10,
    tickets: 0,
    given_at: 0,
    connected: true,
    connected_since: 0,
    availability: { reason: "available", until: null },
    ...more,
  };
}

function there(more: Partial<Attendance>): Attendance {
  return { state: "online", load: 0, capacity: 10, since: 0, ...more };
}

function row(id: string, more: Partial<Row>): Row {
  const plain = { id, status: "open", priority: "medium", owner_id: null, at: 0, opened_at: 0 };
  return { ...plain, ...more } as Row;
}

function feed(
  agents: Record<string, [number, Attendance | null]>,
  rows: readonly Row[] = [],
  counters: Record<string, number> = {},
): FeedView {
  return {
    rows: new Map(rows.map((each) => [each.id, { seq: 1, value: each }])),
    counters: new Map(Object.entries(counters).map(([name, value]) => [name, { seq: 1, value }])),
    agents: new Map(Object.entries(agents).map(([id, [seq, value]]) => [id, { seq, value }])),
    notices: new Map(),
  } as unknown as FeedView;
}

test("what a room told since stands before what was asked for", () => {
  const told = feed({ a: [3, there({ reason: "away", note: "Lunch", load: 4 })] });
  const [mate] = crewOf([info("a")], [told], NOBODY);
  assert.equal(mate?.is.reason, "away");
  assert.equal(mate?.note, "Lunch");
  assert.equal(mate?.load, 4);
});

test("who is free comes first, of these the emptiest, and who left a team is gone", () => {
  const told = feed({
    a: [1, there({ reason: "on_break" })],
    b: [1, there({ load: 5 })],
    c: [1, there({ load: 1 })],
    d: [1, null],
  });
  const crew = crewOf(
    ["a", "b", "c", "d"].map((id) => info(id)),
    [told],
    NOBODY,
  );
  assert.deepEqual(
    crew.map(({ id }) => id),
    ["c", "b", "a"],
  );
});

test("tickets stand with their owner, the most pressing first", () => {
  const rows = [
    row("1", { owner_id: "a", priority: "low" }),
    row("2", { owner_id: "a", priority: "urgent" }),
    row("3", { owner_id: "a", status: "closed" }),
  ];
  const [mate] = crewOf([info("a")], [feed({}, rows)], NOBODY);
  assert.deepEqual(
    mate?.tickets.map(({ id }) => id),
    ["2", "1"],
  );
});

test("how many somebody carries is what was counted, until their load is another", () => {
  const counted = info("a", { load: 8, tickets: 4 });
  const rows = [row("1", { owner_id: "a" })];
  const countAt = (load: number) =>
    crewOf([counted], [feed({ a: [1, there({ load })] }, rows)], NOBODY)[0]?.count;
  assert.equal(countAt(8), 4);
  assert.equal(countAt(2), 1);
});

test("a queue says how many wait, since when, and who of its members is free", () => {
  const told = feed({ a: [1, there({})], b: [1, there({ reason: "full" })] }, [row("1", {})], {
    "tickets.unassigned": 1,
    oldest_wait_at: 500,
    "queue.t.wait_ms": 60_000,
  });
  const crew = crewOf(
    ["a", "b", "c"].map((id) => info(id)),
    [told],
    NOBODY,
  );
  const queue = queueOf({ id: "t", name: "Team", member_ids: ["a", "b"] }, told, crew);
  assert.equal(queue.count, 1);
  assert.equal(queue.since, 500);
  assert.equal(queue.expected, 60_000);
  assert.equal(queue.free, 1);
  assert.equal(queue.here, 2);
});
