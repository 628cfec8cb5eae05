import assert from "node:assert/strict";
import { test } from "node:test";
import { undoOf } from "../src/live/undo.ts";
import type { Draft, Ticket } from "../src/live/wire.ts";

const ticket = {
  id: "t",
  title: "Broken",
  status: "open",
  priority: "low",
  category: null,
  due_at: 5,
  owner_id: null,
  team_id: "first",
  private: { tags: ["vip"], fields: { order: 7 } },
} as unknown as Ticket;

function undone(draft: object): unknown {
  return undoOf(ticket, { ticket_id: "t", ...draft } as unknown as Draft);
}

test("an assignment goes back to who had it, and to their team", () => {
  const back = { type: "ticket.assign", ticket_id: "t", agent_id: null, team_id: "first" };
  assert.deepEqual(undone({ type: "ticket.assign", agent_id: "sam" }), back);
  const moved = { type: "ticket.assign", agent_id: null, team_id: "second" };
  assert.deepEqual(undone(moved), back);
});

test("status and priority go back to what they were", () => {
  assert.deepEqual(undone({ type: "ticket.set_status", status: "resolved" }), {
    type: "ticket.set_status",
    ticket_id: "t",
    status: "open",
  });
  assert.deepEqual(undone({ type: "ticket.set_priority", priority: "high" }), {
    type: "ticket.set_priority",
    ticket_id: "t",
    priority: "low",
  });
});

test("of what a ticket says only that goes back which was changed", () => {
  const update = { type: "ticket.update", ticket_id: "t" };
  const change = (what: object) => undone({ type: "ticket.update", ...what });
  assert.deepEqual(change({ tags: [] }), { ...update, tags: ["vip"] });
  assert.deepEqual(change({ due_at: null }), { ...update, due_at: 5 });
  assert.deepEqual(change({ category: "bikes" }), { ...update, category: null });
  assert.deepEqual(change({ fields: {} }), { ...update, fields: { order: 7 } });
});

test("what changes nothing, and what was said, is not taken back", () => {
  assert.equal(undone({ type: "ticket.set_status", status: "open" }), null);
  assert.equal(undone({ type: "ticket.assign", agent_id: null }), null);
  assert.equal(undone({ type: "ticket.update", tags: ["vip"] }), null);
  assert.equal(undone({ type: "ticket.reply", body: "Hello" }), null);
});
