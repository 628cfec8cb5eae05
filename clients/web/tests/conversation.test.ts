import assert from "node:assert/strict";
import { test } from "node:test";
import { growingLine, linesOf, missedSince, toBeRated } from "../src/live/conversation.ts";
import type { Self } from "../src/live/me.ts";
import type { Entry } from "../src/live/outbox.ts";
import { pendingFor, withPending } from "../src/live/pending.ts";
import { withMarkers, type TicketView } from "../src/live/views.ts";
import type { ActorRef, Draft, Message, TicketCommand } from "../src/live/wire.ts";

const SAM: Self = { kind: "agent", id: "sam", identities: ["sam"] };
const MIA: Self = { kind: "client", id: "mia", identities: ["guest", "mia"] };

function message(seq: number, author: ActorRef, more: Partial<Message> = {}): Message {
  return {
    id: `m${seq}`,
    ticket_id: "t",
    seq,
    at: seq,
    author,
    visibility: "public",
    body: `body ${seq}`,
    mentions: [],
    attachments: [],
    whisper: false,
    sources: [],
    level: null,
    helpful: null,
    edited_at: null,
    redacted_at: null,
    edits: [],
    ...more,
  };
}

function view(...messages: Message[]): TicketView {
  const ticket = {
    id: "t",
    status: "open",
    priority: "low",
    owner_id: null,
    team_id: "x",
    assistant: null,
  };
  return {
    ticket: ticket as TicketView["ticket"],
    messages,
    hasEarlier: false,
    markers: {},
    people: {},
    changes: [],
    changesFrom: 0,
  };
}

function entry(draft: Draft, more: Partial<Entry> = {}): Entry {
  const command = { ...draft, command_id: "c" } as TicketCommand;
  return { command, at: 9, status: "waiting", result: null, error: null, ...more };
}

function reply(more: Partial<Entry> = {}): Entry {
  return entry({ type: "ticket.reply", ticket_id: "t", body: "mine" }, more);
}

function deliveries(shown: TicketView, entries: Entry[], me: Self) {
  return linesOf(shown, entries, me).map(({ delivery }) => delivery);
}

test("one's own message goes from sending to sent to delivered to read", () => {
  assert.deepEqual(deliveries(view(), [reply()], SAM), ["sending"]);
  const done = reply({ status: "done", result: { message_id: "m3" } });
  assert.deepEqual(deliveries(view(), [done], SAM), ["sent"]);
  const logged = view(message(3, SAM));
  assert.deepEqual(deliveries(logged, [done], SAM), ["sent"]);
  const marker = { person: "mia", kind: "client" as const, delivered: 3, read: 2 };
  const delivered = withMarkers(logged, [marker]);
  assert.deepEqual(deliveries(delivered, [], SAM), ["delivered"]);
  const read = withMarkers(delivered, [{ ...marker, read: 3 }]);
  assert.deepEqual(deliveries(read, [], SAM), ["read"]);
});

test("a colleague who reads a reply to the client does not make it read", () => {
  const marker = { person: "noor", kind: "agent" as const, delivered: 9, read: 9 };
  assert.deepEqual(deliveries(withMarkers(view(message(3, SAM)), [marker]), [], SAM), ["sent"]);
});

test("a private note is only ever sent", () => {
  const marker = { person: "mia", kind: "client" as const, delivered: 9, read: 9 };
  const note = view(message(3, SAM, { visibility: "private" }));
  assert.deepEqual(deliveries(withMarkers(note, [marker]), [], SAM), ["sent"]);
});

test("a marker only moves up", () => {
  const up = withMarkers(view(), [{ person: "mia", kind: "client", delivered: 5, read: 4 }]);
  const down = withMarkers(up, [{ person: "mia", kind: "client", delivered: 3, read: 1 }]);
  assert.deepEqual(down.markers, up.markers);
});

test("a refused message stays with its reason; another ticket's is not shown here", () => {
  const error = { code: "stale" as const, message: "m", fields: {}, retryable: false };
  const elsewhere = entry({ type: "ticket.reply", ticket_id: "other", body: "b" });
  const lines = linesOf(view(), [reply({ status: "refused", error }), elsewhere], SAM);
  assert.deepEqual(
    lines.map((line) => [line.delivery, line.error?.code]),
    [["refused", "stale"]],
  );
});

