// What happened to a ticket on its way through a team, to be said after a name.

import { m } from "./language/language.ts";
import type { ChangeEvent, WorkEvent } from "./live/changes.ts";
import type { Id } from "./live/wire.ts";
import { exactly, list, percent, type NamesById } from "./words.ts";

/** What a person or the machine did. */
export function worked(event: WorkEvent, names: NamesById): string {
  const did = m.work.did;
  const name = (id: Id) => names.person(id) ?? m.people.anAgent;
  switch (event.type) {
    case "ticket.offered":
      return did.offered(name(event.agent_id));
    case "ticket.offer_ended":
      if (event.outcome === "declined") return did.offerDeclined;
      return event.outcome === "expired"
        ? did.offerExpired(name(event.agent_id))
        : did.offerWithdrawn(name(event.agent_id));
    case "ticket.requeued":
      return did.requeued(name(event.agent_id), m.work.requeuedFor[event.reason]);
    case "ticket.snoozed":
      return event.until === null ? did.woke : did.snoozed(exactly(event.until));
    case "ticket.supervised":
      return { observe: did.observed, barge: did.barged, take_over: did.tookOver }[event.kind];
    case "ticket.sla_warned":
      return did.warned(m.work.metric[event.metric], percent(event.percent / 100));
    case "ticket.sla_breached":
      return did.breached(m.work.metric[event.metric]);
    case "ticket.sla_escalated":
      return did.escalated(m.work.metric[event.metric], m.work.acts[event.act]);
    case "ticket.approval_asked":
      return did.approvalAsked(list((event.levels[0]?.approver_ids ?? []).map(name)));
    case "ticket.approval_decided":
      if (!event.approved) return did.refused(because(event.reason));
      return event.for_id === event.approver_id
        ? did.approved
        : did.approvedFor(name(event.for_id));
    case "ticket.approval_reminded":
      return did.reminded(list(event.approver_ids.map(name)));
    case "ticket.approval_delegated":
      return did.delegated(name(event.from_id), name(event.to_id));
    case "ticket.approval_changed":
      return {
        waiting: did.waiting,
        approved: did.allApproved,
        refused: did.notApproved(because(event.reason)),
        none: did.noApproval,
      }[event.approval ?? "none"];
  }
}

/** Everybody whom such an event names. */
export function namedIn(event: ChangeEvent): Id[] {
  switch (event.type) {
    case "ticket.assigned":
      return event.agent_id === null ? [] : [event.agent_id];
    case "ticket.offered":
    case "ticket.offer_ended":
    case "ticket.requeued":
      return [event.agent_id];
    case "ticket.approval_asked":
      return [...(event.levels[0]?.approver_ids ?? [])];
    case "ticket.approval_decided":
      return [event.for_id];
    case "ticket.approval_reminded":
      return [...event.approver_ids];
    case "ticket.approval_delegated":
      return [event.from_id, event.to_id];
    default:
      return [];
  }
}

function because(reason: string | null): string {
  return reason ? m.changes.because(reason) : "";
}
