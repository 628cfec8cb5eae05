import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Door } from "../src/demo/door.ts";
import { Fall, type Faller } from "../src/demo/fall.ts";
import { fit } from "../src/demo/fit.ts";
import { addressedTo, addressOf, type Letter } from "../src/demo/letters.ts";
import { safely } from "../src/demo/paper.ts";
import {
  BEGINNING,
  goBack,
  goOn,
  isDone,
  recognise,
  stepOf,
  type Progress,
  type Sight,
} from "../src/demo/tour.ts";
import type { Marker, Message, Row } from "../src/live/wire.ts";
import { settle } from "./surroundings.ts";

const CLIENT = "contact-1";
const AGENT = "agent-1";

const NOTHING: Sight = {
  now: 1_000,
  opened: 700,
  clients: [CLIENT],
  staff: [AGENT],
  rows: [],
  messages: [],
  markers: {},
  typing: [],
  counters: { "tickets.open": 5, oldest_wait_at: 10 },
  given: null,
  letters: null,
  fall: null,
};

function row(requester_id: string, opened_at: number): Row {
  return { id: `t${opened_at}`, number: opened_at, requester_id, opened_at } as Row;
}

function message(seq: number, kind: "agent" | "client", visibility = "public"): Message {
  const author = { kind, id: kind === "agent" ? AGENT : CLIENT };
  return { id: `m${seq}`, seq, at: 1_000 + seq, author, visibility } as Message;
}

function marker(person: string, kind: Marker["kind"], read: number): Marker {
  return { person, kind, delivered: read, read };
}

function at(step: number, more: Partial<Progress> = {}): Progress {
  return { ...BEGINNING, step, since: 1_000, board: NOTHING.counters ?? {}, ...more };
}

test("the tour begins once its own eyes are open, and keeps what the wallboard said then", () => {
  assert.equal(recognise(BEGINNING, { ...NOTHING, counters: null }), BEGINNING);

  const begun = recognise(BEGINNING, NOTHING);
  assert.equal(begun.since, NOTHING.opened);
  assert.deepEqual(begun.board, NOTHING.counters);
});

test("who asks before the tour's own eyes are open is seen, too", () => {
  const begun = recognise(BEGINNING, NOTHING);
  const asked = recognise(begun, { ...NOTHING, rows: [row(CLIENT, 900)] });

  assert.equal(asked.step, 1);
});

test("only a new ticket of a client in a frame is the question", () => {
  const old = recognise(at(0), { ...NOTHING, rows: [row(CLIENT, 900), row("another", 1_100)] });
  assert.equal(old.step, 0);

  const asked = recognise(at(0), { ...NOTHING, rows: [row(CLIENT, 1_200), row(CLIENT, 1_300)] });
  assert.equal(stepOf(asked), "arrive");
  assert.deepEqual(asked.facts.ask, { id: "t1300", number: 1_300 });
});

test("it arrived when somebody of the staff in a frame has it, not anybody else", () => {
  const elsewhere = { other: marker("other", "agent", 3), [CLIENT]: marker(CLIENT, "client", 3) };
  assert.equal(recognise(at(1), { ...NOTHING, markers: elsewhere }).step, 1);

  const there = recognise(at(1), { ...NOTHING, markers: { [AGENT]: marker(AGENT, "agent", 1) } });
  assert.equal(stepOf(there), "answer");
});

test("an answer counts once the client has read it; typing and sending are noted on the way", () => {
  let progress = recognise(at(2), { ...NOTHING, typing: [{ kind: "agent", id: AGENT }] });
  assert.deepEqual([progress.step, progress.facts.typed], [2, true]);

  const messages = [message(1, "client"), message(2, "agent")];
  progress = recognise(progress, { ...NOTHING, messages });
  assert.deepEqual(progress.facts.answer, { seq: 2, read: false });
  assert.equal(isDone(progress), false);

  const markers = { [CLIENT]: marker(CLIENT, "client", 2) };
  progress = recognise(progress, { ...NOTHING, messages, markers });
  assert.equal(stepOf(progress), "note");
  assert.equal(progress.facts.typed, true);
});

test("a note counts when the client was given everything but the note", () => {
  const messages = [message(1, "client"), message(2, "agent"), message(3, "agent", "private")];
  const [first, second, note] = messages as [Message, Message, Message];

  assert.equal(recognise(at(3), { ...NOTHING, messages }).step, 3);
  assert.equal(recognise(at(3), { ...NOTHING, messages, given: [first] }).step, 3);
  assert.equal(recognise(at(3), { ...NOTHING, messages, given: [first, second, note] }).step, 3);

  const seen = recognise(at(3), { ...NOTHING, messages, given: [first, second] });
  assert.deepEqual(seen.facts.note, { staff: 3, client: 2 });
  assert.equal(stepOf(seen), "board");
});

test("steps to be read wait for a click; what the wallboard counts is shown, not its clocks", () => {
  const counters = { "tickets.open": 6, oldest_wait_at: 20 };
  const moved = recognise(at(4), { ...NOTHING, counters });
  assert.deepEqual(moved.facts.board, [{ name: "tickets.open", from: 5, to: 6 }]);
  assert.deepEqual([stepOf(moved), isDone(moved)], ["board", true]);

  const mail = goOn(moved);
  assert.equal(isDone(recognise(mail, { ...NOTHING, letters: 0 })), false);
  assert.equal(isDone(recognise(mail, { ...NOTHING, letters: 1 })), true);
});

