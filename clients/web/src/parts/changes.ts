// Somebody changed what a page shows: a team, a category, an account. Heard in the room `settings`,
// whose counters are the documents' versions.

import { onDestroy } from "svelte";
import { rooms } from "../desk.ts";
import { eventsOf, type Rules } from "../live/views.ts";
import type { Envelope, FeedEvent, Id } from "../live/wire.ts";

const ROOM = "settings";
/** Milliseconds: who hears of no changes yet is not kept waiting for what there is. */
const PATIENCE = 1_000;

export interface Changed {
  kind: string;
  id: Id;
  version: number;
}

/** The versions that were told since one came, by `<kind>.<id>`; `came` is another one where
 * something may have been missed. */
interface Settings {
  came: symbol;
  versions: ReadonlyMap<string, number>;
}

const rules: Rules<Settings> = {
  start: () => ({ came: Symbol(), versions: new Map() }),
  fold: ({ came, versions }, envelope) => ({
    came,
    versions: new Map([...versions, ...toldIn(envelope)]),
  }),
};

/**
 * Calls with none once it hears of changes, so that what is loaded then misses none of them; then
 * with the documents of these kinds that change, for as long as the component is there. After a
 * break in which something may have been missed, again with none.
 */
export function whenChanged(kinds: readonly string[], run: (changed: readonly Changed[]) => void) {
  const { state } = rooms.enter<Settings>(ROOM, () => rules as Rules<unknown>);
  const unheard = setTimeout(() => run([]), PATIENCE);
  let known: Settings | null = null;
  const stop = state.subscribe(({ view }) => {
    const before = known;
    known = view;
    if (view === null || view === before) return;
    if (view.came !== before?.came) {
      clearTimeout(unheard);
      run([]);
      return;
    }
    const ours = [...view.versions]
      .filter(([name, version]) => before.versions.get(name) !== version)
      .map(([name, version]) => changed(name, version))
      .filter(({ kind }) => kinds.includes(kind));
    if (ours.length > 0) run(ours);
  });
  onDestroy(() => {
    clearTimeout(unheard);
    stop();
    rooms.exit(ROOM);
  });
}

function changed(name: string, version: number): Changed {
  const [kind = "", id = ""] = name.split(".");
  return { kind, id, version };
}

function toldIn(envelope: Envelope): [string, number][] {
  return eventsOf<FeedEvent>(envelope).flatMap((event): [string, number][] =>
    event.type === "feed.counter" ? [[event.name, event.value]] : [],
  );
}
