import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { idle, Outbox } from "../src/live/outbox.ts";
import { Refusal, Unanswered } from "../src/live/refusal.ts";
import type { Code } from "../src/live/wire.ts";
import { envelope, HandWire, MemoryStorage, settle } from "./surroundings.ts";

const started: Outbox[] = [];

afterEach(() => {
  for (const outbox of started.splice(0)) outbox.own(null);
});

function start(storage = new MemoryStorage(), user: string | null = "ann") {
  const wire = new HandWire();
  const outbox = new Outbox(wire, storage);
  outbox.own(user);
  started.push(outbox);
  return { wire, outbox, storage };
}

function reply(outbox: Outbox, body: string, ticket = "t1") {
  return outbox.send({ type: "ticket.reply", ticket_id: ticket, body, visibility: "public" });
}

function bodies(outbox: Outbox): unknown[] {
  return outbox.entries.current.map(({ command }) => "body" in command && command.body);
}

test("a command sent offline goes out when the connection is there", async () => {
  const { wire, outbox } = start();
  reply(outbox, "hello");
  assert.equal(wire.asked.length, 0);
  wire.online.set(true);
  await settle();
  assert.equal(wire.last.payload["body"], "hello");
});

test("one command per ticket is on its way; another ticket's does not wait for it", async () => {
  const { wire, outbox } = start();
  wire.online.set(true);
  reply(outbox, "one");
  reply(outbox, "two");
  reply(outbox, "elsewhere", "t2");
  await settle();
  assert.deepEqual(
    wire.asked.map((each) => each.payload["body"]),
    ["one", "elsewhere"],
  );
  wire.asked[0]?.answer({ seq: 2, result: { message_id: "m1" } });
  await settle();
  assert.equal(wire.last.payload["body"], "two");
});

test("a ticket is idle once nothing of it is on its way, whatever became of it", async () => {
  const { wire, outbox } = start();
  wire.online.set(true);
  let idled = false;
  reply(outbox, "one");
  reply(outbox, "two");
  reply(outbox, "elsewhere", "t2");
  void idle(outbox, "t1").then(() => (idled = true));
  await settle();
  wire.asked[0]?.answer({ seq: 2, result: { message_id: "m1" } });
  await settle();
  assert.equal(idled, false);
  wire.last.fail(refusal("conflict"));
  await settle();
  assert.equal(idled, true);
  await idle(outbox, "t1");
});

test("a command without an answer is repeated with the same id after a reconnect", async () => {
  const { wire, outbox } = start();
  wire.online.set(true);
  const { id } = reply(outbox, "hello");
  await settle();
  wire.cut();
  await settle();
  wire.online.set(true);
  await settle();
  assert.deepEqual(
    wire.asked.map((each) => each.payload["command_id"]),
    [id, id],
  );
});

test("a command whose answer is late is repeated while the connection stands", async () => {
  const { wire, outbox } = start();
  wire.online.set(true);
  const { id } = reply(outbox, "hello");
  await settle();
  wire.last.fail(new Unanswered());
  await settle();
  assert.deepEqual(
    wire.asked.map((each) => each.payload["command_id"]),
    [id, id],
  );
});

test("the event may come before the acknowledgement: the answer is still given", async () => {
  const { wire, outbox } = start();
  wire.online.set(true);
  const { id, settled } = reply(outbox, "hello");
  await settle();
  outbox.seen(envelope(2, 1, { command_id: id }));
  assert.deepEqual(bodies(outbox), []);
  wire.last.answer({ seq: 2, result: { message_id: "m1" } });
  assert.deepEqual((await settled).result, { message_id: "m1" });
});

test("the acknowledgement may come before the event: the message stays in sight till then", async () => {
  const { wire, outbox } = start();
  wire.online.set(true);
  const { id } = reply(outbox, "hello");
  await settle();
  wire.last.answer({ seq: 2, result: { message_id: "m1" } });
  await settle();
  assert.equal(outbox.entries.current[0]?.status, "done");
  outbox.seen(envelope(2, 1, { command_id: id }));
  assert.deepEqual(outbox.entries.current, []);
});

