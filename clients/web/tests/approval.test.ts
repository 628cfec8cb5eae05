import assert from "node:assert/strict";
import { test } from "node:test";
import { askedNow, saidBy } from "../src/live/approval.ts";
import type { Approval } from "../src/live/wire.ts";

const decision = (approver_id: string, level: number, approved = true) => ({
  approver_id,
  for_id: approver_id,
  level,
  approved,
  reason: null,
  at: 1,
});

const APPROVAL: Approval = {
  seq: 4,
  levels: [
    { approver_ids: ["ada", "bob"], rule: "any" },
    { approver_ids: ["cy", "sue"], rule: "all" },
    { approver_ids: ["max"], rule: "all" },
  ],
  level: 1,
  decisions: [decision("ada", 0), decision("cy", 1)],
  asked_at: 1,
  reminded: 0,
  wake_at: null,
  deputies: {},
};

test("of the level that is asked, those who said nothing yet are waited for", () => {
  assert.deepEqual(askedNow(APPROVAL), ["sue"]);
  assert.deepEqual(askedNow({ ...APPROVAL, level: 3 }), []);
});

test("everybody is shown with what they said, or with what is expected of them", () => {
  const said = (level: number, id: string) => saidBy(APPROVAL, level, id, true);
  assert.deepEqual(
    [said(0, "ada"), said(0, "bob"), said(1, "cy"), said(1, "sue"), said(2, "max")],
    ["yes", "spared", "yes", "asked", "later"],
  );
});

test("once it is settled nobody is waited for", () => {
  const refused = { ...APPROVAL, decisions: [...APPROVAL.decisions, decision("sue", 1, false)] };
  assert.equal(saidBy(refused, 1, "sue", false), "no");
  assert.equal(saidBy(refused, 2, "max", false), "spared");
});
