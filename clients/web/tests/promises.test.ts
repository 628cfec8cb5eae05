import assert from "node:assert/strict";
import { test } from "node:test";
import { length, lengthOf, minutesIn } from "../src/promises/lengths.ts";
import {
  acting,
  empty,
  emptyRung,
  inOrder,
  moved,
  percentsIn,
  positions,
  targeted,
  type Policy,
} from "../src/promises/policies.ts";
import { targetsInWords, whichInWords } from "../src/promises/said.ts";

function policy(id: string, position: number): Policy {
  return { ...empty(position, "c"), id, version: 1 };
}

test("a length is understood as people write it, and written back one way", () => {
  for (const [typed, minutes, written] of [
    ["90", 90, "1 hr 30 min"],
    ["4h", 240, "4 hr"],
    ["1 h 30", 90, "1 hr 30 min"],
    ["1:30", 90, "1 hr 30 min"],
    ["1,5 h", 90, "1 hr 30 min"],
    ["2 horas 5 minutos", 125, "2 hr 5 min"],
    ["45 min", 45, "45 min"],
  ] as const) {
    assert.equal(minutesIn(typed), minutes, typed);
    assert.equal(length(minutes), written);
    assert.equal(minutesIn(written), minutes, written);
  }
  for (const text of ["", "soon", "4 days", "1:75", "-3"]) assert.equal(minutesIn(text), undefined);
  assert.equal(lengthOf(20_000), "less than 1 min");
  assert.equal(lengthOf(0), "0 min");
});

test("percentages come in order and once, and are between nothing and all", () => {
  assert.deepEqual(percentsIn("90, 75 % 75"), [75, 90]);
  assert.deepEqual(percentsIn(""), []);
  for (const text of ["0", "100", "half", "7.5"]) assert.equal(percentsIn(text), undefined, text);
});

test("a priority of which nothing is promised any more is not named", () => {
  const one = targeted({}, "high", "resolution", 240);
  assert.deepEqual(one, { high: { first_response: null, next_response: null, resolution: 240 } });
  const two = targeted(one, "urgent", "first_response", 30);
  assert.deepEqual(Object.keys(two), ["urgent", "high"]);
  assert.deepEqual(Object.keys(targeted(two, "high", "resolution", null)), ["urgent"]);
});

test("promises are looked at by position, and only those that moved are written anew", () => {
  const all = inOrder([policy("b", 1), policy("c", 1), policy("a", 0)]);
  assert.deepEqual(
    all.map(({ id }) => id),
    ["a", "b", "c"],
  );
  assert.deepEqual(
    positions(moved(all, 2, 1)).map(({ policy, position }) => [policy.id, position]),
    [["b", 2]],
  );
});

test("a step that does something else names nobody whom only the other act names", () => {
  const handed = { ...emptyRung(), act: "supervisor" as const, agent_id: "boss" };
  assert.equal(acting(handed, "notify").agent_id, null);
  assert.equal(acting(handed, "supervisor").agent_id, "boss");
  assert.equal(acting({ ...handed, team_id: "t" }, "reassign").team_id, "t");
});

test("a promise says for whom it is and in which time", () => {
  const names = { team: () => "Night", category: () => undefined };
  const every = policy("a", 0);
  assert.equal(whichInWords(every, names), "Every ticket");
  const some = {
    ...every,
    priorities: ["urgent"],
    team_ids: ["t"],
    contact_tags: ["vip"],
  } as const;
  assert.equal(whichInWords(some, names), "Urgent · Night · vip");
  const targets = { urgent: { first_response: 30, next_response: null, resolution: 240 } };
  assert.deepEqual(targetsInWords({ ...every, targets }), ["Urgent: 30 min · – · 4 hr"]);
});
