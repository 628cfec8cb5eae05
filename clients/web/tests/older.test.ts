import assert from "node:assert/strict";
import { test } from "node:test";
import { Older } from "../src/live/older.ts";
import { Unanswered } from "../src/live/refusal.ts";
import type { Ticket } from "../src/live/wire.ts";

function ticket(id: string, at: number): Ticket {
  const face = { head: 1, at, messages: 1, said: [] };
  return { id, seq: 1, public: face, staff: face, private: null } as unknown as Ticket;
}

/** A server of pages: by the cursor that is asked for. */
function served(pages: Record<string, { items: Ticket[]; next: string | null } | Error>) {
  const asked: string[] = [];
  const get = <T>(path: string): Promise<T> => {
    asked.push(path);
    const page = pages[new URLSearchParams(path.split("?")[1]).get("after") ?? ""];
    return page instanceof Error ? Promise.reject(page) : Promise.resolve(page as T);
  };
  return { asked, older: new Older({ get }) };
}

const TWO = {
  "": { items: [ticket("a", 9)], next: "x" },
  x: { items: [ticket("b", 5)], next: null },
};

function ids({ older }: { older: Older }): string[] {
  return older.state.current.known.map(({ row }) => row.id);
}

test("pages follow each other, and the last one makes it complete", async () => {
  const server = served(TWO);
  await server.older.choose("status=open");
  assert.deepEqual(ids(server), ["a"]);
  assert.equal(server.older.state.current.frontier?.id, "a");
  await server.older.load();
  assert.deepEqual(ids(server), ["a", "b"]);
  assert.equal(server.older.state.current.complete, true);
  await server.older.load();
  assert.equal(server.asked.length, 2);
});

test("a list that is chosen meanwhile is not mixed with the one before", async () => {
  const server = served(TWO);
  const first = server.older.choose("status=open");
  await server.older.choose("status=closed");
  await first;
  assert.deepEqual(ids(server), ["a"]);
});

test("after a break as many are fetched again as were there", async () => {
  const server = served(TWO);
  await server.older.choose("status=open");
  await server.older.load();
  await server.older.again();
  assert.deepEqual(ids(server), ["a", "b"]);
  assert.equal(server.asked.length, 4);
});

test("what cannot be fetched says so and can be asked for again", async () => {
  const pages: Parameters<typeof served>[0] = { "": new Unanswered() };
  const server = served(pages);
  await server.older.choose("status=open");
  assert.ok(server.older.state.current.error instanceof Unanswered);
  pages[""] = { items: [ticket("a", 1)], next: null };
  await server.older.load();
  assert.deepEqual(ids(server), ["a"]);
  assert.equal(server.older.state.current.error, null);
});
