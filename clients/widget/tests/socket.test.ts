import assert from "node:assert/strict";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, test } from "node:test";
import { io, type Socket } from "../src/socket.ts";

const OPEN = '0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000}';

/** A WebSocket that the test answers by hand. */
class HandSocket {
  static all: HandSocket[] = [];
  readonly OPEN = 1;
  readyState = 1;
  readonly url: string;
  readonly sent: string[] = [];
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor(url: string) {
    this.url = url;
    HandSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.readyState = 3;
  }

  say(packet: string): void {
    this.onmessage?.({ data: packet });
  }
}

const sockets: Socket[] = [];
const servers: Server[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.disconnect();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  HandSocket.all = [];
});

function made(url = "http://desk.test", timeout = 5_000) {
  globalThis.WebSocket = HandSocket as unknown as typeof WebSocket;
  const socket = io(url, { transports: ["websocket", "polling"], timeout });
  sockets.push(socket);
  const heard: [string, unknown][] = [];
  for (const event of ["connect", "disconnect", "connect_error", "event"]) {
    socket.on(event, (value: unknown) => heard.push([event, value]));
  }
  socket.auth = { token: "t" };
  socket.connect();
  return { socket, heard };
}

function dialled(): HandSocket {
  const last = HandSocket.all.at(-1);
  assert.ok(last);
  return last;
}

function connected() {
  const { socket, heard } = made();
  const line = dialled();
  line.say(OPEN);
  line.say('40{"sid":"x"}');
  return { socket, heard, line };
}

test("says who one is once the line is open, and is connected once the server agrees", () => {
  const { socket, heard } = made();
  const line = dialled();
  assert.equal(line.url, "ws://desk.test/socket.io/?EIO=4&transport=websocket");
  line.say(OPEN);
  assert.deepEqual([line.sent, socket.connected], [['40{"token":"t"}'], false]);
  line.say('40{"sid":"x"}');
  assert.deepEqual([heard, socket.connected], [[["connect", undefined]], true]);
});

test("a refusal comes with what the server says of it", () => {
  const { socket, heard } = made();
  dialled().say(OPEN);
  dialled().say('44{"message":"no","data":{"code":"unauthenticated"}}');
  const [event, error] = heard[0] ?? [];
  assert.equal(event, "connect_error");
  assert.deepEqual((error as { data?: unknown }).data, { code: "unauthenticated" });
  assert.equal(socket.connected, false);
});

test("events arrive, pings are answered, each acknowledgement finds its question", async () => {
  const { socket, heard, line } = connected();
  line.say('42["event",{"seq":1}]');
  line.say("2");
  const first = socket.timeout(1_000).emitWithAck("command", { a: 1 });
  const second = socket.timeout(1_000).emitWithAck("join", { b: 2 });
  line.say('431[{"ok":2}]');
  line.say('430[{"ok":1}]');
  assert.deepEqual(heard.at(-1), ["event", { seq: 1 }]);
  assert.deepEqual(line.sent.slice(1), ["3", '420["command",{"a":1}]', '421["join",{"b":2}]']);
  assert.deepEqual([await first, await second], [{ ok: 1 }, { ok: 2 }]);
});

test("what is not answered in time, or before the line breaks, is rejected", async () => {
  const { socket, heard, line } = connected();
  await assert.rejects(socket.timeout(1).emitWithAck("slow", {}), /timeout/);
  const waiting = socket.timeout(1_000).emitWithAck("command", {});
  line.onclose?.();
  await assert.rejects(waiting, /disconnected/);
  assert.deepEqual([heard.at(-1)?.[0], socket.connected], ["disconnect", false]);
  socket.connect();
  assert.equal(HandSocket.all.length, 2);
});

test("a line that was left says nothing any more", () => {
  const { socket, heard, line } = connected();
  socket.disconnect();
  line.say('42["event",{}]');
  assert.deepEqual(line.sent.at(-1), "41");
  assert.deepEqual(
    heard.map(([event]) => event),
    ["connect", "disconnect"],
  );
});

test("a server that is silent for too long is left", async () => {
  const { heard } = made();
  dialled().say('0{"sid":"s","pingInterval":10,"pingTimeout":10}');
  dialled().say('40{"sid":"x"}');
  const ended = Promise.withResolvers<null>();
  sockets[0]?.on("disconnect", () => ended.resolve(null));
  await ended.promise;
  assert.deepEqual(
    heard.map(([event]) => event),
    ["connect", "disconnect"],
  );
});

test("a server that never speaks is given up", async () => {
  const { socket } = made("http://desk.test", 5);
  const failed = Promise.withResolvers<Error>();
  socket.on("connect_error", (error: Error) => failed.resolve(error));
  assert.equal((await failed.promise).message, "timeout");
});

test("where a WebSocket breaks before it speaks, long polling carries the same packets", async () => {
  const waiting = Promise.withResolvers<ServerResponse>();
  const posted = Promise.withResolvers<string>();
  const gets: string[] = [];
  const server = createServer((request, response) => {
    if (request.method === "POST") {
      request.on("data", (body: Buffer) => posted.resolve(body.toString()));
      request.on("end", () => response.end("ok"));
      return;
    }
    gets.push(request.url ?? "");
    if (gets.length === 1) response.end(OPEN);
    else if (gets.length === 2) waiting.resolve(response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const { socket, heard } = made(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const event = Promise.withResolvers<unknown>();
  socket.on("event", (value: unknown) => event.resolve(value));
  dialled().onclose?.();
  assert.equal(await posted.promise, '40{"token":"t"}');
  (await waiting.promise).end('40{"sid":"x"}\x1e42["event",{"seq":1}]');
  assert.deepEqual(await event.promise, { seq: 1 });
  assert.deepEqual(
    heard.map(([name]) => name),
    ["connect", "event"],
  );
  assert.match(gets[1] ?? "", /transport=polling&sid=s$/);
});
