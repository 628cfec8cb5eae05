import assert from "node:assert/strict";
import { test } from "node:test";
import { Marks } from "../src/live/marks.ts";
import type { Self } from "../src/live/me.ts";
import type { Row } from "../src/live/wire.ts";
import { isOf, isUnread, matches } from "../src/portal/mine.ts";
import { piecesOf } from "../src/portal/pieces.ts";
import { HandWire, MemoryStorage } from "./surroundings.ts";

const ME: Self = { kind: "client", id: "mia", identities: ["guest", "mia"] };
const READING = { since: 1_000, upTo: { read: 5 } };

function row(more: Partial<Row>): Row {
  const said = { seq: 5, author: { kind: "agent", id: "sam" } };
  return { id: "t", number: 7, title: "Café", status: "open", at: 2_000, said, ...more } as Row;
}

test("a ticket is unread where somebody else wrote what was not seen here", () => {
  assert.equal(isUnread(row({}), ME, READING), true);
  assert.equal(isUnread(row({ id: "read" }), ME, READING), false);
  const later = { seq: 6, author: { kind: "agent", id: "sam" } } as Row["said"];
  assert.equal(isUnread(row({ id: "read", said: later }), ME, READING), true);
  for (const id of ME.identities) {
    const own = { seq: 9, author: { kind: "client", id } } as Row["said"];
    assert.equal(isUnread(row({ said: own }), ME, READING), false);
  }
  assert.equal(isUnread(row({ said: null }), ME, READING), false);
});

test("what was said before this machine knew its user counts as read", () => {
  assert.equal(isUnread(row({ at: 999 }), ME, READING), false);
});

test("a ticket is found by its number and by its title without accents", () => {
  assert.ok(matches(row({}), " cafe "));
  assert.ok(matches(row({}), "#7"));
  assert.ok(!matches(row({}), "tea"));
});

test("every status is of one kind, and of all", () => {
  for (const status of ["open", "in_progress", "pending", "resolved", "closed"] as const) {
    const kinds = (["open", "waiting", "solved"] as const).filter((kind) =>
      isOf(row({ status }), kind),
    );
    assert.equal(kinds.length, 1, status);
    assert.ok(isOf(row({ status }), "all"));
  }
});

test("places in a text are counted in characters, however wide these are", () => {
  assert.deepEqual(piecesOf("🚲 battery 🔋 low", [[2, 9]]), [
    { text: "🚲 ", hit: false },
    { text: "battery", hit: true },
    { text: " 🔋 low", hit: false },
  ]);
});

test("places that overlap or lead nowhere spoil no text", () => {
  const ranges = [
    [0, 3],
    [2, 4],
    [5, 5],
    [4, 99],
  ] as const;
  const pieces = piecesOf("abcdef", ranges);
  assert.equal(pieces.map(({ text }) => text).join(""), "abcdef");
});

test("how far one read outlives the page, is each user's own and is gone at the log-out", () => {
  const storage = new MemoryStorage();
  const marks = new Marks(new HandWire(), storage);
  marks.own("mia");
  marks.reach("t", { read: 5 });
  marks.reach("t", { read: 3 });

  const again = new Marks(new HandWire(), storage);
  again.own("mia");
  assert.equal(again.reading.current.upTo["t"], 5);
  again.own("noor");
  assert.deepEqual(again.reading.current.upTo, {});
  again.own("mia");
  again.empty();
  again.own("mia");
  assert.deepEqual(again.reading.current.upTo, {});
});
