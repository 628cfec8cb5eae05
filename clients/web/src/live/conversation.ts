// A ticket's messages as lines: those in the log, then one's own that are still on their way.

import { isSelf, type Self } from "./me.ts";
import type { Entry } from "./outbox.ts";
import type { TicketView } from "./views.ts";
import type {
  ActorRef,
  Attachment,
  Id,
  Marker,
  Millis,
  Reply,
  Visibility,
  WireError,
} from "./wire.ts";

/** How far one's own message got; null for those of others. */
export type Delivery = "sending" | "sent" | "delivered" | "read" | "refused";

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
    edited: false,
    redacted: false,
    delivery: { waiting: "sending", done: "sent", refused: "refused" }[status] as Delivery,
    error,
    commandId: command.command_id,
  };
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