test("what one said before contacts became one is one's own, in one's present name", () => {
  const guest: ActorRef = { kind: "client", id: "guest" };
  const impostor: ActorRef = { kind: "agent", id: "guest" };
  const shown = view(message(2, guest), message(3, SAM), message(4, impostor));
  const lines = linesOf(shown, [], MIA);
  assert.deepEqual(
    lines.map(({ author, delivery }) => [author.id, delivery]),
    [
      ["mia", "sent"],
      ["sam", null],
      ["guest", null],
    ],
  );
  assert.deepEqual(
    missedSince(shown, 0, MIA).map(({ seq }) => seq),
    [3, 4],
  );
});

test("what others said after the last that was read is missed; one's own words are not", () => {
  const shown = view(message(2, MIA), message(3, SAM), message(4, MIA), message(5, SAM));
  assert.deepEqual(
    missedSince(shown, 2, SAM).map(({ seq }) => seq),
    [4],
  );
});

test("a change shows before it is answered, and no more once it is refused", () => {
  const change = entry({ type: "ticket.set_status", ticket_id: "t", status: "pending" });
  const owner = entry({ type: "ticket.assign", ticket_id: "t", agent_id: "sam" });
  const shown = withPending(view(), pendingFor([change, owner], "t"));
  assert.equal(shown.ticket.status, "pending");
  assert.equal(shown.ticket.owner_id, "sam");
  const refused = pendingFor([{ ...change, status: "refused" }], "t");
  assert.equal(withPending(view(), refused).ticket.status, "open");
});

test("an edit and a removal show before they are answered", () => {
  const shown = view(message(2, SAM), message(3, SAM));
  const edit = entry({
    type: "ticket.edit_message",
    ticket_id: "t",
    message_id: "m2",
    body: "better",
  });
  const redact = entry({ type: "ticket.redact_message", ticket_id: "t", message_id: "m3" });
  const lines = linesOf(withPending(shown, [edit, redact]), [], SAM);
  assert.deepEqual(
    lines.map(({ body, redacted }) => [body, redacted]),
    [
      ["better", false],
      ["", true],
    ],
  );
});

const ASSISTANT: ActorRef = { kind: "assistant", id: "assistant" };
const PASSAGE = { article_id: "a", title: "Lights", passage: "Turn it off." };

function turn(state: string, ...messages: Message[]): TicketView {
  const shown = view(...messages);
  const assistant = { state, seq: 1, at: 1, answers: 1, unhelpful: 0, reason: null };
  return { ...shown, ticket: { ...shown.ticket, assistant } as TicketView["ticket"] };
}

test("what the assistant said comes with its sources, what people said does not", () => {
  const said = message(2, ASSISTANT, { sources: [PASSAGE], level: "passages" });
  const [asked, answer] = linesOf(view(message(1, MIA), said), [], MIA);
  assert.equal(asked?.answer, null);
  assert.deepEqual(answer?.answer, { sources: [PASSAGE], level: "passages", helpful: null });
});

test("the client is asked about the last answer, until they said it or people go on", () => {
  const [asked, said] = [message(1, MIA), message(2, ASSISTANT)];
  assert.equal(toBeRated(turn("answered", asked, said)), "m2");
  assert.equal(toBeRated(turn("answered", asked, { ...said, helpful: false })), null);
  assert.equal(toBeRated(turn("answered", asked, { ...said, level: "question" })), null);
  assert.equal(toBeRated(turn("waiting", asked, said, message(3, MIA))), null);
  assert.equal(toBeRated(turn("handed_over", asked, said)), null);
  assert.equal(toBeRated(view(asked, said)), null);
});

test("what is said to the assistant shows before it is answered", () => {
  const before = turn("answered", message(1, MIA), message(2, ASSISTANT));
  const no = { type: "assistant.rate", ticket_id: "t", message_id: "m2", helpful: false } as const;
  const rated = withPending(before, pendingFor([entry(no)], "t"));
  assert.equal(rated.messages[1]?.helpful, false);
  const person = entry({ type: "ticket.ask_person", ticket_id: "t" });
  assert.equal(withPending(before, [person]).ticket.assistant?.state, "handed_over");
});

test("a growing answer says what it is made by as soon as there is a word of it", () => {
  assert.equal(growingLine("", "model", 1).answer?.level, null);
  assert.equal(growingLine("From ", "model", 1).answer?.level, "model");
});
