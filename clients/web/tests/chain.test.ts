import assert from "node:assert/strict";
import { test } from "node:test";
import { receive, restart, resume, UNJOINED, type Chain } from "../src/live/chain.ts";
import { envelope } from "./surroundings.ts";

const AT_FIVE: Chain = { epoch: "e1", seq: 5, held: [] };

function seqs(envelopes: readonly { seq: number }[]): number[] {
  return envelopes.map((each) => each.seq);
}

test("the next envelope is ready at once, over seqs this audience cannot see", () => {
  const { chain, ready } = receive(AT_FIVE, envelope(9, 5));
  assert.deepEqual(seqs(ready), [9]);
  assert.equal(chain.seq, 9);
});

test("an envelope that is known already is dropped", () => {
  for (const seq of [3, 5]) {
    const { chain, ready } = receive(AT_FIVE, envelope(seq, seq - 1));
    assert.deepEqual(ready, []);
    assert.deepEqual(chain, AT_FIVE);
  }
});

test("an early envelope is held until the ones before it are there", () => {
  let step = receive(AT_FIVE, envelope(8, 7));
  assert.deepEqual(seqs(step.ready), []);
  step = receive(step.chain, envelope(7, 6));
  assert.deepEqual(seqs(step.ready), []);
  step = receive(step.chain, envelope(6, 5));
  assert.deepEqual(seqs(step.ready), [6, 7, 8]);
  assert.deepEqual(step.chain, { epoch: "e1", seq: 8, held: [] });
});

test("what is held follows a replay of the gap", () => {
  const { chain } = receive(AT_FIVE, envelope(8, 7));
  const { ready } = resume(chain, [envelope(6, 5), envelope(7, 6), envelope(8, 7)]);
  assert.deepEqual(seqs(ready), [6, 7, 8]);
});

test("what comes before the answer to a join follows its snapshot", () => {
  const { chain } = receive(UNJOINED, envelope(8, 7));
  const { ready } = restart(chain, "e1", 7);
  assert.deepEqual(seqs(ready), [8]);
});

test("what a snapshot holds already is not folded again", () => {
  const { chain } = receive(UNJOINED, envelope(7, 6));
  const step = restart(chain, "e1", 7);
  assert.deepEqual(seqs(step.ready), []);
  assert.deepEqual(step.chain.held, []);
});

test("another epoch loses the chain", () => {
  const { lost, ready } = receive(AT_FIVE, envelope(6, 5, { epoch: "e2" }));
  assert.equal(lost, true);
  assert.deepEqual(ready, []);
});

test("envelopes of an ended epoch are forgotten by the snapshot of the new one", () => {
  const { chain } = receive(UNJOINED, envelope(8, 7, { epoch: "old" }));
  assert.deepEqual(restart(chain, "e1", 7), {
    chain: { epoch: "e1", seq: 7, held: [] },
    ready: [],
    lost: false,
  });
});
