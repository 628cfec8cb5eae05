// A room's place in its history: which envelope comes next, which is early, which is known.

import type { Envelope } from "./wire.ts";

export interface Chain {
  /** Null until the first answer to a join. */
  epoch: string | null;
  seq: number;
  /** Early envelopes, waiting for those before them; by seq. */
  held: readonly Envelope[];
}

export const UNJOINED: Chain = { epoch: null, seq: 0, held: [] };

export interface Advance {
  chain: Chain;
  /** What can be folded now, in order. */
  ready: readonly Envelope[];
  /** The epoch ended: only a snapshot helps. */
  lost: boolean;
}

/** Takes an envelope that came by itself. */
export function receive(chain: Chain, envelope: Envelope): Advance {
  if (chain.epoch === null) return { chain: hold(chain, envelope), ready: [], lost: false };
  if (envelope.epoch !== chain.epoch) return { chain, ready: [], lost: true };
  return release(hold(chain, envelope));
}

/** Takes the envelopes of a join's answer, which go on from the chain's cursor. */
export function resume(chain: Chain, envelopes: readonly Envelope[]): Advance {
  const answered = new Set(envelopes.map((envelope) => envelope.seq));
  const held = chain.held.filter((envelope) => !answered.has(envelope.seq));
  return release(envelopes.reduce(hold, { ...chain, held }));
}

/** Starts anew from a snapshot; what came meanwhile follows it. */
export function restart(chain: Chain, epoch: string, seq: number): Advance {
  return release({ epoch, seq, held: chain.held.filter((envelope) => envelope.epoch === epoch) });
}

function hold(chain: Chain, envelope: Envelope): Chain {
  if (chain.held.some((held) => held.seq === envelope.seq)) return chain;
  const held = [...chain.held, envelope].sort((one, other) => one.seq - other.seq);
  return { ...chain, held };
}

function release(chain: Chain): Advance {
  const ready: Envelope[] = [];
  let { seq } = chain;
  let held = chain.held.filter((envelope) => envelope.seq > seq);
  for (let next = held[0]; next && next.prev === seq; next = held[0]) {
    ready.push(next);
    seq = next.seq;
    held = held.slice(1);
  }
  return { chain: { ...chain, seq, held }, ready, lost: false };
}
