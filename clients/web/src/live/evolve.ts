// Folding a ticket's events into its header and messages: the rules of domain/ticket/evolve.py.

import { evolveAssistant } from "./evolve_assistant.ts";
import { isActive } from "./lifecycle.ts";
import type { ActorRef, Face, Message, Meta, Status, Ticket, TicketEvent } from "./wire.ts";

/** Who is told of an event: everybody, staff alone, or whom its message is for. */
const TOLD: Readonly<Record<TicketEvent["type"], "all" | "staff" | "by message">> = {
  "ticket.opened": "all",
  "message.posted": "by message",
  "message.edited": "by message",
  "message.redacted": "by message",
  "ticket.assigned": "all",
  "ticket.status_changed": "all",
  "ticket.priority_changed": "all",
  "ticket.renamed": "all",
  "ticket.category_changed": "all",
  "ticket.due_changed": "all",
  "ticket.tags_changed": "staff",
  "ticket.fields_changed": "staff",
  "ticket.skills_changed": "staff",
  "ticket.followed_up": "all",
  "ticket.deleted": "all",
  "ticket.offered": "staff",
  "ticket.offer_ended": "staff",
  "ticket.routed": "staff",
  "ticket.requeued": "staff",
  "ticket.snoozed": "staff",
  "ticket.supervised": "staff",
  "ticket.sla_changed": "staff",
  "ticket.sla_warned": "staff",
  "ticket.sla_breached": "staff",
  "ticket.sla_escalated": "staff",
  "ticket.approval_asked": "staff",
  "ticket.approval_decided": "staff",
  "ticket.approval_reminded": "staff",
  "ticket.approval_delegated": "staff",
  "ticket.approval_changed": "all",
  "assistant.engaged": "all",
  "assistant.handed_over": "all",
  "assistant.rated": "by message",
  "assistant.briefed": "staff",
  "ticket.triaged": "staff",
  "ticket.guess_judged": "staff",
};

/** Whether clients are never told of it. */
export function isStaffOnly(event: TicketEvent): boolean {
  return TOLD[event.type] === "staff";
}

/** Where a ticket stands after one event, but for how lists show it. */
export function evolveHeader(ticket: Ticket, event: TicketEvent, meta: Meta): Ticket {
  return {
    ...ticket,
    ...header(ticket, event, meta),
    seq: meta.seq,
    assistant: evolveAssistant(ticket.assistant, event, meta),
  };
}

/**
 * What clients see of a ticket after one event; one that only a newer release knows moves this
 * audience's head. What is private stays as it was: `evolve_private.ts` goes on with it.
 */
export function evolve(ticket: Ticket, event: TicketEvent, meta: Meta): Ticket {
  const { public: face, staff } = ticket;
  return {
    ...evolveHeader(ticket, event, meta),
    public: isPublic(event, staff !== null) ? evolveFace(face, event, meta) : face,
    staff: staff && evolveFace(staff, event, meta),
  };
}

/** The messages after one event. Those that are not here, such as older ones, stay away. */
export function evolveMessages(
  messages: readonly Message[],
  event: TicketEvent,
  meta: Meta,
  ticketId: string,
): readonly Message[] {
  switch (event.type) {
    case "message.posted": {
      if (messages.some((message) => message.id === event.message_id)) return messages;
      const posted: Message = {
        id: event.message_id,
        ticket_id: ticketId,
        seq: meta.seq,
        at: meta.at,
        author: event.author,
        visibility: event.visibility,
        body: event.body,
        mentions: event.mentions,
        attachments: event.attachments,
        whisper: event.whisper,
        sources: event.sources,
        level: event.level,
        helpful: null,
        edited_at: null,
        redacted_at: null,
        edits: [],
      };
      return [...messages, posted];
    }
    case "message.edited":
      return change(messages, event.message_id, (message) => ({
        ...message,
        body: event.body,
        edited_at: meta.at,
        edits: [...message.edits, meta.seq],
      }));
    case "message.redacted":
      return change(messages, event.message_id, (message) => emptied(message, meta));
    case "assistant.rated":
      return change(messages, event.message_id, (message) => ({
        ...message,
        helpful: event.helpful,
      }));
    case "ticket.deleted":
      return messages.map((message) => emptied(message, meta));
    default:
      return messages;
  }
}

function isPublic(event: TicketEvent, seenByStaff: boolean): boolean {
  if ("visibility" in event) return event.visibility === "public";
  // Of what is not known here staff cannot tell whom else it is for; clients get their own only.
  return event.type in TOLD ? TOLD[event.type] === "all" : !seenByStaff;
}

function header(ticket: Ticket, event: TicketEvent, meta: Meta): Partial<Ticket> {
  switch (event.type) {
    case "ticket.opened":
      return {
        number: event.number,
        title: event.title,
        priority: event.priority,
        category: event.category,
        requester_id: event.requester_id,
        company_id: event.company_id,
        channel: event.channel,
        inbox_id: event.inbox_id,
        team_id: event.team_id,
        due_at: event.due_at,
        follow_up_of: event.follow_up_of,
        opened_at: meta.at,
        status_seq: meta.seq,
        status_at: meta.at,
      };
    case "message.posted":
      return ticket.description_id === null ? { description_id: event.message_id } : {};
    case "ticket.assigned":
      return { owner_id: event.agent_id, team_id: event.team_id };
    case "ticket.status_changed":
      return {
        status: event.status,
        status_seq: meta.seq,
        status_at: meta.at,
        resolved_at: resolvedAt(ticket, event.status, meta.at),
      };
    case "ticket.priority_changed":
      return { priority: event.priority };
    case "ticket.renamed":
      return { title: event.title };
    case "ticket.category_changed":
      return { category: event.category };
    case "ticket.due_changed":
      return { due_at: event.due_at };
    case "ticket.approval_changed":
      return { approval: event.approval };
    case "ticket.followed_up":
      return { follow_ups: [...ticket.follow_ups, event.follow_up_id] };
    case "ticket.deleted":
      return { deleted: true, title: "", due_at: null };
    default:
      return {};
  }
}

function resolvedAt(ticket: Ticket, status: Status, now: number): number | null {
  if (isActive(status)) return null;
  return isActive(ticket.status) ? now : ticket.resolved_at;
}

function evolveFace(face: Face, event: TicketEvent, meta: Meta): Face {
  const moved = { ...face, head: meta.seq, at: isNoChange(event) ? face.at : meta.at };
  if (event.type !== "message.posted") return moved;
  const others = face.said.filter((said) => !same(said.author, event.author));
  const said = [{ seq: meta.seq, author: event.author }, ...others.slice(0, 1)];
  return { ...moved, messages: face.messages + 1, said };
}

/** Whether it only says how promises stand, or what was guessed: in lists it is no change. */
function isNoChange({ type }: TicketEvent): boolean {
  return /^ticket\.(sla_|triaged)/.test(type);
}

function same(one: ActorRef, other: ActorRef): boolean {
  return one.kind === other.kind && one.id === other.id;
}

function change(
  messages: readonly Message[],
  id: string,
  how: (message: Message) => Message,
): readonly Message[] {
  return messages.map((message) => (message.id === id ? how(message) : message));
}

function emptied(message: Message, meta: Meta): Message {
  return {
    ...message,
    body: "",
    mentions: [],
    attachments: [],
    sources: [],
    redacted_at: message.redacted_at ?? meta.at,
  };
}
