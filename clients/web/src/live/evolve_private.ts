// Folding a ticket's events into what only staff see: the rules of domain/ticket/evolve_private.py.

import { evolve } from "./evolve.ts";
import { evolveBriefing, isItsTurn } from "./evolve_assistant.ts";
import { evolveChosen, evolveTriage } from "./evolve_triage.ts";
import { isActive } from "./lifecycle.ts";
import type { Approval, Meta, Sla, StaffPart, Ticket, TicketEvent } from "./wire.ts";

const PASSED_KEPT = 50;

const EMPTY: StaffPart = {
  tags: [],
  fields: {},
  required_skills: [],
  skill_levels: {},
  reservation: null,
  queued_at: null,
  asked_at: null,
  offer: null,
  passed: [],
  why: null,
  snoozed_until: null,
  snoozed_seq: 0,
  sla: null,
  approval: null,
  briefing: null,
  triage: null,
  chosen: [],
};

type Of<T extends TicketEvent["type"]> = Extract<TicketEvent, { type: T }>;

/** The whole ticket after one event, as staff see it; clients have no private part of it. */
export function evolveWhole(ticket: Ticket, event: TicketEvent, meta: Meta): Ticket {
  const part = ticket.private && evolvePrivate(ticket, ticket.private, event, meta);
  return { ...evolve(ticket, event, meta), private: part };
}

/** The staff's part after an event of its ticket, which is given as it was before. */
function evolvePrivate(ticket: Ticket, part: StaffPart, event: TicketEvent, meta: Meta): StaffPart {
  if (event.type === "ticket.deleted") return EMPTY;
  const its = isItsTurn(ticket.assistant);
  const briefing = evolveBriefing(part.briefing, event, its, ticket.description_id);
  const triage = evolveTriage(part.triage, event, meta, ticket.description_id);
  const chosen = evolveChosen(part.chosen, event, meta);
  const asked_at = askedAt(ticket, part, event, meta);
  return { ...part, ...changed(ticket, part, event, meta), briefing, triage, chosen, asked_at };
}

function askedAt(ticket: Ticket, part: StaffPart, event: TicketEvent, meta: Meta): number | null {
  const before = part.asked_at;
  switch (event.type) {
    case "message.posted": {
      if (event.visibility !== "public") return before;
      // Whoever opens it, be it for a caller, asks.
      const asks = event.author.kind === "client" || ticket.public.messages === 0;
      return asks ? (before ?? meta.at) : null;
    }
    case "ticket.status_changed":
      return event.status === "open" || event.status === "in_progress" ? before : null;
    default:
      return before;
  }
}

function changed(
  ticket: Ticket,
  part: StaffPart,
  event: TicketEvent,
  meta: Meta,
): Partial<StaffPart> {
  switch (event.type) {
    case "ticket.opened":
      return { queued_at: meta.at };
    case "ticket.tags_changed":
      return { tags: event.tags };
    case "ticket.fields_changed":
      return { fields: event.fields };
    case "ticket.skills_changed":
      return { required_skills: event.required_skills, skill_levels: event.skill_levels ?? {} };
    case "ticket.assigned":
      return assigned(ticket, part, event, meta);
    case "ticket.status_changed": {
      if (isActive(event.status) === isActive(ticket.status)) return {};
      const active = isActive(event.status);
      return {
        reservation: active && ticket.owner_id !== null ? meta.command_id : null,
        queued_at:
          active && ticket.owner_id === null && !isItsTurn(ticket.assistant) ? meta.at : null,
      };
    }
    case "ticket.offered": {
      const { agent_id, until } = event;
      return { offer: { agent_id, until, reservation: meta.command_id, seq: meta.seq } };
    }
    case "ticket.offer_ended": {
      const passing = event.outcome === "declined" || event.outcome === "expired";
      const others = part.passed.filter((id) => id !== event.agent_id);
      const passed = passing ? [...others, event.agent_id].slice(-PASSED_KEPT) : part.passed;
      return { offer: null, passed };
    }
    case "ticket.routed":
      return { why: { at: meta.at, agent_id: event.agent_id, candidates: event.candidates } };
    case "ticket.snoozed":
      return { snoozed_until: event.until, snoozed_seq: meta.seq };
    case "assistant.handed_over":
      return ticket.owner_id === null && isActive(ticket.status) ? { queued_at: meta.at } : {};
    case "assistant.engaged":
      return { queued_at: null };
    case "ticket.sla_changed":
      return { sla: followed(event, meta) };
    case "ticket.sla_warned":
    case "ticket.sla_breached":
    case "ticket.sla_escalated":
      return { sla: part.sla && { ...part.sla, seq: meta.seq, clocks: event.clocks } };
    case "ticket.approval_asked":
      return { approval: asked(event, meta) };
    case "ticket.approval_decided":
    case "ticket.approval_reminded":
    case "ticket.approval_delegated":
      return { approval: part.approval && approval(part.approval, event, meta) };
    case "ticket.approval_changed":
      return { approval: part.approval && { ...part.approval, wake_at: null } };
    default:
      return {};
  }
}

