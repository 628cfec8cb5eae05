import assert from "node:assert/strict";
import { test } from "node:test";
import { actorOf, isSelf, Myself, type Me } from "../src/live/me.ts";
import { Unanswered } from "../src/live/refusal.ts";
import type { User } from "../src/live/session.ts";
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

test("a user is whoever they were before, and nobody else of the same id", () => {
  const user = { id: "user", staff: false, contact_id: "mia", identities: ["guest", "mia"] };
  const me = actorOf(user as unknown as User);
  assert.deepEqual([me.kind, me.id], ["client", "mia"]);
  const clients = ["mia", "guest", "noor"].map((id) => isSelf({ kind: "client", id }, me));
  assert.deepEqual(clients, [true, true, false]);
  assert.ok(!isSelf({ kind: "agent", id: "guest" }, me));
});

test("a session that an earlier release kept knows the user by one name", () => {
  const me = actorOf({ id: "sam", staff: true } as User);
  assert.deepEqual(me.identities, ["sam"]);
});
