// What one does to a ticket, from wherever: it is sent, it is said, and it can be taken back.

import { outbox } from "./desk.ts";
import { undoOf } from "./live/undo.ts";
import type { Draft, Ticket } from "./live/wire.ts";
import { dismiss, toast } from "./ui/toast.ts";

let last: number | undefined;

/** Does it, unless it changes nothing; `said` is what a toast says, with the way back. */
export function act(ticket: Ticket, draft: Draft, said: string): void {
  const back = undoOf(ticket, draft);
  if (back === null) return;
  const { settled } = outbox.send(draft);
  const told = tell(said, () => outbox.send(back));
  settled.catch(() => dismiss(told)); // What was refused is said by `Refused`.
}

/** Does what has no way back; `said` is what a toast says once it is done. */
export function perform(draft: Draft, said: string): void {
  outbox.send(draft).settled.then(
    () => toast(said, { tone: "good" }),
    () => undefined, // As above.
  );
}

/** Does what somebody waits for: what was refused is theirs to say, and to try again. */
export async function ask(draft: Draft): Promise<void> {
  const { id, settled } = outbox.send(draft);
  try {
    await settled;
  } catch (problem) {
    outbox.discard(id);
    throw problem;
  }
}

/** One toast is enough: it is the last act that is taken back. */
function tell(said: string, undo: () => void): number {
  if (last !== undefined) dismiss(last);
  last = toast(said, { undo });
  return last;
}
