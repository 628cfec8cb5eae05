import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock } from "../src/live/clock.ts";
import type { FeedView } from "../src/live/views.ts";
import type { Agent, Ticket } from "../src/live/wire.ts";
import { candidatesOf, offeredIn, secondsLeft } from "../src/work/offering.ts";

const agent = {
  id: "me",
  held: {
    r1: { ticket_id: "mine", weight: 1, confirmed: true, as_of: 1 },
    r2: { ticket_id: "new", weight: 1, confirmed: true, as_of: 1 },
  },
} as unknown as Agent;
const own = { rows: new Map([["mine", { seq: 1, value: {} }]]) } as unknown as FeedView;

function ticket(offer: object | null, owner_id: string | null = null): Ticket {
  return { id: "new", owner_id, private: { offer } } as unknown as Ticket;
}

test("what is held and not one's own yet may be offered", () => {
  assert.deepEqual(candidatesOf(agent, own), ["new"]);
  assert.deepEqual(candidatesOf(agent, null), []);
});

test("only one's own offer is shown, and none of what somebody has", () => {
  const offer = { agent_id: "me", until: 9, seq: 2, reservation: "r2" };
  assert.equal(offeredIn(ticket(offer), "me")?.until, 9);
  assert.equal(offeredIn(ticket({ ...offer, agent_id: "other" }), "me"), null);
  assert.equal(offeredIn(ticket(offer, "me"), "me"), null);
  assert.equal(offeredIn(ticket(null), "me"), null);
});

test("a countdown starts at what is left, not a second over it", () => {
  assert.equal(secondsLeft(60_230), 60);
  assert.equal(secondsLeft(59_870), 60);
});

test("a clock that ticks seldom is read when it matters", (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  let time = 1_000;
  const clock = new Clock(() => time, 60_000);
  time = 31_000;
  assert.equal(clock.now.current, 1_000);
  clock.tick();
  assert.equal(clock.now.current, 31_000);
});
