import assert from "node:assert/strict";
import { test } from "node:test";
import { isSelf, type Self } from "../../web/src/live/me.ts";
import type { TicketView } from "../../web/src/live/views.ts";
import { unreadIn } from "../src/conversations.ts";

const ME: Self = { kind: "client", id: "me", identities: ["guest", "me"] };

function viewOf(authors: readonly string[], read = 0): TicketView {
  const kindOf = (id: string) => (ME.identities.includes(id) ? "client" : "agent");
  const messages = authors.map((id, at) => ({ seq: at + 1, author: { kind: kindOf(id), id } }));
  const markers = read > 0 ? { me: { person: "me", kind: "client", delivered: read, read } } : {};
  return { messages, markers } as unknown as TicketView;
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
  assert.equal(isSelf({ kind: "agent", id: "guest" }, ME), false);
  assert.equal(unreadIn(viewOf(["guest", "sam", "guest", "me"]), ME, 0), 1);
  const marker = { person: "guest", kind: "client", delivered: 1, read: 1 } as const;
  assert.equal(unreadIn({ ...viewOf(["sam", "sam"]), markers: { guest: marker } }, ME, 0), 1);
});
