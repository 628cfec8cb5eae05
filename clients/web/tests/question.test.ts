import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, queryOf, questionIn } from "../src/live/question.ts";

const NOON = Date.UTC(2026, 10, 20, 12);
const MIDNIGHT = Date.UTC(2026, 10, 21);

function asked(address: string): Record<string, string> {
  const query = queryOf(questionIn(new URLSearchParams(address)), NOON);
  return Object.fromEntries(new URLSearchParams(query));
}

test("an address says what is asked for, and is made of it again", () => {
  const address = "view=mine&team=t&priority=high&q=printer&sort=due";
  assert.equal(addressOf(questionIn(new URLSearchParams(address))), address);
});

test("what an address says that nobody knows is left out", () => {
  const question = questionIn(new URLSearchParams("view=nonsense&priority=huge&sort=up&channel=x"));
  assert.equal(addressOf(question), "view=active");
});

test("the server is asked for a view by status, owner and due date", () => {
  const active = "open,in_progress,pending";
  assert.deepEqual(asked(""), { status: active, sort: "-updated" });
  assert.deepEqual(asked("view=mine"), { status: active, owner_id: "me", sort: "-updated" });
  assert.deepEqual(asked("view=closed&sort=waiting"), { status: "closed", sort: "updated" });
  assert.deepEqual(asked("view=overdue"), {
    status: active,
    snoozed: "any",
    due_before: `${NOON}`,
    sort: "-updated",
  });
  assert.deepEqual(asked("view=breached"), {
    status: active,
    sla: "breached",
    snoozed: "any",
    sort: "-updated",
  });
  assert.deepEqual(asked("view=unassigned"), { queued: "true", sort: "-updated" });
  assert.deepEqual(asked("view=snoozed"), { status: active, snoozed: "only", sort: "-updated" });
  assert.deepEqual(asked("view=due_today&sort=due"), {
    status: active,
    snoozed: "any",
    due_from: `${NOON}`,
    due_before: `${MIDNIGHT}`,
    sort: "due",
  });
});

test("what narrows a view down is asked for with it", () => {
  assert.deepEqual(asked("view=open&owner=noor&tag=vip&q=%2312"), {
    status: "open",
    owner_id: "noor",
    tag: "vip",
    q: "#12",
    sort: "-updated",
  });
});
