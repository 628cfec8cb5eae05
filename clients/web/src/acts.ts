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
  const told = tell(said, { undo: () => outbox.send(back) });
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

/** Says what could be done next. */
export function offer(said: string, label: string, run: () => void): void {
  tell(said, { next: { label, run } });
}

/** One toast is enough: it is the last act that is taken back, and what it leads to is offered. */
function tell(said: string, more: Parameters<typeof toast>[1]): number {
  if (last !== undefined) dismiss(last);
  last = toast(said, more);
  return last;
}