test("an event seen while the connection breaks settles the command without a repeat", async () => {
  const { wire, outbox } = start();
  wire.online.set(true);
  const { id, settled } = reply(outbox, "hello");
  await settle();
  outbox.seen(envelope(2, 1, { command_id: id }));
  wire.cut();
  assert.equal((await settled).status, "done");
  wire.online.set(true);
  await settle();
  assert.equal(wire.asked.length, 1);
});

test("a refusal is kept for the person to decide, and does not hold up what follows", async () => {
  const { wire, outbox } = start();
  wire.online.set(true);
  const { id, settled } = reply(outbox, "one");
  reply(outbox, "two");
  await settle();
  wire.last.fail(refusal("stale"));
  await assert.rejects(settled, { code: "stale" });
  await settle();
  assert.equal(outbox.entries.current[0]?.status, "refused");
  assert.equal(wire.last.payload["body"], "two");
  outbox.discard(id);
  assert.deepEqual(bodies(outbox), ["two"]);
});

test("a retryable refusal is repeated with the same id after the time that was asked for", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { wire, outbox } = start();
  wire.online.set(true);
  const { id } = reply(outbox, "hello");
  await settle();
  wire.last.fail(refusal("rate_limited", { retry_after: 2 }, true));
  await settle();
  t.mock.timers.tick(1_999);
  await settle();
  assert.equal(wire.asked.length, 1);
  t.mock.timers.tick(1);
  await settle();
  assert.equal(wire.last.payload["command_id"], id);
  assert.equal(wire.asked.length, 2);
});

test("unsent commands outlive the page", async () => {
  const { outbox, storage } = start();
  const { id } = reply(outbox, "hello");
  reply(outbox, "again");
  const after = start(storage);
  assert.deepEqual(bodies(after.outbox), ["hello", "again"]);
  after.wire.online.set(true);
  await settle();
  assert.equal(after.wire.last.payload["command_id"], id);
});

test("an acknowledged command is gone from the storage", async () => {
  const { wire, outbox, storage } = start();
  wire.online.set(true);
  reply(outbox, "hello");
  await settle();
  wire.last.answer({ seq: 2, result: {} });
  await settle();
  assert.equal(storage.length, 0);
});

test("nobody sends another user's commands", async () => {
  const { wire, outbox } = start();
  reply(outbox, "ann's");
  outbox.own("bob");
  wire.online.set(true);
  await settle();
  assert.deepEqual(bodies(outbox), []);
  assert.equal(wire.asked.length, 0);
  outbox.own("ann");
  await settle();
  assert.equal(wire.last.payload["body"], "ann's");
});

test("an answer that comes after the user changed touches nothing of the new one", async () => {
  const { wire, outbox, storage } = start();
  wire.online.set(true);
  reply(outbox, "ann's");
  await settle();
  outbox.own("bob");
  wire.last.answer({ seq: 2, result: {} });
  await settle();
  assert.equal(storage.length, 1);
  assert.deepEqual(bodies(outbox), []);
});

test("a log-out leaves nothing behind", () => {
  const { outbox, storage } = start();
  reply(outbox, "hello");
  outbox.empty();
  assert.equal(storage.length, 0);
  assert.deepEqual(bodies(outbox), []);
});

test("what another tab settled is settled here", async () => {
  const { outbox, storage } = start();
  const { settled } = reply(outbox, "hello");
  const key = storage.key(0) ?? "";
  storage.removeItem(key);
  outbox.changedElsewhere(key);
  assert.equal((await settled).status, "done");
  assert.deepEqual(bodies(outbox), []);
});

function refusal(code: Code, fields = {}, retryable = false): Refusal {
  return new Refusal({ code, message: code, fields, retryable });
}

test("what a guest left is sent with its ids by whom they turned out to be", async () => {
  const { wire, outbox, storage } = start(new MemoryStorage(), "guest");
  const { id } = reply(outbox, "hello");
  outbox.own("ann");
  assert.deepEqual(bodies(outbox), []);
  outbox.inherit("guest");
  assert.deepEqual(bodies(outbox), ["hello"]);
  wire.online.set(true);
  await settle();
  assert.equal(wire.last.payload["command_id"], id);
  wire.last.answer({ seq: 2, result: { message_id: "m1" } });
  await settle();
  assert.equal(storage.length, 0);
});