test("what is passed over leaves no fact, and both ends hold", () => {
  assert.equal(goBack(at(0)).step, 0);
  assert.equal(stepOf(goOn(at(6))), null);
  assert.equal(goOn(at(7)).step, 7);
  assert.deepEqual(goOn(at(2)).facts, {});
  assert.equal(recognise(at(7), NOTHING).step, 7);
});

function two(client: string | null, agent: string | null, messages = [2, 3]): Faller[] {
  return [
    { name: "client", node: client, messages: messages[0] ?? 0 },
    { name: "agent", node: agent, messages: messages[1] ?? 0 },
  ];
}

test("a fall is over when every frame has a node and its messages again", () => {
  const fall = new Fall();
  fall.look(two("node-a", "node-b"), 0);
  assert.equal(fall.landings(two("node-a", "node-b")), null);

  fall.look(two(null, "node-b"), 100);
  assert.equal(fall.landings(two(null, "node-b")), null);

  fall.look(two("node-b", "node-b", [0, 3]), 450);
  assert.equal(fall.landings(two("node-b", "node-b", [0, 3])), null);

  assert.deepEqual(fall.landings(two("node-b", "node-b", [2, 4])), [
    { frame: "client", ms: 350, before: 2, after: 2 },
    { frame: "agent", ms: null, before: 3, after: 4 },
  ]);
});

test("the longest way counts: from the first loss to the node that stays", () => {
  const fall = new Fall();
  fall.look(two("node-a", "node-a"), 0);
  fall.look(two(null, null), 100);
  fall.look(two("node-b", "node-b"), 200);
  fall.look(two(null, "node-b"), 300);
  fall.look(two("node-b", "node-b"), 900);

  const [client, agent] = fall.landings(two("node-b", "node-b")) ?? [];
  assert.deepEqual([client?.ms, agent?.ms], [800, 100]);
});

test("a node that no frame was on falls unnoticed by them", () => {
  const fall = new Fall();
  fall.look(two("node-a", "node-a"), 0);
  fall.fell("node-b");

  assert.deepEqual(
    fall.landings(two("node-a", "node-a"))?.map(({ ms }) => ms),
    [null, null],
  );
});

test("a frame whose node fell is waited for, also before it notices", () => {
  const fall = new Fall();
  fall.look(two("node-a", "node-b"), 0);
  fall.fell("node-a");
  assert.equal(fall.landings(two("node-a", "node-b")), null);

  fall.look(two(null, "node-b"), 100);
  fall.look(two("node-b", "node-b"), 400);
  assert.deepEqual(
    fall.landings(two("node-b", "node-b"))?.map(({ ms }) => ms),
    [300, null],
  );
});

test("a page is never narrower than it needs, and a phone never larger than one", () => {
  assert.deepEqual(fit("agent", 430, 400), { width: 860, height: 800, scale: 0.5 });
  assert.deepEqual(fit("agent", 1_000, 700), { width: 1_000, height: 700, scale: 1 });
  assert.deepEqual(fit("phone", 1_000, 2_000), { width: 390, height: 844, scale: 1 });
  assert.deepEqual(fit("agent", 380, 600, true), { width: 380, height: 600, scale: 1 });
});

test("a letter may load nothing, whatever it says", () => {
  const paper = safely('<img src="https://tracker.invalid/p.gif">');
  assert.match(paper, /^<!doctype html>\n<meta http-equiv="Content-Security-Policy"/);
  assert.match(paper, /default-src 'none'/);
});

test("letters to one address can be shown alone, and what is older can still be asked for", () => {
  const [mine, other] = ["ann@demo.test", "bob@demo.test"].map((to) => ({ id: to, to }) as Letter);
  const post = { letters: [mine as Letter, other as Letter], more: true, error: null };

  assert.deepEqual(addressedTo("ann@demo.test", post), { ...post, letters: [mine] });
  assert.equal(addressedTo(null, post), post);
  assert.equal(addressOf("ann+1@demo.test"), "/demo/mail?to=ann%2B1%40demo.test");
});

test("a door that nobody answers is asked with growing pauses, and as before once it is back", async (t) => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const asked: number[] = [];
  let away = true;
  const through = () => {
    asked.push(Date.now());
    return away
      ? Promise.reject(new TypeError("Nobody is there."))
      : Promise.resolve(Response.json({ people: [], nodes: [], traffic: {}, story: {} }));
  };
  const ears = { addEventListener: () => undefined, removeEventListener: () => undefined };
  Object.assign(globalThis, { document: { visibilityState: "visible", ...ears } });
  const stop = new Door(through).watch();
  t.after(() => {
    stop();
    Reflect.deleteProperty(globalThis, "document");
    mock.timers.reset();
  });
  const pass = async (until: number) => {
    while (Date.now() < until) {
      await settle();
      mock.timers.tick(100);
    }
    await settle();
  };

  await pass(15_000);
  assert.deepEqual(asked, [0, 300, 900, 2_100, 4_500, 9_300, 14_300]);

  away = false;
  await pass(26_000);
  assert.deepEqual(asked.slice(7), [19_300, 22_300, 25_300]);
});
