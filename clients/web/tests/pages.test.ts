import assert from "node:assert/strict";
import { test } from "node:test";
import { Pages } from "../src/live/pages.ts";
import { Unanswered } from "../src/live/refusal.ts";

interface Item {
  id: string;
}

/** A server of pages: by the cursor that is asked for. */
function served(pages: Record<string, { items: Item[]; next: string | null } | Error>) {
  const asked: string[] = [];
  const get = <T>(path: string): Promise<T> => {
    asked.push(path);
    const page = pages[new URLSearchParams(path.split("?")[1]).get("after") ?? ""];
    return page instanceof Error ? Promise.reject(page) : Promise.resolve(page as T);
  };
  return { asked, list: new Pages<Item>({ get }, "/api/items") };
}

const TWO = {
  "": { items: [{ id: "a" }], next: "x" },
  x: { items: [{ id: "b" }], next: null },
};

function ids({ list }: { list: Pages<Item> }): string[] {
  return list.state.current.known.map(({ id }) => id);
}

test("pages follow each other, and the last one makes it complete", async () => {
  const server = served(TWO);
  await server.list.choose("status=open");
  assert.deepEqual(ids(server), ["a"]);
  assert.equal(server.list.state.current.complete, false);
  await server.list.load();
  assert.deepEqual(ids(server), ["a", "b"]);
  assert.equal(server.list.state.current.complete, true);
  await server.list.load();
  assert.equal(server.asked.length, 2);
});

test("what was made here and comes with a page again is there once", async () => {
  const server = served(TWO);
  await server.list.choose("status=open");
  server.list.amend((known) => [{ id: "b" }, ...known]);
  await server.list.load();
  assert.deepEqual(ids(server), ["a", "b"]);
});

test("a list that is chosen meanwhile is not mixed with the one before", async () => {
  const server = served(TWO);
  const first = server.list.choose("status=open");
  await server.list.choose("status=closed");
  await first;
  assert.deepEqual(ids(server), ["a"]);
});

test("after a break as many are fetched again as were there", async () => {
  const server = served(TWO);
  await server.list.choose("status=open");
  await server.list.load();
  await server.list.again();
  assert.deepEqual(ids(server), ["a", "b"]);
  assert.equal(server.asked.length, 4);
});

test("what cannot be fetched says so and can be asked for again", async () => {
  const pages: Parameters<typeof served>[0] = { "": new Unanswered() };
  const server = served(pages);
  await server.list.choose("status=open");
  assert.ok(server.list.state.current.error instanceof Unanswered);
  pages[""] = { items: [{ id: "a" }], next: null };
  await server.list.load();
  assert.deepEqual(ids(server), ["a"]);
  assert.equal(server.list.state.current.error, null);
});

test("what is made or changed here stands in the list, and the next page comes behind it", async () => {
  const server = served(TWO);
  await server.list.choose("status=open");
  server.list.amend((known) => [{ id: "new" }, ...known]);
  await server.list.load();
  assert.deepEqual(ids(server), ["new", "a", "b"]);
});
