// The ticket that is open, for who acts on it from elsewhere: by a key or from the command bar.

import type { Me } from "../live/me.ts";
import { Value } from "../live/value.ts";
import type { Ticket, Visibility } from "../live/wire.ts";

export interface AtHand {
  ticket: Ticket;
  me: Me;
  /** Goes to where one writes. */
  write: (visibility: Visibility) => void;
}

export const atHand = new Value<AtHand | null>(null);

/** What the command bar offers: everything, or what belongs to one question. */
export type Scope = "all" | "status" | "priority" | "owner";

/** Whether the ticket that is open is being handed over. */
export const handing = new Value(false);

/** The command bar, while it is open. */
export const bar = new Value<Scope | null>(null);
