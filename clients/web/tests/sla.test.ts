import assert from "node:assert/strict";
import { test } from "node:test";
import { perilOf, pressing, shown } from "../src/live/sla.ts";
import type { SlaClock } from "../src/live/wire.ts";

const HOUR = 3_600_000;

function clock(more: Partial<SlaClock> = {}): SlaClock {
  return {
    metric: "first_response",
    target: 4 * HOUR,
    started_at: 0,
    consumed: 0,
    since: 0,
    due_at: 4 * HOUR,
    met_at: null,
    breached_at: null,
    warned: [],
    escalated: 0,
    wake_at: null,
    ...more,
  };
}

test("a running clock ticks towards its moment, and is one to look at in its last quarter", () => {
  assert.deepEqual(shown(clock(), HOUR), { standing: "running", time: 3 * HOUR });
  assert.deepEqual(shown(clock(), 3 * HOUR), { standing: "soon", time: HOUR });
  assert.deepEqual(shown(clock(), 5 * HOUR), { standing: "late", time: HOUR });
});

test("over a night with little business time left it is one to look at, however far the moment", () => {
  const night = clock({ consumed: 3.5 * HOUR, since: 0, due_at: 15 * HOUR });
  assert.equal(shown(night, HOUR).standing, "soon");
});

test("a paused clock says what is left of it, whatever the time", () => {
  const paused = clock({ since: null, due_at: null, consumed: HOUR });
  assert.deepEqual(shown(paused, 99 * HOUR), { standing: "paused", time: 3 * HOUR });
});

test("a met clock says whether it was in time", () => {
  assert.equal(shown(clock({ met_at: 1, due_at: null }), 9 * HOUR).standing, "met");
  const late = clock({ met_at: 1, due_at: null, breached_at: 1 });
  assert.equal(shown(late, 9 * HOUR).standing, "met late");
});

test("where there is room for one, it is the first that is due, before any that waits", () => {
  const paused = clock({ metric: "resolution", due_at: null, since: null });
  const later = clock({ due_at: 9 * HOUR });
  const sooner = clock({ due_at: 2 * HOUR, metric: "next_response" });
  assert.equal(pressing([paused, later, sooner]), sooner);
  assert.equal(pressing([clock({ met_at: 1 }), paused]), paused);
  assert.equal(pressing([]), null);
});

test("a ticket is at risk once it was warned of, and stays missed until it is met", () => {
  assert.equal(perilOf([clock()]), null);
  assert.equal(perilOf([clock({ warned: [75] })]), "at_risk");
  assert.equal(perilOf([clock({ warned: [75], due_at: null, since: null })]), null);
  const late = clock({ warned: [75], breached_at: 4 * HOUR });
  assert.equal(perilOf([clock({ warned: [75], metric: "resolution" }), late]), "breached");
  assert.equal(perilOf([{ ...late, met_at: 5 * HOUR }]), null);
  assert.equal(perilOf(null), null);
});
