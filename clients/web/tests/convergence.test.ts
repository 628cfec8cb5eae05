import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { casesIn, fault, folded, type Case } from "./convergence.ts";

const SAMPLES = join(import.meta.dirname, "histories");
const folder = process.env["CONVERGENCE_FILES"] ?? SAMPLES;
const files = casesIn(folder);

test("there are histories of every kind of durable room", () => {
  const rooms = files.flatMap(({ cases }) => cases.map((each) => each.room));
  const kinds = new Set(rooms.map((room) => room.replace(/[0-9a-f-]{36}/, "")));
  assert.deepEqual([...kinds].sort(), ["agent:", "ticket:", "ticket::staff"]);
});

for (const { file, cases } of files) {
  test(`an old snapshot and the events after it are a fresh load: ${file}`, () => {
    for (const each of cases) assert.equal(fault(each), null);
  });
}

test("skipping any one event of the last envelope is noticed", () => {
  const whole = files.flatMap(({ cases }) => cases.filter((each) => lastOf(each).length > 0));
  assert.ok(whole.length > 0);
  for (const each of whole) {
    for (const left of lastOf(each).keys()) {
      if (isReplaced(each, left)) continue;
      const events = lastOf(each).filter((_, at) => at !== left);
      const envelopes = each.envelopes.with(-1, { ...newestOf(each), events });
      assert.notDeepStrictEqual(folded(each, envelopes), each.expected);
    }
  }
});

/** Whether the rest of the commit makes the same of it without this event: a change of the clocks
 * says all of them anew, a breach just before it among them. */
function isReplaced(each: Case, place: number): boolean {
  const [event, ...later] = lastOf(each).slice(place);
  const clocks = String(event?.type).startsWith("ticket.sla_");
  return clocks && later.some(({ type }) => type === "ticket.sla_changed");
}

function newestOf(each: Case) {
  const newest = each.envelopes.at(-1);
  if (!newest) throw new Error("This case has no envelopes.");
  return newest;
}

function lastOf(each: Case) {
  return each.envelopes.at(-1)?.events ?? [];
}
