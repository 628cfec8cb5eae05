import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Rooms } from "../src/live/rooms.ts";
import { deskRules } from "../src/live/views_desk.ts";
import { Signals } from "../src/live/signals.ts";
import { HandWire, settle } from "./surroundings.ts";

const ROOM = "ticket:1:staff";
const ADA = { kind: "agent", id: "ada" };
const BOB = { kind: "agent", id: "bob" };

beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "setInterval"] }));
afterEach(() => mock.timers.reset());

async function start(signals: readonly object[] = []) {
  const wire = new HandWire();
  wire.online.set(true);
  const rooms = new Rooms(wire, deskRules);
  const parts = { wire, rooms, signals: new Signals(wire, rooms) };
  rooms.enter(ROOM);
  await join(wire, signals);
  return parts;
}

async function join(wire: HandWire, signals: readonly object[]): Promise<void> {
  mock.timers.tick(0);
  await settle();
  const joined = {
    room: ROOM,
    epoch: "e",
    seq: 1,
    snapshot: null,
    envelopes: [],
    more: false,
    signals,
  };
  wire.last.answer({ ok: true, rooms: [joined] });
  await settle();
}

function change(wire: HandWire, type: string, from: object, active: boolean): void {
  wire.arrive("signal", { room: ROOM, type, from, active, base_seq: 0 });
}

function ids(who: { current: readonly { id: string }[] }): string[] {
  return who.current.map(({ id }) => id);
}

test("who is there when one enters is shown, and every change after it", async () => {
  const { wire, signals } = await start([{ type: "viewing", from: ADA }]);
  change(wire, "viewing", BOB, true);
  change(wire, "viewing", BOB, true);
  change(wire, "typing", BOB, true);
  assert.deepEqual(ids(signals.viewingIn(ROOM)), ["ada", "bob"]);
  change(wire, "viewing", ADA, false);
  assert.deepEqual(ids(signals.viewingIn(ROOM)), ["bob"]);
  assert.deepEqual(ids(signals.typingIn(ROOM)), ["bob"]);
});

test("many changes come together", async () => {
  const { wire, signals } = await start([{ type: "typing", from: ADA }]);
  const both = [
    { type: "typing", from: ADA, active: false, base_seq: 0 },
    { type: "typing", from: BOB, active: true, base_seq: 0 },
  ];
  wire.arrive("signal", { room: ROOM, type: "several", signals: both });
  assert.deepEqual(ids(signals.typingIn(ROOM)), ["bob"]);
});

test("nobody is known to be there while one is away, and all who are when one is back", async () => {
  const { wire, signals } = await start([{ type: "viewing", from: ADA }]);
  wire.cut();
  assert.deepEqual(ids(signals.viewingIn(ROOM)), []);
  wire.online.set(true);
  await join(wire, [{ type: "viewing", from: BOB }]);
  assert.deepEqual(ids(signals.viewingIn(ROOM)), ["bob"]);
});

test("of a room that was left nothing is shown", async () => {
  const { wire, rooms, signals } = await start([{ type: "viewing", from: ADA }]);
  rooms.exit(ROOM);
  mock.timers.tick(30_000);
  assert.deepEqual(ids(signals.viewingIn(ROOM)), []);
  rooms.enter(ROOM);
  await join(wire, [{ type: "viewing", from: ADA }]);
  wire.arrive("left", { room: ROOM, reason: "forbidden" });
  assert.deepEqual(ids(signals.viewingIn(ROOM)), []);
});

test("who looks says so at once, again and again, after every join, and when it is over", async () => {
  const { wire, signals } = await start();
  const said = () =>
    wire.told.splice(0).map(({ payload }) => (payload as { active: boolean }).active);
  const stop = signals.view(ROOM);
  assert.deepEqual(said(), [true]);
  mock.timers.tick(40_000);
  assert.deepEqual(said(), [true, true]);
  wire.arrive("left", { room: ROOM, reason: "resync" });
  await join(wire, []);
  assert.deepEqual(said(), [true]);
  stop();
  mock.timers.tick(40_000);
  assert.deepEqual(said(), [false]);
});
