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
  if (last !== undefined) dismiss(last); // One is enough: it is the last act that is taken back.
  const told = toast(said, { undo: () => outbox.send(back) });
  last = told;
  settled.catch(() => dismiss(told)); // What was refused is said by `Refused`.
}
