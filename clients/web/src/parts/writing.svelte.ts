// What somebody writes in a ticket: a draft, a message that is edited, one that came back.

import { drafts, outbox, uploads } from "../desk.ts";
import type { Line } from "../live/conversation.ts";
import type { Basket } from "../live/uploads.ts";
import type { Id, Message, Visibility } from "../live/wire.ts";
import { mentionedIn, type Colleague } from "./mention.ts";

interface Around {
  /** Nobody of the staff may answer a client past what others said meanwhile. */
  staff: boolean;
  /** The last commit that is here. */
  head: () => number;
  /** What others said that one has not read. */
  unread: () => readonly Message[];
  colleagues: () => readonly Colleague[];
  /** There is something to go on writing. */
  onwrite: () => void;
  onpost: (visibility: Visibility, body: string) => void;
}

export class Writing {
  text: string;
  /** It stays what it is after a note: a second one must not go to the client by mistake. */
  visibility = $state<Visibility>("public");
  /** The message whose words are changed. */
  editing = $state<Id | null>(null);
  /** What has to be read before the answer goes out. */
  missed = $state.raw<readonly Message[]>([]);
  readonly basket: Basket;
  readonly #ticketId: Id;
  readonly #around: Around;

  /** Belongs to the component that makes it. */
  constructor(ticketId: Id, around: Around) {
    this.#ticketId = ticketId;
    this.#around = around;
    this.basket = uploads.in(ticketId);
    this.text = $state(drafts.read(ticketId));
    $effect(() => {
      if (this.editing === null) drafts.write(ticketId, this.text);
    });
  }

  submit(): void {
    if (this.editing !== null) return this.#submitEdit(this.editing);
    this.missed = this.#guards(this.visibility) ? this.#around.unread() : [];
    if (this.missed.length === 0) this.post();
  }

  post(): void {
    const body = this.text;
    this.#reply(body, this.visibility, this.basket.ids);
    this.basket.empty();
    this.text = "";
    this.missed = [];
    this.#around.onpost(this.visibility, body);
  }

  /** Puts a text, such as an article's, into what is being written. */
  insert(more: string): void {
    this.text = this.text.trim() === "" ? more : `${this.text.trimEnd()}\n\n${more}`;
    this.#around.onwrite();
  }

  /** Puts a text into a message of its own: one that is edited stays as it was sent. */
  add(text: string, visibility: Visibility): void {
    if (this.editing !== null) this.stopEditing();
    this.visibility = visibility;
    this.insert(text);
  }

  /** Writes it anew; the words of a message that is edited become one of its own. */
  replace(text: string): void {
    if (this.editing !== null) return this.add(text, this.visibility);
    this.text = text;
    this.#around.onwrite();
  }

  edit({ messageId, body, visibility }: Line): void {
    this.editing = messageId;
    this.text = body;
    this.visibility = visibility;
    this.#around.onwrite();
  }

  stopEditing(): void {
    this.editing = null;
    this.text = drafts.read(this.#ticketId);
    this.visibility = "public";
  }

  resend({ body, visibility, attachments }: Line): void {
    const files = attachments.map(({ id }) => id);
    this.#reply(body, visibility, files);
  }

  /** Takes a message that was refused for what is written next. */
  rewrite({ body, visibility, attachments }: Line): void {
    this.text = this.text.trim() === "" ? body : `${body}\n\n${this.text}`;
    this.visibility = visibility;
    this.basket.put(attachments);
    this.#around.onwrite();
  }

  #submitEdit(message_id: Id): void {
    const ticket_id = this.#ticketId;
    outbox.send({ type: "ticket.edit_message", ticket_id, message_id, body: this.text });
    this.stopEditing();
  }

  #reply(body: string, visibility: Visibility, attachments: readonly Id[]): void {
    const mentions = visibility === "private" ? mentionedIn(body, this.#around.colleagues()) : [];
    outbox.send({
      type: "ticket.reply",
      ticket_id: this.#ticketId,
      body,
      visibility,
      ...(attachments.length > 0 ? { attachments } : {}),
      ...(mentions.length > 0 ? { mentions } : {}),
      ...(this.#guards(visibility) ? { seen_seq: this.#around.head() } : {}),
    });
  }

  #guards(visibility: Visibility): boolean {
    return this.#around.staff && visibility === "public";
  }
}
