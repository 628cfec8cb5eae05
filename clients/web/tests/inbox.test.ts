import assert from "node:assert/strict";
import { test } from "node:test";
import { awaitsReply, countOf, listOf, mergeRows, type Known } from "../src/live/inbox.ts";
import { questionIn, type Question } from "../src/live/question.ts";
import { feedRules, type FeedView } from "../src/live/views.ts";
import type { Row } from "../src/live/wire.ts";

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
  return feedRules.start({ rows: entries, counters: [], agents: [] });
}

function fetched(id: string, seq: number, more: Partial<Row> = {}): Known {
  return { seq, row: row(id, more) };
}

function asking(more: Partial<Question> = {}): Question {
  return { ...questionIn(new URLSearchParams()), ...more };
}

const ALL = { known: [], complete: true };

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

test("the newest change is first, unless another order is asked for", () => {
  const rows = [
    row("a", { at: 10, priority: "urgent", due_at: 9 }),
    row("b", { at: 20, priority: "low" }),
    row("c", { at: 30, priority: "urgent", due_at: 5 }),
  ];
  const ordered = (order: Question["order"]) =>
    titles(listOf(rows, asking({ order }), ALL, ME, 100)).join("");
  assert.deepEqual(
    [ordered("newest"), ordered("waiting"), ordered("priority"), ordered("due")],
    ["cba", "abc", "cab", "cab"],
  );
});

test("what lies beyond the last page waits for it", () => {
  const rows = [row("a", { at: 30 }), row("b", { at: 20 }), row("c", { at: 10 })];
  const known = [fetched("b", 1, { at: 20 })];
  const shown = (complete: boolean) => titles(listOf(rows, asking(), { known, complete }, ME, 100));
  assert.deepEqual(shown(false), ["a", "b"]);
  assert.deepEqual(shown(true), ["a", "b", "c"]);
});

test("what was fetched stands behind what is live", () => {
  const older = [fetched("a", 3, { title: "fetched" }), fetched("b", 3), fetched("gone", 3)];
  const rows = mergeRows([feed(["a", 4, row("a", { title: "live" })], ["gone", 4, null])], older);
  assert.deepEqual(titles(rows).sort(), ["b", "live"]);
});

test("what waits for its client, an approval, the assistant or a later time waits for no owner", () => {
  const rows = [
    row("new"),
    row("handed over", { assistant: "handed_over", status: "in_progress" }),
    row("with its client", { status: "pending" }),
    row("with who approves", { approval: "waiting" }),
    row("with the assistant", { assistant: "waiting" }),
    row("answered by it", { assistant: "answered" }),
    row("put off", { snoozed_until: 500 }),
  ];
  const found = listOf(rows, asking({ view: "unassigned" }), ALL, ME, 100);
  assert.deepEqual(titles(found).sort(), ["handed over", "new"]);
});

test("what is put off is listed as that, and where it is late or looked for", () => {
  const rows = [row("now"), row("later", { snoozed_until: 500, due_at: 50 })];
  const found = (more: Partial<Question>) =>
    titles(listOf(rows, asking(more), ALL, ME, 100)).sort();
  assert.deepEqual(found({ view: "active" }), ["now"]);
  assert.deepEqual(found({ view: "open" }), ["now"]);
  assert.deepEqual(found({ view: "snoozed" }), ["later"]);
  assert.deepEqual(found({ view: "overdue" }), ["later"]);
  assert.deepEqual(found({ words: "later" }), ["later"]);
});

test("the views, and what narrows them down", () => {
  const rows = [
    row("new", { tags: ["vip"], number: 7 }),
    row("mine", { owner_id: ME, status: "in_progress", due_at: 50 }),
    row("mine but done", { owner_id: ME, status: "resolved", due_at: 50 }),
    row("another's", { owner_id: "noor", status: "pending", channel: "mail", due_at: 200 }),
  ];
  const found = (more: Partial<Question>) =>
    titles(listOf(rows, asking(more), ALL, ME, 100)).sort();
  assert.deepEqual(found({ view: "mine" }), ["mine"]);
  assert.deepEqual(found({ view: "unassigned" }), ["new"]);
  assert.deepEqual(found({ view: "overdue" }), ["mine"]);
  assert.deepEqual(found({ view: "due_today" }), ["another's"]);
  assert.deepEqual(found({ view: "resolved" }), ["mine but done"]);
  assert.deepEqual(found({ tag: "vip" }), ["new"]);
  assert.deepEqual(found({ owner: "noor" }), ["another's"]);
  assert.deepEqual(found({ channel: "mail" }), ["another's"]);
  assert.deepEqual(found({ words: "#7" }), ["new"]);
  assert.deepEqual(found({ words: "MINE" }), ["mine"]);
});

test("counts are the server's, and of one's own the rows that one carries", () => {
  const team = (values: Record<string, number>): FeedView => {
    const counters = Object.entries(values).map(([name, value]) => ({ name, seq: 1, value }));
    return feedRules.start({ rows: [], counters, agents: [] });
  };
  const teams = [
    team({ "tickets.open": 3, "tickets.pending": 1, "tickets.overdue": 2, "sla.breached": 1 }),
    team({ "tickets.open": 5, "tickets.closed": 9, "sla.breached": 3 }),
  ];
  const own = feed(
    ["a", 1, row("a", { owner_id: ME })],
    ["b", 1, row("b", { owner_id: ME, status: "resolved" })],
    ["c", 2, null],
  );
  assert.deepEqual(
    (["active", "open", "overdue", "breached", "mine"] as const).map((view) =>
      countOf(view, teams, own),
    ),
    [9, 8, 2, 4, 1],
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

test("what waits for the assistant awaits no person, until it is handed over", () => {
  const said = { seq: 3, author: { kind: "client" as const, id: "mia" } };
  assert.equal(awaitsReply(row("a", { said, assistant: "waiting" })), false);
  assert.equal(awaitsReply(row("a", { said, assistant: "handed_over" })), true);
  const answered = { seq: 4, author: { kind: "assistant" as const, id: "assistant" } };
  assert.equal(awaitsReply(row("a", { said: answered, assistant: "answered" })), false);
  assert.equal(awaitsReply(row("a", { said: answered, assistant: "handed_over" })), true);
});
