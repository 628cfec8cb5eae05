import assert from "node:assert/strict";
import { test } from "node:test";
import { Past } from "../src/live/past.ts";
import type { TicketView } from "../src/live/views.ts";

/** A room at its fifth commit, whose two last messages are here, and who asks for what. */
class Ticket {
  readonly asked: string[] = [];
  readonly past: Past;
  view = {
    ticket: { id: "t", deleted: false, description_id: "m1" },
    messages: [{ id: "m4", seq: 4 }],
    hasEarlier: true,
    changes: [],
    changesFrom: 5,
  } as unknown as TicketView;
  answers: Record<string, unknown> = {};

  constructor() {
    const get = <T>(path: string): Promise<T> => {
      this.asked.push(path);
      const answer = this.answers[path];
      return answer ? Promise.resolve(answer as T) : Promise.reject(new Error("away"));
    };
    const amend = (how: (view: TicketView) => TicketView) => (this.view = how(this.view));
    this.past = new Past({ get }, { amend }, "t");
  }
}

function commit(seq: number) {
  const event = { type: "ticket.renamed", title: `${seq}` };
  return { seq, at: seq, actor: { kind: "agent", id: "sam" }, events: [event] };
}

test("earlier messages stand before those that are here", async () => {
  const ticket = new Ticket();
  const path = "/api/tickets/t/messages?before=4";
  ticket.answers[path] = { items: [{ id: "m1", seq: 1 }], next: null };

  await ticket.past.loadMessages(ticket.view);

  assert.deepEqual(
    ticket.view.messages.map(({ id }) => id),
    ["m1", "m4"],
  );
  assert.equal(ticket.view.hasEarlier, false);
});

test("changes between the messages are asked for page by page, once at a time", async () => {
  const ticket = new Ticket();
  ticket.answers["/api/tickets/t/log?after=3"] = { items: [commit(4)], next: 4 };
  ticket.answers["/api/tickets/t/log?after=4"] = { items: [commit(5)], next: null };

  await Promise.all([ticket.past.loadChanges(ticket.view), ticket.past.loadChanges(ticket.view)]);
  await ticket.past.loadChanges(ticket.view);

  assert.deepEqual(
    ticket.view.changes.map(({ seq }) => seq),
    [4, 5],
  );
  assert.equal(ticket.asked.length, 2);
});

test("changes that could not be had are asked for again", async () => {
  const ticket = new Ticket();
  await ticket.past.loadChanges(ticket.view);
  ticket.answers["/api/tickets/t/log?after=3"] = { items: [commit(4)], next: null };
  await ticket.past.loadChanges(ticket.view);

  assert.deepEqual(
    ticket.view.changes.map(({ seq }) => seq),
    [4],
  );
});
