// What takes a change of a ticket back: the command that leads to what it was before.

import type { Draft, Ticket, UpdateTicket } from "./wire.ts";

/** Null for what cannot be taken back, and for what changes nothing. */
export function undoOf(ticket: Ticket, draft: Draft): Draft | null {
  const ticket_id = ticket.id;
  switch (draft.type) {
    case "ticket.assign": {
      const { owner_id: agent_id, team_id } = ticket;
      const stays = !draft.team_id || draft.team_id === team_id;
      if (agent_id === draft.agent_id && stays) return null;
      return { type: "ticket.assign", ticket_id, agent_id, ...(team_id ? { team_id } : {}) };
    }
    case "ticket.set_status":
      if (draft.status === ticket.status) return null;
      return { type: "ticket.set_status", ticket_id, status: ticket.status };
    case "ticket.set_priority":
      if (draft.priority === ticket.priority) return null;
      return { type: "ticket.set_priority", ticket_id, priority: ticket.priority };
    case "ticket.update": {
      const before = beforeOf(ticket, draft as UpdateTicket);
      return before && { type: "ticket.update", ticket_id, ...before };
    }
    default:
      return null;
  }
}

type Change = Omit<UpdateTicket, "type" | "command_id" | "ticket_id">;

function beforeOf(ticket: Ticket, change: Change): Change | null {
  const { title, category, due_at } = ticket;
  const was: Change = { title, category, due_at, ...(ticket.private ?? {}) };
  const named = Object.keys(change).filter((key) => key in was) as (keyof Change)[];
  const before = Object.fromEntries(named.map((key) => [key, was[key]])) as Change;
  const changes = named.some((key) => JSON.stringify(change[key]) !== JSON.stringify(was[key]));
  return changes ? before : null;
}