function assigned(
  ticket: Ticket,
  part: StaffPart,
  event: Of<"ticket.assigned">,
  meta: Meta,
): Partial<StaffPart> {
  if (event.agent_id === ticket.owner_id) return {};
  const active = isActive(ticket.status);
  if (event.agent_id === null) {
    return { reservation: null, queued_at: active ? meta.at : null, passed: [] };
  }
  const kept = part.offer?.agent_id === event.agent_id ? part.offer.reservation : meta.command_id;
  return { reservation: active ? kept : null, queued_at: null, passed: [] };
}

function followed(event: Of<"ticket.sla_changed">, meta: Meta): Sla | null {
  const { policy_id, policy_version, calendar_id, clocks } = event;
  if (clocks.length === 0) return null;
  return { seq: meta.seq, policy_id, policy_version, calendar_id, clocks };
}

function asked(event: Of<"ticket.approval_asked">, meta: Meta): Approval {
  return {
    seq: meta.seq,
    levels: event.levels,
    level: 0,
    decisions: [],
    asked_at: meta.at,
    reminded: 0,
    deputies: {},
    wake_at: event.wake_at,
  };
}

function approval(
  before: Approval,
  event: Of<"ticket.approval_decided" | "ticket.approval_reminded" | "ticket.approval_delegated">,
  meta: Meta,
): Approval {
  const moved = { ...before, seq: meta.seq };
  switch (event.type) {
    case "ticket.approval_decided": {
      const { approver_id, for_id, level, approved, reason, next_level, wake_at } = event;
      const decision = { approver_id, for_id, level, approved, reason, at: meta.at };
      const decisions = [...before.decisions, decision];
      const fresh =
        next_level === before.level ? {} : { asked_at: meta.at, reminded: 0, deputies: {} };
      return { ...moved, decisions, level: next_level, wake_at, ...fresh };
    }
    case "ticket.approval_reminded":
      return { ...moved, reminded: before.reminded + 1, wake_at: event.wake_at };
    case "ticket.approval_delegated":
      return { ...moved, ...delegated(before, event) };
  }
}

/** Asked in the place of one who stood in for others, a deputy answers for those. */
function delegated(
  approval: Approval,
  { from_id: away, to_id: deputy }: Of<"ticket.approval_delegated">,
): Pick<Approval, "levels" | "deputies"> {
  const before = approval.levels[approval.level]?.approver_ids ?? [];
  const ids = before.map((id) => (id === away ? deputy : id));
  const levels = approval.levels.map((level, place) =>
    place === approval.level ? { ...level, approver_ids: [...new Set(ids)] } : level,
  );
  const deputies = { ...approval.deputies };
  const taken = Object.entries(deputies);
  if (before.includes(deputy) && !taken.some(([, who]) => who === deputy)) {
    deputies[deputy] = deputy;
  }
  const theirs = taken.filter(([, who]) => who === away);
  for (const [id] of theirs) deputies[id] = deputy;
  if (theirs.length === 0) deputies[away] = deputy;
  return { levels, deputies };
}
