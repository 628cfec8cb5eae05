import assert from "node:assert/strict";
import { test } from "node:test";
import { changesIn, missingChanges, storyOf, withLog } from "../src/live/changes.ts";
import type { Line } from "../src/live/conversation.ts";
import type { TicketView } from "../src/live/views.ts";
import { wholeTickets } from "../src/live/views_desk.ts";
import type { Envelope, Message, TicketEvent } from "../src/live/wire.ts";
import { happening } from "../src/words.ts";
import { envelope } from "./surroundings.ts";

const SAM = { kind: "agent", id: "sam" } as const;

function commit(seq: number, ...events: object[]): Envelope {
  return envelope(seq, seq - 1, { events: events as Envelope["events"] });
}

const URGENT = { type: "ticket.priority_changed", v: 1, before: "low", priority: "urgent" };
const RENAMED = { type: "ticket.renamed", v: 1, before: "a", title: "b" };
const TYPED = { type: "message.edited", v: 1, message_id: "m", visibility: "public", body: "x" };
const GONE = { type: "ticket.deleted", v: 1 };

function view(seq: number, ...messages: [id: string, seq: number][]): TicketView {
  const ticket = {
    id: "t",
    seq,
    description_id: "m1",
    deleted: false,
    assistant: null,
    public: {},
    follow_ups: [],
  };
  return wholeTickets.start({
    ticket,
    messages: messages.map(([id, at]) => ({ id, seq: at }) as Message),
    has_earlier: false,
    people: {},
  });
}

function line(key: string, seq: number | null): Line {
  return { key, seq, at: seq ?? 99 } as Line;
}

test("a commit is told by what changed in it; messages are not changes", () => {
  const changes = changesIn(commit(4, TYPED, URGENT, RENAMED));
  assert.deepEqual(
    changes.map(({ key, seq }) => [key, seq]),
    [
      ["4.0", 4],
      ["4.1", 4],
    ],
  );
});

test("changes stand between the messages, after the message of their own commit", () => {
  const changes = [1, 3, 5].flatMap((seq) => changesIn(commit(seq, URGENT)));
  const story = storyOf([line("a", 1), line("b", 4), line("mine", null)], changes);
  assert.deepEqual(
    story.map(({ key }) => key),
    ["a", "1.0", "3.0", "b", "5.0", "mine"],
  );
});

test("a ticket just opened misses nothing; one where something happened misses that", () => {
  assert.equal(missingChanges(view(1, ["m1", 1])), null);
  assert.deepEqual(missingChanges(view(7, ["m1", 1])), { after: 1, upTo: 7 });
  const long = { ...view(90, ["m40", 40]), hasEarlier: true };
  assert.deepEqual(missingChanges(long), { after: 39, upTo: 90 });
  assert.deepEqual(missingChanges(view(3)), { after: 0, upTo: 3 });
});

test("the log's part and what comes live make one whole, each change once", () => {
  const live = wholeTickets.fold(view(3, ["m1", 1]), commit(4, RENAMED));
  const missing = missingChanges(live);
  assert.deepEqual(missing, { after: 1, upTo: 3 });
  const log = [commit(2, URGENT), commit(3, TYPED), commit(4, RENAMED)];
  const whole = withLog(live, log, missing ?? { after: 0, upTo: 0 });
  assert.deepEqual(
    whole.changes.map(({ seq }) => seq),
    [2, 4],
  );
  assert.equal(missingChanges(whole), null);
});

test("an answer that came after the room began anew is not taken for the whole", () => {
  const anew = view(9, ["m1", 1]);
  assert.equal(withLog(anew, [commit(2, URGENT)], { after: 1, upTo: 3 }), anew);
});

test("of a deleted ticket no change is told any more", () => {
  const live = wholeTickets.fold(view(1, ["m1", 1]), commit(2, RENAMED));
  const gone = wholeTickets.fold(live, commit(3, GONE));
  assert.deepEqual(gone.changes, []);
  assert.equal(missingChanges({ ...gone, changesFrom: 3 }), null);
});

test("a change is said in words, to each in theirs", () => {
  const names = {
    person: (id: string) => (id === "noor" ? "Noor" : undefined),
    team: () => "Billing",
    category: () => undefined,
  };
  const say = (event: object, staff = true) =>
    happening(
      { v: 1, ...event } as Parameters<typeof happening>[0] & TicketEvent,
      SAM,
      staff,
      names,
    );
  const assigned = { type: "ticket.assigned", before_agent_id: null, before_team_id: "x" };
  assert.equal(say({ ...assigned, agent_id: "sam", team_id: "x" }), "took this");
  assert.equal(say({ ...assigned, agent_id: "noor", team_id: "x" }), "assigned this to Noor");
  assert.equal(say({ ...assigned, agent_id: null, team_id: "y" }), "moved this to Billing");
  const pending = { type: "ticket.status_changed", status: "pending", cause: "person" };
  assert.equal(
    say({ ...pending, reason: "no answer" }),
    "set the status to “Pending”: “no answer”",
  );
  assert.equal(say({ ...pending, reason: null }, false), "set the status to “Waiting for you”");
  assert.equal(say({ type: "ticket.category_changed", category: "c" }), "changed the category");
});
