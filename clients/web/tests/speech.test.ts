import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Rooms } from "../src/live/rooms.ts";
import { hear, Speeches, writtenIn, type Speech } from "../src/live/speech.ts";
import { deskRules } from "../src/live/views_desk.ts";
import type { AssistantText, Ticket } from "../src/live/wire.ts";
import { HandWire, settle } from "./surroundings.ts";

const ROOM = "ticket:1";

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

function piece(index: number, text: string, more: Partial<AssistantText> = {}): AssistantText {
  const birth = { about_seq: 2, generation: 1, level: "passages" } as const;
  return { type: "assistant.delta", ...birth, index, text, done: false, ...more };
}

function heard(...pieces: AssistantText[]): Speech | null {
  return pieces.reduce<Speech | null>(hear, null);
}

test("a text grows by its pieces", () => {
  assert.equal(heard(piece(0, "Turn "), piece(5, "it off."))?.text, "Turn it off.");
});

test("a piece that comes twice, or overlaps, is there once", () => {
  const text = heard(piece(0, "Turn "), piece(0, "Turn "), piece(3, "n it"), piece(7, " off."));
  assert.equal(text?.text, "Turn it off.");
});

test("the whole from the start takes the place of what was known", () => {
  assert.equal(heard(piece(0, "Turn "), piece(0, "Turn it off, and on."))?.text.length, 20);
});

test("what does not go on from what is known is left out, and the whole is missed", () => {
  const torn = heard(piece(0, "Turn "), piece(9, "off."));
  assert.equal(torn?.text, "Turn ");
  assert.equal(torn?.torn, true);
  assert.equal(hear(torn, piece(0, "Turn it off."))?.torn, false);
  assert.equal(heard(piece(5, "it off."))?.torn, true);
});

test("of two texts the later holds: about a newer message, or begun anew", () => {
  const anew = piece(0, "Or ", { generation: 2 });
  const newer = piece(0, "No: ", { about_seq: 3, generation: 0 });
  assert.equal(heard(piece(0, "Turn "), anew)?.text, "Or ");
  assert.equal(heard(anew, piece(0, "Turn "))?.text, "Or ");
  assert.equal(heard(anew, newer, anew)?.text, "No: ");
});

test("what it is made by is known from the first piece on, and is that of the text which holds", () => {
  const worded = piece(0, "", { level: "model" });
  const quoted = piece(0, "From ", { level: "passages", generation: 2 });
  assert.equal(heard(worded)?.level, "model");
  assert.equal(heard(worded, quoted, piece(1, "urn", { level: "model" }))?.level, "passages");
});

test("what came to nothing goes, and no late piece brings it back", () => {
  const done = piece(0, "", { done: true });
  assert.equal(heard(piece(0, "Turn "), done)?.text, "");
  assert.equal(heard(piece(0, "Turn "), done, piece(5, "it"), piece(0, "Turn it"))?.text, "");
  assert.equal(heard(done, piece(0, "Or ", { generation: 2 }))?.text, "Or ");
});

function ticket(state: string | null, seq = 2, status = "open"): Ticket {
  const assistant = state && { state, seq, at: 0, answers: 0, unhelpful: 0, reason: null };
  return { assistant, status } as unknown as Ticket;
}

test("a text is shown while just its message waits, and not a moment longer", () => {
  const speech = heard(piece(0, "Turn "));
  assert.equal(writtenIn(ticket("waiting"), speech), "Turn ");
  assert.equal(writtenIn(ticket("waiting"), null), "");
  assert.equal(writtenIn(ticket("waiting", 3), speech), "");
  assert.equal(writtenIn(ticket("answered", 3), speech), null);
  assert.equal(writtenIn(ticket("handed_over", 3), speech), null);
  assert.equal(writtenIn(ticket("waiting", 2, "resolved"), speech), null);
  assert.equal(writtenIn(ticket(null), speech), null);
});

async function start(...signals: AssistantText[]) {
  const wire = new HandWire();
  wire.online.set(true);
  const rooms = new Rooms(wire, deskRules);
  const text = new Speeches(wire, rooms).in(ROOM);
  rooms.enter(ROOM);
  await answer(wire, signals);
  return { wire, rooms, text };
}

async function answer(wire: HandWire, signals: readonly AssistantText[]): Promise<void> {
  mock.timers.tick(0);
  await settle();
  const empty = { epoch: "e", seq: 1, snapshot: null, envelopes: [], more: false };
  wire.last.answer({ ok: true, rooms: [{ room: ROOM, ...empty, signals }] });
  await settle();
}

function arrive(wire: HandWire, each: AssistantText): void {
  wire.arrive("signal", { room: ROOM, ...each });
}

test("who comes late has the text so far, and what follows", async () => {
  const { wire, text } = await start(piece(0, "Turn it "));
  arrive(wire, piece(8, "off."));
  assert.equal(text.current?.text, "Turn it off.");
});

test("where a piece was lost the room is asked for, once, and the text is whole again", async () => {
  const { wire, text } = await start(piece(0, "Turn "));
  const asked = wire.asked.length;
  arrive(wire, piece(9, "off"));
  mock.timers.tick(0);
  await settle();
  arrive(wire, piece(12, "."));
  await answer(wire, [piece(0, "Turn it off.")]);
  assert.equal(wire.asked.length, asked + 1);
  assert.equal(text.current?.text, "Turn it off.");
});

test("what ended while one was away is gone when one is back", async () => {
  const { wire, text } = await start(piece(0, "Turn "));
  wire.cut();
  wire.online.set(true);
  await answer(wire, []);
  assert.equal(text.current, null);
});
