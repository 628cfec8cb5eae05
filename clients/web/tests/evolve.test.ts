import assert from "node:assert/strict";
import { test } from "node:test";
import { evolve } from "../src/live/evolve.ts";
import type { Face, Status, Ticket, TicketEvent } from "../src/live/wire.ts";
import { envelope } from "./surroundings.ts";

const FACE: Face = { head: 4, at: 1_004, messages: 1, said: [] };
const LATER = envelope(7, 4);

/** A ticket as staff see it, or with null as a client does. */
function seen(staff: Face | null): Ticket {
  return {
    id: "t",
    seq: 4,
    status: "open",
    assistant: null,
    public: FACE,
    staff,
    private: null,
  } as Ticket;
}

/** What only a newer release knows. */
const CLONED = { type: "ticket.cloned" } as unknown as TicketEvent;

test("an event that is not known here moves staff's head, and not what clients have seen", () => {
  const after = evolve(seen(FACE), CLONED, LATER);
  assert.equal(after.seq, 7);
  assert.equal(after.staff?.head, 7);
  assert.deepEqual(after.public, FACE);
});

test("an event that is not known here moves the client's head: they only get their own", () => {
  const after = evolve(seen(null), CLONED, LATER);
  assert.equal(after.seq, 7);
  assert.equal(after.public.head, 7);
});

test("clocks that are counted anew move staff's head, and are no change of the ticket", () => {
  const counted = { type: "ticket.sla_changed", clocks: [] } as unknown as TicketEvent;
  const after = evolve(seen(FACE), counted, LATER);
  assert.deepEqual(after.staff, { ...FACE, head: 7 });
  assert.deepEqual(after.public, FACE);
});

test("a ticket is resolved once, however it ends, and anew after it was reopened", () => {
  const become = (before: Ticket, status: Status, at: number) =>
    evolve(before, { type: "ticket.status_changed", status } as unknown as TicketEvent, {
      ...LATER,
      at,
    });
  const resolved = become(seen(FACE), "resolved", 1);
  const closed = become(resolved, "closed", 2);
  const reopened = become(closed, "open", 3);
  const again = become(reopened, "closed", 4);
  const since = [resolved, closed, reopened, again].map((ticket) => ticket.resolved_at);
  assert.deepEqual(since, [1, 1, null, 4]);
});

test("a change of tags is for staff alone, one of the title for everybody", () => {
  const tagged = { type: "ticket.tags_changed", tags: ["vip"] } as unknown as TicketEvent;
  const renamed = { type: "ticket.renamed", title: "New" } as unknown as TicketEvent;
  assert.equal(evolve(seen(FACE), tagged, LATER).public.head, 4);
  assert.equal(evolve(seen(FACE), renamed, LATER).public.head, 7);
});
