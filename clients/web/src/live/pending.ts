// A ticket as it will be once the commands under way are carried out: shown before the answer.

import type { Entry } from "./outbox.ts";
import type { TicketView } from "./views.ts";
import type { Id, Message, Ticket, UpdateTicket } from "./wire.ts";

/** The commands to a ticket that are neither refused nor seen in its room. */
export function pendingFor(entries: readonly Entry[], ticketId: Id): readonly Entry[] {
  return entries.filter(
    ({ command, status }) =>
      status !== "refused" && "ticket_id" in command && command.ticket_id === ticketId,
  );
}

/** The view with the effect of each pending command; replies are lines of their own. */
export function withPending(view: TicketView, pending: readonly Entry[]): TicketView {
  return pending.reduce(foresee, view);
}

function foresee(view: TicketView, { command }: Entry): TicketView {
  const { ticket } = view;
  switch (command.type) {
    case "ticket.assign": {
      const team_id = command.team_id ?? ticket.team_id;
      return { ...view, ticket: { ...ticket, owner_id: command.agent_id, team_id } };
    }
    case "ticket.set_status":
      return { ...view, ticket: { ...ticket, status: command.status } };
    case "ticket.set_priority":
      return { ...view, ticket: { ...ticket, priority: command.priority } };
    case "ticket.update":
      return { ...view, ticket: updated(ticket, command) };
    case "ticket.edit_message": {
      const { message_id, body } = command;
      return { ...view, messages: changed(view.messages, message_id, { body }) };
    }
    case "ticket.redact_message": {
      const gone = { body: "", attachments: [], mentions: [], redacted_at: Date.now() };
      return { ...view, messages: changed(view.messages, command.message_id, gone) };
    }
    case "assistant.rate": {
      const { message_id, helpful } = command;
      return { ...view, messages: changed(view.messages, message_id, { helpful }) };
    }
    case "ticket.ask_person": {
      const over = { state: "handed_over", reason: "asked" } as const;
      const assistant = ticket.assistant && { ...ticket.assistant, ...over };
      return { ...view, ticket: { ...ticket, assistant } };
    }
    default:
      return view;
  }
}

function updated(ticket: Ticket, change: UpdateTicket): Ticket {
  return {
    ...ticket,
    title: change.title ?? ticket.title,
    status: change.status ?? ticket.status,
    priority: change.priority ?? ticket.priority,
    category: change.category === undefined ? ticket.category : change.category,
    due_at: change.due_at === undefined ? ticket.due_at : change.due_at,
    private: ticket.private && {
      ...ticket.private,
      tags: change.tags ?? ticket.private.tags,
      fields: change.fields ?? ticket.private.fields,
    },
  };
}

function changed(
  messages: readonly Message[],
  id: Id,
  change: Partial<Message>,
): readonly Message[] {
  return messages.map((message) => (message.id === id ? { ...message, ...change } : message));
}
