import assert from "node:assert/strict";
import { test } from "node:test";
import { awaitsReply, countBy, mergeRows, passes } from "../src/live/inbox.ts";
import { feedRules, type FeedView } from "../src/live/views.ts";
import type { Row, Ticket } from "../src/live/wire.ts";

const ME = "me";

function row(id: string, more: Partial<Row> = {}): Row {
  return {
    id,
    number: 1,
    title: id,
    status: "open",
    priority: "medium",
    category: null,
    requester_id: "mia",
    company_id: null,
    channel: "portal",
    inbox_id: "i",
    team_id: "t",
    owner_id: null,
    due_at: null,
    opened_at: 0,
    at: 0,
    messages: 1,
    said: null,
    ...more,
  };
}

function feed(...rows: [id: string, seq: number, row: Row | null][]): FeedView {
  const entries = rows.map(([ticket_id, seq, value]) => ({ ticket_id, seq, row: value }));
  return feedRules.start({ rows: entries, counters: [] });
}

function ticket(id: string, seq: number, more: Partial<Ticket> = {}): Ticket {
  const face = { head: seq, at: 0, messages: 1, said: [] };
  return { ...row(id), seq, public: face, staff: face, ...more } as unknown as Ticket;
}

function titles(rows: readonly Row[]): string[] {
  return rows.map(({ title }) => title);
}

test("a ticket in two rooms is shown once, as the newer one knows it", () => {
  const rows = mergeRows([
    feed(["a", 5, row("a", { title: "old" })]),
    feed(["a", 7, row("a", { title: "new" })]),
  ]);
  assert.deepEqual(titles(rows), ["new"]);
});

test("a ticket that moved to another team is shown there, in whichever order it is told", () => {
  const [left, came] = [feed(["a", 7, null]), feed(["a", 7, row("a")])];
  assert.deepEqual(titles(mergeRows([left, came])), ["a"]);
  assert.deepEqual(titles(mergeRows([came, left])), ["a"]);
});

test("the newest change is first", () => {
  const rows = mergeRows([feed(["a", 1, row("a", { at: 10 })], ["b", 1, row("b", { at: 20 })])]);
  assert.deepEqual(titles(rows), ["b", "a"]);
});

test("what was fetched stands behind what is live", () => {
  const older = [ticket("a", 3, { title: "fetched" }), ticket("b", 3), ticket("gone", 3)];
  const rows = mergeRows([feed(["a", 4, row("a", { title: "live" })], ["gone", 4, null])], older);
  assert.deepEqual(titles(rows).sort(), ["b", "live"]);
});

test("views and their counts", () => {
  const rows = [
    row("new"),
    row("mine", { owner_id: ME, status: "in_progress" }),
    row("mine but done", { owner_id: ME, status: "resolved" }),
    row("another's", { owner_id: "noor", status: "pending" }),
  ];
  assert.deepEqual(titles(rows.filter((each) => passes(each, "mine", ME))), ["mine"]);
  const { active, mine, unassigned, resolved, closed } = countBy(rows, ME);
  assert.deepEqual(
    { active, mine, unassigned, resolved, closed },
    { active: 3, mine: 1, unassigned: 1, resolved: 1, closed: 0 },
  );
});

test("a ticket awaits a reply while the client had the last word and it is not done", () => {
  const said = { seq: 3, author: { kind: "client" as const, id: "mia" } };
  assert.equal(awaitsReply(row("a", { said })), true);
  assert.equal(awaitsReply(row("a", { said, status: "resolved" })), false);
  assert.equal(
    awaitsReply(row("a", { said: { ...said, author: { kind: "agent", id: ME } } })),
    false,
  );
});
