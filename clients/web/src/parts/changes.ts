// Somebody changed what a page shows: a team, a category, an account. Heard in the room `settings`,
// whose counters are the documents' versions.

import { onDestroy } from "svelte";
import { rooms } from "../desk.ts";
import { eventsOf, type Rules } from "../live/views.ts";
import type { Envelope, FeedEvent, Id } from "../live/wire.ts";

const ROOM = "settings";

export interface Changed {
  kind: string;
  id: Id;
  version: number;
}

/** What changed since one came: `came` is another one where something may have been missed. */
interface Settings {
  came: symbol;
  changed: readonly Changed[];
}

const rules: Rules<Settings> = {
  start: () => ({ came: Symbol(), changed: [] }),
  fold: ({ came, changed }, envelope) => ({ came, changed: [...changed, ...changesIn(envelope)] }),
};

/**
 * Calls with the documents of these kinds that changed, as long as the component is there; with
 * none of them where one has come, or come back, and something may have changed before.
 */
export function whenChanged(kinds: readonly string[], run: (changed: readonly Changed[]) => void) {
  const { state } = rooms.enter<Settings>(ROOM, () => rules as Rules<unknown>);
  let known = state.current.view;
  const stop = state.subscribe(({ view }) => {
    const before = known;
    known = view;
    if (view === null || view === before) return;
    if (view.came !== before?.came) {
      run([]);
      return;
    }
    const fresh = view.changed.slice(before.changed.length);
    const ours = fresh.filter(({ kind }) => kinds.includes(kind));
    if (ours.length > 0) run(ours);
  });
  onDestroy(() => {
    stop();
    rooms.exit(ROOM);
  });
}

function changesIn(envelope: Envelope): Changed[] {
  return eventsOf<FeedEvent>(envelope).flatMap((event) => {
    if (event.type !== "feed.counter") return [];
    const [kind = "", id = ""] = event.name.split(".");
    return [{ kind, id, version: event.value }];
  });
}
