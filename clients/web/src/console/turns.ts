// What staff do with a ticket, each said in a toast that can take it back.

import { act } from "../acts.ts";
import { directory, people } from "../desk.ts";
import { m } from "../language/language.ts";
import type { Id, Priority, Status, Ticket } from "../live/wire.ts";

export function take(ticket: Ticket, me: Id): void {
  act(ticket, { type: "ticket.assign", ticket_id: ticket.id, agent_id: me }, m.acts.taken);
}

/** Takes what nobody has: of two who do so at once, one does. */
export function takeFree(ticket: Ticket, me: Id): void {
  const command = {
    type: "ticket.assign",
    ticket_id: ticket.id,
    agent_id: me,
    if_free: true,
  } as const;
  act(ticket, command, m.acts.taken);
}

/** Null takes it from whoever has it. */
export function give(ticket: Ticket, agent_id: Id | null): void {
  const name = agent_id === null ? null : (people.known.current.get(agent_id)?.name ?? "…");
  const said = name === null ? m.acts.nobodys : m.acts.given(name);
  act(ticket, { type: "ticket.assign", ticket_id: ticket.id, agent_id }, said);
}

export function move(ticket: Ticket, team_id: Id): void {
  const name = directory.teams.current.find(({ id }) => id === team_id)?.name ?? "…";
  const command = { type: "ticket.assign", ticket_id: ticket.id, agent_id: null, team_id } as const;
  act(ticket, command, m.acts.moved(name));
}

export function setStatus(ticket: Ticket, status: Status): void {
  const said = m.acts.status(m.status[status]);
  act(ticket, { type: "ticket.set_status", ticket_id: ticket.id, status }, said);
}

export function setPriority(ticket: Ticket, priority: Priority): void {
  const said = m.acts.priority(m.priority[priority]);
  act(ticket, { type: "ticket.set_priority", ticket_id: ticket.id, priority }, said);
}
