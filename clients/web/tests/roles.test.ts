import assert from "node:assert/strict";
import { test } from "node:test";
import { openLanguage } from "../src/language/language.ts";
import { actorOf, type Account } from "../src/people/accounts.ts";
import { titleOf } from "../src/people/roles.ts";

test("a role has its name in one's own language, unless it was named here", async () => {
  Object.assign(globalThis, {
    localStorage: { getItem: () => "es" },
    document: { documentElement: { lang: "" } },
    window: { addEventListener: () => undefined },
  });
  await openLanguage();

  assert.equal(titleOf({ name: "agent", title: "Agent" }), "Agente");
  assert.equal(titleOf({ name: "agent", title: "Moderator" }), "Moderator");
  assert.equal(titleOf({ name: "auditor", title: "Auditor" }), "Auditor");
});

test("a client has one face everywhere: that of the contact, not of the log-in", () => {
  const account = { id: "log-in", role: "client", contact_id: "contact" } as Account;
  assert.deepEqual(actorOf(account), { kind: "client", id: "contact" });
  assert.deepEqual(actorOf({ ...account, role: "admin" }), { kind: "agent", id: "log-in" });
});
