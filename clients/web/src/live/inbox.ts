// The rows of several feed rooms, and those fetched beside them, as one list.

import { isActive } from "./lifecycle.ts";
import { comparing, passes, type Question, type View } from "./question.ts";
import type { FeedView } from "./views.ts";
import type { Id, Row, Ticket } from "./wire.ts";

/** A row, and as of which seq of its ticket. */
export interface Known {
  seq: number;
  row: Row;
}

/** Each ticket once, as who knows it newest shows it. */
export function mergeRows(feeds: Iterable<FeedView>, fetched: readonly Known[] = []): Row[] {
  const newest = new Map<Id, Known>();
  for (const known of fetched) newest.set(known.row.id, known);
  for (const feed of feeds) {
    for (const [id, { seq, value }] of feed.rows) {
      if ((newest.get(id)?.seq ?? -1) >= seq) continue;
      if (value) newest.set(id, { seq, row: value });
      else newest.delete(id); // It left this list; where it went, a newer row says.
    }
  }
  return Array.from(newest.values(), ({ row }) => row);
}

/** What is asked for, in its order.
 *
 * Rows beyond the last page that was fetched wait for it: what comes between them is not known yet.
 */
export function listOf(
  rows: readonly Row[],
  question: Question,
  fetched: { known: readonly Known[]; complete: boolean },
  me: Id,
  now: number,
): Row[] {
  const compare = comparing(question.order);
  const last = fetched.complete ? undefined : fetched.known.at(-1);
  const known = (row: Row) => last === undefined || compare(row, last.row) <= 0;
  return rows.filter((row) => passes(row, question, me, now) && known(row)).sort(compare);
}

/** A ticket that was fetched, as a feed would list it. */
export function knownOf(ticket: Ticket): Known {
  return { seq: ticket.seq, row: rowOf(ticket) };
}

/** A ticket as a feed would list it. */
export function rowOf(ticket: Ticket): Row {
  const face = ticket.staff ?? ticket.public;
  return {
    id: ticket.id,
    number: ticket.number,
    title: ticket.title,
    status: ticket.status,
    priority: ticket.priority,
    category: ticket.category,
    requester_id: ticket.requester_id ?? "",
    company_id: ticket.company_id,
    channel: ticket.channel,
    inbox_id: ticket.inbox_id ?? "",
    team_id: ticket.team_id ?? "",
    owner_id: ticket.owner_id,
    due_at: ticket.due_at,
    opened_at: ticket.opened_at,
    at: face.at,
    messages: face.messages,
    said: face.said[0] ?? null,
    approval: ticket.approval,
    assistant: ticket.assistant?.state ?? null,
    tags: ticket.private?.tags ?? null,
    snoozed_until: ticket.private?.snoozed_until ?? null,
    sla: ticket.private?.sla?.clocks ?? null,
  };
}

/** How many tickets of these teams a view has, as the server counts them.
 *
 * `own` is the room of what one carries: nobody else counts that.
 */
export function countOf(view: View, teams: readonly FeedView[], own: FeedView | undefined): number {
  const sum = (...names: string[]): number =>
    teams.reduce(
      (total, { counters }) =>
        total + names.reduce((all, name) => all + (counters.get(name)?.value ?? 0), 0),
      0,
    );
  if (view === "active") return sum("tickets.open", "tickets.in_progress", "tickets.pending");
  if (view === "at_risk" || view === "breached") return sum(`sla.${view}`);
  if (view !== "mine") return sum(`tickets.${view}`);
  const rows = [...(own?.rows.values() ?? [])];
  const there = (row: Row) => isActive(row.status) && (row.snoozed_until ?? null) === null;
  return rows.filter(({ value }) => value && there(value)).length;
}

/** Whether it is the assistant who speaks in a ticket. */
export function isAssistants({ assistant, status }: Row): boolean {
  return isActive(status) && (assistant === "waiting" || assistant === "answered");
}

/** Whether no person had the last word and somebody should answer. */
export function awaitsReply(row: Row): boolean {
  const kind = row.said?.author.kind;
  // What the assistant said last was not enough, once it is not its turn any more.
  return isActive(row.status) && (kind === "client" || kind === "assistant") && !isAssistants(row);
}
