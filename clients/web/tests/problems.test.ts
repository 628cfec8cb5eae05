import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { es } from "../src/language/es.ts";
import { m } from "../src/language/language.ts";
import { Refusal } from "../src/live/refusal.ts";
import type { Code } from "../src/live/wire.ts";
import { explain, fieldError } from "../src/problems.ts";

const english = { ...m.refusals };

function refusal(fields: Record<string, unknown>, code: Code = "invalid"): Refusal {
  return new Refusal({ code, message: "It cannot be so.", fields, retryable: false });
}

function inSpanish() {
  Object.assign(m.refusals, es.refusals);
}

afterEach(() => Object.assign(m.refusals, english));

test("what is wrong with a field is said there, also of something in it", () => {
  assert.equal(fieldError(refusal({ hours: "overlap" }), "hours"), "Two of these hours overlap.");
  assert.equal(
    fieldError(refusal({ "ladder.2.agent_id": "unknown" }), "ladder.2"),
    "This is not there any more.",
  );
  assert.equal(fieldError(refusal({ "ladder.20": "unknown" }), "ladder.2"), null);
  assert.equal(fieldError(refusal({ name: "Field required" }), "name"), "Field required");
  assert.equal(fieldError(new Error("else"), "hours"), null);
});

test("the server speaks English, and says more than a field can", () => {
  assert.equal(explain(refusal({ hours: "overlap" })), "It cannot be so.");
});

test("in Spanish nothing is said in English: by what is wrong, else by the code", () => {
  inSpanish();
  assert.equal(explain(refusal({ hours: "overlap" })), es.refusals.flaws.overlap);
  assert.equal(explain(refusal({ name: "Field required" })), es.refusals.codes?.invalid);
  assert.equal(explain(refusal({}, "forbidden")), es.refusals.codes?.forbidden);
  assert.equal(explain(refusal({ needed_by: ["the policy 'A'"] }, "conflict")), es.refusals.needed);
  assert.equal(
    explain(refusal({ approval: "withdrawn" }, "conflict")),
    es.refusals.settled.withdrawn,
  );
  assert.equal(explain(refusal({ version: 3 }, "conflict")), es.refusals.codes?.conflict);
  assert.equal(explain(refusal({}, "conflict")), es.refusals.stands);
  assert.equal(fieldError(refusal({ name: "Field required" }), "name"), es.refusals.codes?.invalid);
});
