import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Feeds } from "../src/live/feeds.ts";
import { Rooms } from "../src/live/rooms.ts";
import { feedRules, type FeedView } from "../src/live/views.ts";
import { deskRules } from "../src/live/views_desk.ts";
import { envelope, HandWire, settle } from "./surroundings.ts";

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

const THERE = { state: "online" as const, load: 2, capacity: 8, since: 1 };

function told(seq: number, value: number, room = "team:t") {
  const events = [{ type: "feed.counter", name: "n", seq, value }];
  return envelope(seq, seq - 1, { room, events });
}

async function followed() {
  const wire = new HandWire();
  wire.online.set(true);
  const feeds = new Feeds(new Rooms(wire, deskRules));
  feeds.follow(["team:t"]);
  mock.timers.tick(0);
  await settle();
  const snapshot = { rows: [], counters: [], agents: [] };
  const joined = { room: "team:t", epoch: "e1", seq: 0, snapshot, envelopes: [], more: false };
  wire.last.answer({ ok: true, rooms: [joined] });
  await settle();
  const shown: (number | undefined)[] = [];
  feeds.views.subscribe((views) => shown.push(views.get("team:t")?.counters.get("n")?.value));
  mock.timers.tick(1_000);
  return { wire, feeds, shown };
}

test("what changes once is shown at once", async () => {
  const { wire, shown } = await followed();
  wire.arrive("event", told(1, 1));
  await settle();
  assert.deepEqual(shown, [undefined, 1]);
});

test("what goes on changing is shown at a pace, and its end without delay of its own", async () => {
  const { wire, shown } = await followed();
  for (let seq = 1; seq <= 50; seq += 1) {
    wire.arrive("event", told(seq, seq));
    await Promise.resolve();
    mock.timers.tick(20);
  }
  mock.timers.tick(100);
  assert.equal(shown.at(-1), 50);
  assert.ok(shown.length <= 13, `${shown.length} times in a second`);
});

test("how an agent is there is followed; what is older than the known is dropped", () => {
  const entry = { agent_id: "sam", seq: 5, agent: THERE };
  const start = feedRules.start({ rows: [], counters: [], agents: [entry] });
  const hear = (view: FeedView, seq: number, agent: typeof THERE | null) =>
    feedRules.fold(
      view,
      envelope(seq, seq - 1, {
        events: [{ type: "feed.agent", v: 1, agent_id: "sam", seq, agent }],
      }),
    );
  const busier = hear(start, 6, { ...THERE, load: 8 });
  assert.equal(busier.agents.get("sam")?.value?.load, 8);
  assert.equal(hear(busier, 4, THERE).agents.get("sam")?.value?.load, 8);
  assert.equal(hear(busier, 7, null).agents.get("sam")?.value, null);
  assert.equal(start.agents.get("sam")?.value?.load, 2, "the view before stays as it was");
  assert.equal(hear(start, 6, THERE).rows, start.rows, "what did not change is not copied");
});

test("what one is told is followed, and what was taken back is gone", () => {
  const notice = {
    kind: "assigned" as const,
    at: 1,
    actor: { kind: "system" as const, id: "process" },
    ticket_id: "t",
    number: 7,
    message_id: null,
    detail: {},
    read_at: null,
  };
  const snapshot = { rows: [], counters: [], agents: [], notices: [{ id: "n", seq: 1, notice }] };
  const hear = (view: FeedView, seq: number, told: typeof notice | null) =>
    feedRules.fold(
      view,
      envelope(seq, seq - 1, {
        room: "user:u",
        events: [{ type: "feed.notice", v: 1, id: "n", seq, notice: told }],
      }),
    );
  const told = feedRules.start(snapshot);
  const gone = hear(told, 2, null);
  assert.equal(told.notices.get("n")?.value?.number, 7);
  assert.equal(gone.notices.get("n")?.value, null);
  assert.equal(hear(gone, 1, notice).notices.get("n")?.value, null);
});
