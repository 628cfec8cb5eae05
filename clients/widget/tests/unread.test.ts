import assert from "node:assert/strict";
import { test } from "node:test";
import type { TicketView } from "../../web/src/live/views.ts";
import type { Ticket } from "../../web/src/live/wire.ts";
import { isOwn, unreadIn } from "../src/conversations.ts";

const ME = { kind: "client", id: "me" } as const;

function viewOf(authors: readonly string[], read = 0): TicketView {
  const messages = authors.map((id, at) => ({ seq: at + 1, author: { kind: "agent", id } }));
  const markers = read > 0 ? { me: { person: "me", kind: "client", delivered: read, read } } : {};
  return { messages, markers, ticket: { requester_id: "guest" } } as unknown as TicketView;
}

test("the messages of others beyond what was read are unread", () => {
  assert.equal(unreadIn(viewOf(["me", "sam", "sam", "me", "kim"]), ME, 0), 3);
});

test("what was read here or on another machine counts, whichever is further", () => {
  const authors = ["me", "sam", "sam", "sam"];
  assert.equal(unreadIn(viewOf(authors, 2), ME, 3), 1);
  assert.equal(unreadIn(viewOf(authors, 3), ME, 2), 1);
});

test("what the visitor said and read as a guest is their own", () => {
  const ticket = { requester_id: "guest" } as Ticket;
  const [guest, sam] = [
    { kind: "client", id: "guest" } as const,
    { kind: "agent", id: "sam" } as const,
  ];
  assert.deepEqual(
    [ME, guest, sam].map((each) => isOwn(each, ticket, ME)),
    [true, true, false],
  );
  const view = viewOf(["sam", "sam"]);
  const marker = { person: "guest", kind: "client", delivered: 1, read: 1 } as const;
  assert.equal(unreadIn({ ...view, markers: { guest: marker } }, ME, 0), 1);
});
