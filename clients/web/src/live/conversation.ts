// A ticket's messages as lines: those in the log, then one's own that are still on their way.

import { isItsTurn } from "./evolve_assistant.ts";
import { isSelf, type Self } from "./me.ts";
import type { Entry } from "./outbox.ts";
import type { TicketView } from "./views.ts";
import type {
  ActorRef,
  AssistantLevel,
  Attachment,
  Id,
  Marker,
  Message,
  Millis,
  Reply,
  Visibility,
  WireError,
} from "./wire.ts";

/** How far one's own message got; null for those of others. */
export type Delivery = "sending" | "sent" | "delivered" | "read" | "refused";

/** What is known of a line that the assistant said. */
export type Answer = Pick<Message, "sources" | "level" | "helpful">;

export interface Line {
  key: string;
  /** Null while it is not in the log. */
  messageId: string | null;
  seq: number | null;
  author: ActorRef;
  at: Millis;
  body: string;
  visibility: Visibility;
  mentions: readonly Id[];
  attachments: readonly Attachment[];
  /** Null for what people said. */
  answer: Answer | null;
  edited: boolean;
  redacted: boolean;
  delivery: Delivery | null;
  error: WireError | null;
  commandId: string | null;
}

type ReplyEntry = Entry & { command: Reply };

type Files = ReadonlyMap<Id, Attachment>;

/** The lines of a conversation, oldest first; one's own are by who one is today.
 *
 * `entries` is the whole outbox, `files` what was uploaded lately.
 */
export function linesOf(
  view: TicketView,
  entries: readonly Entry[],
  me: Self,
  files: Files = new Map(),
): Line[] {
  const { ticket, messages } = view;
  const inLog = new Set(messages.map((message) => message.id));
  const own = entries.filter(
    (entry): entry is ReplyEntry =>
      entry.command.type === "ticket.reply" &&
      entry.command.ticket_id === ticket.id &&
      !inLog.has(String(entry.result?.["message_id"])),
  );
  const markers = Object.values(view.markers);
  return [
    ...messages.map((message): Line => {
      const mine = isSelf(message.author, me);
      return {
        key: message.id,
        messageId: message.id,
        seq: message.seq,
        author: mine ? me : message.author,
        at: message.at,
        body: message.body,
        visibility: message.visibility,
        mentions: message.mentions,
        attachments: message.attachments,
        answer: message.author.kind === "assistant" ? answerOf(message) : null,
        edited: message.edited_at !== null,
        redacted: message.redacted_at !== null,
        delivery: mine ? deliveryOf(message.seq, message.visibility, markers, me) : null,
        error: null,
        commandId: null,
      };
    }),
    ...own.map((entry) => unsent(entry, me, files)),
  ];
}

function answerOf({ sources, level, helpful }: Message): Answer {
  return { sources, level, helpful };
}

function unsent({ command, at, status, error }: ReplyEntry, me: ActorRef, files: Files): Line {
  return {
    key: command.command_id,
    messageId: null,
    seq: null,
    author: me,
    at,
    body: command.body,
    visibility: command.visibility ?? "public",
    mentions: command.mentions ?? [],
    attachments: (command.attachments ?? []).map((id) => files.get(id) ?? nameless(id)),
    answer: null,
    edited: false,
    redacted: false,
    delivery: { waiting: "sending", done: "sent", refused: "refused" }[status] as Delivery,
    error,
    commandId: command.command_id,
  };
}

/** What the assistant is writing in answer to the client's message of this moment, as a line. */
export function growingLine(body: string, level: AssistantLevel | null, at: Millis): Line {
  return {
    key: "growing",
    messageId: null,
    seq: null,
    author: { kind: "assistant", id: "assistant" },
    at,
    body,
    visibility: "public",
    mentions: [],
    attachments: [],
    answer: { sources: [], level: body === "" ? null : level, helpful: null },
    edited: false,
    redacted: false,
    delivery: null,
    error: null,
    commandId: null,
  };
}

/** Which answer the client is asked about: the last, while it is still the assistant's turn.
 *
 * What only asks what was meant is no answer. */
export function toBeRated({ ticket, messages }: TicketView): Id | null {
  const last = messages.findLast(({ author }) => author.kind !== "system");
  if (last?.author.kind !== "assistant" || last.level === "question") return null;
  if (last.helpful !== null || last.redacted_at !== null) return null;
  return isItsTurn(ticket.assistant) && ticket.status !== "closed" ? last.id : null;
}

/** A file of which only the id is left here, as where the storage was full. */
function nameless(id: Id): Attachment {
  return { id, name: "", media_type: "", size: 0 };
}

/** How far a message got with the other side: staff for a client, clients for staff. */
function deliveryOf(
  seq: number,
  visibility: Visibility,
  markers: readonly Marker[],
  me: ActorRef,
): Delivery {
  if (visibility === "private") return "sent";
  const others = markers.filter(
    (marker) => marker.person !== me.id && (marker.kind === "client") !== (me.kind === "client"),
  );
  if (others.some((marker) => marker.read >= seq)) return "read";
  if (others.some((marker) => marker.delivered >= seq)) return "delivered";
  return "sent";
}

/** What others said after `seen`: what somebody answers without having read. */
export function missedSince(view: TicketView, seen: number, me: Self): TicketView["messages"] {
  return view.messages.filter(({ seq, author }) => seq > seen && !isSelf(author, me));
}
