// "Give me the next": the one that comes first in the queue of a team of one's own.

import { api, directory } from "../desk.ts";
import { w } from "../language/crew.ts";
import type { Id } from "../live/wire.ts";
import { explain } from "../problems.ts";
import { go } from "../router.ts";
import { toast } from "../ui/toast.ts";

/** Asks one team after another, and opens what it was given. */
export async function takeNext(teams: readonly Id[], address: string): Promise<void> {
  try {
    for (const team of teams) {
      const { ticket_id } = await api.post<{ ticket_id: Id | null }>(
        `/api/queues/${team}/next`,
        {},
      );
      if (ticket_id === null) continue;
      go(`/console/t/${ticket_id}?${address}`);
      const name = directory.teams.current.find(({ id }) => id === team)?.name ?? "";
      toast(w.load.yours(name), { tone: "good" });
      return;
    }
    toast(w.load.noNext);
  } catch (error) {
    toast(explain(error), { tone: "bad" });
  }
}
