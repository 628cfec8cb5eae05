import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Rooms } from "../src/live/rooms.ts";
import type { FeedView } from "../src/live/views.ts";
import { deskRules } from "../src/live/views_desk.ts";
import type { Envelope } from "../src/live/wire.ts";
import { envelope, HandWire, settle } from "./surroundings.ts";

const ROOM = "team:t";

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

function start() {
  const wire = new HandWire();
  wire.online.set(true);
  return { wire, rooms: new Rooms(wire, deskRules) };
}

async function pass(milliseconds: number): Promise<void> {
  mock.timers.tick(milliseconds);
  await settle();
}

function counted(seq: number, prev: number, value: number, more: Partial<Envelope> = {}): Envelope {
  const events = [{ type: "feed.counter", name: "n", seq, value }];
  return envelope(seq, prev, { room: ROOM, events, ...more });
}

function answer(seq: number, value: number | null, envelopes: Envelope[] = [], epoch = "e1") {
  const snapshot =
    value === null ? null : { rows: [], counters: [{ name: "n", seq, value }], agents: [] };
  return { ok: true, rooms: [{ room: ROOM, epoch, seq, snapshot, envelopes, more: false }] };
}

async function joined() {
  const { wire, rooms } = start();
  const room = rooms.enter<FeedView>(ROOM);
  await pass(0);
  wire.last.answer(answer(5, 50));
  await settle();
  return { wire, rooms, room, shown: () => room.state.current.view?.counters.get("n")?.value };
}

test("rooms entered together are asked for in one join", async () => {
  const { wire, rooms } = start();
  rooms.enter("ticket:1");
  rooms.enter("wallboard");
  await pass(0);
  assert.deepEqual(
    wire.asked.map((each) => each.payload),
    [{ rooms: [{ room: "ticket:1" }, { room: "wallboard" }] }],
  );
});

test("more rooms than one join takes are asked for in turn", async () => {
  const { wire, rooms } = start();
  for (let each = 0; each < 60; each += 1) rooms.enter(`team:${each}`);
  await pass(0);
  assert.equal((wire.last.payload["rooms"] as object[]).length, 50);
  wire.last.answer({ ok: true, rooms: [] });
  await settle();
  assert.equal((wire.last.payload["rooms"] as object[]).length, 10);
});

test("a snapshot shows, and envelopes move it", async () => {
  const { wire, shown } = await joined();
  assert.equal(shown(), 50);
  wire.arrive("event", counted(6, 5, 60));
  assert.equal(shown(), 60);
});

test("a reconnect names every room with its cursor, once", async () => {
  const { wire, rooms, shown } = await joined();
  rooms.enter("wallboard");
  wire.cut();
  await pass(0);
  wire.online.set(true);
  await pass(0);
  assert.deepEqual(wire.last.payload, {
    rooms: [{ room: ROOM, epoch: "e1", after: 5 }, { room: "wallboard" }],
  });
  assert.equal(wire.asked.length, 2);
  wire.last.answer(answer(7, null, [counted(6, 5, 60), counted(7, 6, 70)]));
  await settle();
  assert.equal(shown(), 70);
});

test("a gap that the server does not heal within a jittered second is asked for", async () => {
  const { wire, shown } = await joined();
  wire.arrive("event", counted(7, 6, 70));
  assert.equal(shown(), 50);
  await pass(999);
  assert.equal(wire.asked.length, 1);
  await pass(1_001);
  await pass(0);
  assert.deepEqual(wire.last.payload, { rooms: [{ room: ROOM, epoch: "e1", after: 5 }] });
  wire.last.answer(answer(7, null, [counted(6, 5, 60), counted(7, 6, 70)]));
  await settle();
  assert.equal(shown(), 70);
});

test("a gap that heals in time asks for nothing", async () => {
  const { wire, shown } = await joined();
  wire.arrive("event", counted(7, 6, 70));
  wire.arrive("event", counted(6, 5, 60));
  assert.equal(shown(), 70);
  await pass(5_000);
  assert.equal(wire.asked.length, 1);
});

test("another epoch keeps the view until its snapshot is there", async () => {
  const { wire, shown } = await joined();
  wire.arrive("event", counted(1, 0, 10, { epoch: "e2" }));
  assert.equal(shown(), 50);
  await pass(0);
  assert.deepEqual(wire.last.payload, { rooms: [{ room: ROOM }] });
  wire.last.answer(answer(1, 10, [], "e2"));
  await settle();
  assert.equal(shown(), 10);
});

test("an answer that is not the whole is asked on for at once", async () => {
  const { wire, shown } = await joined();
  wire.cut();
  wire.online.set(true);
  await pass(0);
  const part = answer(6, null, [counted(6, 5, 60)]);
  wire.last.answer({ ok: true, rooms: [{ ...part.rooms[0], more: true }] });
  await settle();
  await pass(0);
  assert.deepEqual(wire.last.payload, { rooms: [{ room: ROOM, epoch: "e1", after: 6 }] });
  assert.equal(shown(), 60);
});

test("who loses access sees nothing of the room any more", async () => {
  const { wire, room } = await joined();
  wire.arrive("left", { room: ROOM, reason: "access" });
  assert.equal(room.state.current.status, "closed");
  assert.equal(room.state.current.view, null);
});

test("a room that is refused is closed with the reason; one that must wait is asked for again", async () => {
  const { wire, rooms } = start();
  const forbidden = rooms.enter("ticket:1");
  rooms.enter("ticket:2");
  await pass(0);
  const error = { message: "m", fields: {} };
  wire.last.answer({
    ok: true,
    rooms: [
      { room: "ticket:1", error: { ...error, code: "forbidden", retryable: false } },
      {
        room: "ticket:2",
        error: { ...error, code: "rate_limited", retryable: true, fields: { retry_after: 1 } },
      },
    ],
  });
  await settle();
  assert.equal(forbidden.state.current.status, "closed");
  await pass(2_000);
  await pass(0);
  assert.deepEqual(wire.last.payload, { rooms: [{ room: "ticket:2" }] });
});

test("an older item of a feed changes nothing, even in a later envelope", async () => {
  const { wire, shown } = await joined();
  const events = [{ type: "feed.counter", name: "n", seq: 4, value: 40 }];
  wire.arrive("event", envelope(6, 5, { room: ROOM, events }));
  assert.equal(shown(), 50);
});

test("a room that is left for a moment stays joined, and is left for good after a while", async () => {
  const { wire, rooms } = await joined();
  rooms.exit(ROOM);
  await pass(29_000);
  rooms.enter(ROOM);
  await pass(60_000);
  assert.equal(wire.asked.length, 1);
  rooms.exit(ROOM);
  await pass(30_000);
  assert.deepEqual(wire.last.payload, { rooms: [ROOM] });
});

test("who may not be in a room, or not any more, is told which one", async () => {
  const { wire, rooms } = await joined();
  const barred: string[] = [];
  rooms.onBarred((room) => barred.push(room));
  wire.arrive("left", { room: ROOM, reason: "resync" });
  wire.arrive("left", { room: ROOM, reason: "forbidden" });
  rooms.enter("team:other");
  await pass(0);
  const error = { code: "forbidden", message: "No.", fields: {}, retryable: false };
  wire.last.answer({ ok: true, rooms: [{ room: "team:other", error }] });
  await settle();
  assert.deepEqual(barred, [ROOM, "team:other"]);
});
