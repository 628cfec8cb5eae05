import assert from "node:assert/strict";
import { test } from "node:test";
import { Myself, type Me } from "../src/live/me.ts";
import { Unanswered } from "../src/live/refusal.ts";
import { settle } from "./surroundings.ts";

/** A server that knows in which teams Sam is. */
class Server {
  teams: { id: string; name: string }[] = [{ id: "one", name: "One" }];
  down = false;
  asked = 0;

  get<T>(): Promise<T> {
    this.asked += 1;
    if (this.down) return Promise.reject(new Unanswered());
    const user = { id: "sam", name: "Sam", staff: true };
    return Promise.resolve({ user, teams: [...this.teams], permissions: {} } as T);
  }
}

async function loaded() {
  const server = new Server();
  const myself = new Myself(server);
  await myself.load();
  const seen: (Me | null)[] = [];
  myself.state.subscribe(({ me }) => seen.push(me));
  return { server, myself, seen };
}

test("a team that one was put into is there after a refresh, and nothing is empty meanwhile", async () => {
  const { server, myself, seen } = await loaded();
  server.teams.push({ id: "two", name: "Two" });
  await myself.refresh();
  assert.deepEqual(
    seen.map((me) => me?.teams.map(({ id }) => id)),
    [["one"], ["one", "two"]],
  );
});

test("a refresh that finds nothing new changes nothing", async () => {
  const { myself, seen } = await loaded();
  await myself.refresh();
  assert.equal(seen.length, 1);
});

test("a refresh without an answer leaves what was known", async () => {
  const { server, myself, seen } = await loaded();
  server.down = true;
  await myself.refresh();
  assert.equal(seen.length, 1);
  assert.equal(myself.state.current.error, null);
});

test("nobody is asked for who is not known yet", async () => {
  const server = new Server();
  await new Myself(server).refresh();
  await settle();
  assert.equal(server.asked, 0);
});
