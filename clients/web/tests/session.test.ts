import assert from "node:assert/strict";
import { test } from "node:test";
import { Refusal, Unanswered } from "../src/live/refusal.ts";
import { Session, type Grant, type Surroundings } from "../src/live/session.ts";
import { MemoryStorage } from "./surroundings.ts";

const MINUTE = 60_000;

interface Server {
  asked: { path: string; body: Record<string, unknown> }[];
  answer: (path: string, body: Record<string, unknown>) => Response | Promise<Response>;
}

/** A browser with tabs that share a storage, a clock and a server. */
class Machine {
  now = 0;
  readonly shared = new MemoryStorage();
  readonly server: Server = { asked: [], answer: (path) => this.#grant(path) };
  readonly #tabs: { storage: MemoryStorage; run: (key: string | null) => void }[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  #grants = 0;

  tab(storage = new MemoryStorage(), tabKey: string | null = null): Session {
    const around: Surroundings = {
      shared: this.shared,
      tab: storage,
      tabKey,
      now: () => this.now,
      fetch: (async (url: string, init: RequestInit) => {
        const body = JSON.parse(String(init.body)) as Record<string, unknown>;
        const path = url.replace("/api/auth/", "");
        this.server.asked.push({ path, body });
        return this.server.answer(path, body);
      }) as typeof fetch,
      exclusively: <T>(_name: string, work: () => Promise<T>) => {
        const turn = this.#turn.then(work, work);
        this.#turn = turn.catch(() => undefined);
        return turn;
      },
      onShared: (run) => this.#tabs.push({ storage, run }),
    };
    return new Session(around);
  }

  /** What the browser tells all other tabs after a change of the shared storage. */
  tell(key = "deskwire.session"): void {
    for (const { run } of this.#tabs) run(key);
  }

  #grant(path: string): Response {
    if (path === "logout") return Response.json(null);
    const grant = this.#grants++;
    return Response.json({
      access_token: token(grant, 10 * 60),
      refresh_token: `refresh ${grant}`,
      user: { id: "sam", name: "Sam", staff: true },
    });
  }
}

function token(number: number, seconds: number): string {
  const claims = btoa(JSON.stringify({ iat: 1_000, exp: 1_000 + seconds, number }));
  return `head.${claims.replaceAll("=", "")}.signature`;
}

function refusal(status: number, code: string, retryable = false): Response {
  return Response.json({ error: { code, message: code, fields: {}, retryable } }, { status });
}

test("a token is used while it is good and renewed before it runs out", async () => {
  const machine = new Machine();
  const session = machine.tab();
  await session.logIn("sam@demo.test", "p", false);
  const first = await session.token();
  machine.now += 7 * MINUTE;
  assert.equal(await session.token(), first);
  machine.now += MINUTE;
  assert.notEqual(await session.token(), first);
  assert.deepEqual(machine.server.asked.at(-1), {
    path: "refresh",
    body: { refresh_token: "refresh 0" },
  });
});

test("two tabs and many callers use a refresh token once", async () => {
  const machine = new Machine();
  const [one, other] = [machine.tab(), machine.tab()];
  await one.logIn("sam@demo.test", "p", false);
  machine.tell();
  machine.now += 9 * MINUTE;
  const tokens = await Promise.all([one.token(), one.token(), other.token(), other.token()]);
  assert.equal(new Set(tokens).size, 1);
  assert.equal(machine.server.asked.filter(({ path }) => path === "refresh").length, 1);
});

test("logging out in one tab logs out the others, but not who is only in theirs", async () => {
  const machine = new Machine();
  const [one, other, apart] = [machine.tab(), machine.tab(), machine.tab()];
  await one.logIn("sam@demo.test", "p", false);
  machine.tell();
  await apart.logIn("mia@demo.test", "p", true);
  assert.equal(other.standing.current.status, "in");
  await one.logOut();
  machine.tell();
  assert.equal(other.standing.current.status, "out");
  assert.equal(apart.standing.current.status, "in");
});

test("a session of one tab only outlives its reload and is told to no other", async () => {
  const machine = new Machine();
  const storage = new MemoryStorage();
  await machine.tab(storage).logIn("sam@demo.test", "p", true);
  assert.equal(machine.shared.length, 0);
  assert.equal(machine.tab(storage).standing.current.status, "in");
  assert.equal(machine.tab().standing.current.status, "out");
});

test("frames of one tab have a session each by their key, beside the one that tabs share", async () => {
  const machine = new Machine();
  const storage = new MemoryStorage();
  const [page, client, agent] = [
    machine.tab(storage),
    machine.tab(storage, "client"),
    machine.tab(storage, "agent"),
  ];
  await page.logIn("sam@demo.test", "p", false);
  machine.tell();
  assert.equal(client.standing.current.status, "out");
  await client.logIn("mia@demo.test", "p", false);
  assert.equal(agent.standing.current.status, "out");
  await agent.logIn("sam@demo.test", "p", false);
  await client.logOut();
  machine.tell("deskwire.session.client");
  assert.equal(machine.tab(storage, "client").standing.current.status, "out");
  assert.equal(machine.tab(storage, "agent").standing.current.status, "in");
  assert.equal(page.standing.current.status, "in");
});

test("a page may log in its frame, and log it out", async () => {
  const machine = new Machine();
  const storage = new MemoryStorage();
  const [page, frame] = [machine.tab(storage, "client"), machine.tab(storage, "client")];
  await page.logIn("mia@demo.test", "p", false);
  machine.tell("deskwire.session.client");
  assert.equal(frame.standing.current.status, "in");
  await page.logOut();
  machine.tell("deskwire.session.client");
  assert.equal(frame.standing.current.status, "out");
});

test("who the user is by now is noted, for those who look and for the next page", async () => {
  const machine = new Machine();
  const session = machine.tab();
  const sam = await session.logIn("sam@demo.test", "p", false);
  let told = 0;
  session.standing.subscribe(() => (told += 1));
  const merged = { ...sam, identities: ["guest", "sam"] };
  session.know(merged);
  session.know({ ...merged });
  assert.deepEqual(session.user?.identities, ["guest", "sam"]);
  assert.deepEqual(machine.tab().user, merged);
  assert.equal(told, 2); // At once, and at what was new.
});

test("what comes late about somebody who left is noted nowhere", async () => {
  const machine = new Machine();
  const session = machine.tab();
  const sam = await session.logIn("sam@demo.test", "p", false);
  await session.logOut();
  session.know({ ...sam, name: "Late" });
  assert.equal(session.user, null);
  assert.equal(machine.shared.length, 0);
});

test("a session that was ended keeps the user in sight, to log in again", async () => {
  const machine = new Machine();
  const session = machine.tab();
  await session.logIn("sam@demo.test", "p", false);
  machine.now += 9 * MINUTE;
  machine.server.answer = () => refusal(401, "unauthenticated");
  await assert.rejects(session.token(), { code: "unauthenticated" });
  assert.equal(session.standing.current.status, "expired");
  assert.equal(session.user?.id, "sam");
});

test("a server that cannot be reached or is busy ends no session", async () => {
  const machine = new Machine();
  const session = machine.tab();
  await session.logIn("sam@demo.test", "p", false);
  machine.now += 9 * MINUTE;
  machine.server.answer = () => Promise.reject(new TypeError("no network"));
  await assert.rejects(session.token(), Unanswered);
  machine.server.answer = () => refusal(429, "rate_limited", true);
  await assert.rejects(session.token(), Refusal);
  machine.server.answer = () => new Response("<html>bad gateway</html>", { status: 502 });
  await assert.rejects(session.token(), Unanswered);
  assert.equal(session.standing.current.status, "in");
});

test("a log-out forgets the tokens even where the server does not hear of it", async () => {
  const machine = new Machine();
  const session = machine.tab();
  await session.logIn("sam@demo.test", "p", false);
  machine.server.answer = () => Promise.reject(new TypeError("no network"));
  await session.logOut();
  assert.equal(machine.shared.length, 0);
  assert.equal(session.standing.current.status, "out");
});

test("a refused log-in says what the server said", async () => {
  const machine = new Machine();
  machine.server.answer = () => refusal(401, "unauthenticated");
  const session = machine.tab();
  await assert.rejects(session.logIn("sam@demo.test", "wrong", false), { code: "unauthenticated" });
  assert.equal(session.standing.current.status, "out");
});

test("what is granted is kept whole", async () => {
  const machine = new Machine();
  const session = machine.tab();
  await session.logIn("sam@demo.test", "p", false);
  const kept = JSON.parse(machine.shared.getItem("deskwire.session") ?? "") as Grant;
  assert.equal(kept.refresh_token, "refresh 0");
  assert.equal(kept.user.name, "Sam");
});
