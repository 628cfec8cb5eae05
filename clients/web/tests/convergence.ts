// Folds the histories that tests/convergence writes: an old snapshot + events = a fresh load.
//
// `node convergence.ts <folder>` folds every file of a folder; the exit code says whether all pass.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual, inspect } from "node:util";
import { receive, restart, UNJOINED } from "../src/live/chain.ts";
import type { TicketView } from "../src/live/views.ts";
import { deskRules } from "../src/live/views_desk.ts";
import type { Agent, Envelope, TicketSnapshot } from "../src/live/wire.ts";

export interface Case {
  room: string;
  snapshot: TicketSnapshot | { agent: Agent };
  envelopes: Envelope[];
  expected: object;
}

/** Folds a case's envelopes onto its snapshot as a room would; null where the chain breaks. */
export function folded(each: Case, envelopes: readonly Envelope[]): object | null {
  const rules = deskRules(each.room);
  const { snapshot } = each;
  const head = "agent" in snapshot ? snapshot.agent.head : snapshot.ticket.seq;
  const epoch = envelopes[0]?.epoch ?? "e";
  let { chain } = restart(UNJOINED, epoch, head);
  let view = rules.start(snapshot);
  for (const envelope of envelopes) {
    const advance = receive(chain, envelope);
    if (advance.lost) return null;
    chain = advance.chain;
    view = advance.ready.reduce(rules.fold, view);
  }
  if (chain.held.length > 0) return null;
  if ("agent" in snapshot) return { agent: view };
  const { ticket, messages } = view as TicketView;
  return { ticket, messages };
}

/** What is wrong with a case; null where nothing is. */
export function fault(each: Case): string | null {
  const whole = folded(each, each.envelopes);
  if (!isDeepStrictEqual(whole, each.expected)) {
    const show = (value: unknown) => inspect(value, { depth: null, breakLength: 100 });
    return `${each.room} folds to\n${show(whole)}\nbut a fresh load is\n${show(each.expected)}`;
  }
  for (const left of each.envelopes.keys()) {
    const rest = each.envelopes.filter((_, at) => at !== left);
    if (isDeepStrictEqual(folded(each, rest), each.expected)) {
      return `${each.room} does not notice that envelope ${left} is missing`;
    }
  }
  return null;
}

export function casesIn(folder: string): { file: string; cases: Case[] }[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => ({ file, cases: JSON.parse(readFileSync(join(folder, file), "utf8")) }));
}

function main(folder: string): number {
  const files = casesIn(folder);
  for (const { file, cases } of files) {
    for (const each of cases) {
      const problem = fault(each);
      if (problem === null) continue;
      console.error(`${file}: ${problem}`);
      return 1;
    }
  }
  const count = files.reduce((sum, { cases }) => sum + cases.length, 0);
  console.log(`${files.length} histories, ${count} cases: every fold is a fresh load.`);
  return count > 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = main(process.argv[2] ?? ".");
