// What happened to a ticket beside its messages: the quiet lines between them.

import type { Line } from "./conversation.ts";
import type { TicketView } from "./views.ts";
import type { ActorRef, Envelope, Millis, TicketEvent } from "./wire.ts";

const OF_HEADER = [
  "ticket.assigned",
  "ticket.status_changed",
  "ticket.priority_changed",
  "ticket.renamed",
  "ticket.category_changed",
  "ticket.due_changed",
  "ticket.tags_changed",
  "ticket.fields_changed",
  "ticket.skills_changed",
  "ticket.followed_up",
  "assistant.handed_over",
] as const;

const AT_WORK = [
  "ticket.offered",
  "ticket.offer_ended",
  "ticket.requeued",
  "ticket.snoozed",
  "ticket.supervised",
  "ticket.sla_warned",
  "ticket.sla_breached",
  "ticket.sla_escalated",
  "ticket.approval_asked",
  "ticket.approval_decided",
  "ticket.approval_reminded",
  "ticket.approval_delegated",
  "ticket.approval_changed",
] as const;

type Of<Types extends readonly string[]> = Extract<TicketEvent, { type: Types[number] }>;

/** What happened to a ticket on its way through a team. */
export type WorkEvent = Of<typeof AT_WORK>;
export type ChangeEvent = Of<typeof OF_HEADER> | WorkEvent;

const TOLD: readonly string[] = [...OF_HEADER, ...AT_WORK];

export interface Change {
  key: string;
  seq: number;
  at: Millis;
  actor: ActorRef;
  event: ChangeEvent;
}

/** A line of the whole story; `at` is when, in milliseconds. */
export type Item =
  | { kind: "message"; key: string; at: Millis; line: Line }
  | { kind: "change"; key: string; at: Millis; change: Change };

/** Commits whose changes are not known here: those after `after` and up to `upTo`. */
export interface Missing {
  after: number;
  upTo: number;
}

/** The changes in one commit. */
export function changesIn({ seq, at, actor, events }: Envelope): Change[] {
  const known = events as readonly unknown[] as readonly TicketEvent[];
  return known
    .filter(isChange)
    .map((event, place) => ({ key: `${seq}.${place}`, seq, at, actor, event }));
}

function isChange(event: TicketEvent): event is ChangeEvent {
  // That somebody accepted is said by the assignment beside it.
  if (event.type === "ticket.offer_ended" && event.outcome === "accepted") return false;
  return TOLD.includes(event.type);
}

/** What the log has to be asked for so that no change beside the messages here is left out. */
export function missingChanges(view: TicketView): Missing | null {
  if (view.ticket.deleted) return null;
  const after = beginOf(view);
  return after < view.changesFrom ? { after, upTo: view.changesFrom } : null;
}

/** After which commit the story starts that is shown here. */
function beginOf({ ticket, messages, hasEarlier }: TicketView): number {
  const first = messages[0];
  if (!first) return 0;
  // What opens a ticket is a commit of its own: nothing else happens in it, or before.
  if (first.id === ticket.description_id) return first.seq;
  return hasEarlier ? first.seq - 1 : 0;
}

/** The view with what the log told; unchanged where something else is missing by now. */
export function withLog(
  view: TicketView,
  envelopes: readonly Envelope[],
  { after, upTo }: Missing,
): TicketView {
  if (view.changesFrom !== upTo || view.ticket.deleted) return view;
  const told = envelopes.filter(({ seq }) => after < seq && seq <= upTo).flatMap(changesIn);
  return { ...view, changes: [...told, ...view.changes], changesFrom: after };
}

/** Messages and changes in the order they happened; what is not in the log yet comes last. */
export function storyOf(lines: readonly Line[], changes: readonly Change[]): Item[] {
  const story: Item[] = [];
  let next = 0;
  const tell = (until: number) => {
    for (let change = changes[next]; change && change.seq < until; change = changes[++next]) {
      story.push({ kind: "change", key: change.key, at: change.at, change });
    }
  };
  for (const line of lines) {
    tell(line.seq ?? Infinity);
    story.push({ kind: "message", key: line.key, at: line.at, line });
  }
  tell(Infinity);
  return story;
}
