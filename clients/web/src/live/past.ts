// What was in a ticket before one came: asked for page by page, put before what is there.

import type { Api } from "./api.ts";
import { missingChanges, withLog, type Missing } from "./changes.ts";
import type { TicketView } from "./views.ts";
import type { Envelope, Id, Message } from "./wire.ts";

interface Page<T> {
  items: T[];
  next: number | null;
}

/** What the past needs of a ticket's room. */
interface Present {
  amend(how: (view: TicketView) => TicketView): void;
}

export class Past {
  readonly #api: Pick<Api, "get">;
  readonly #room: Present;
  readonly #path: string;
  #asking = false;

  constructor(api: Pick<Api, "get">, room: Present, ticketId: Id) {
    this.#api = api;
    this.#room = room;
    this.#path = `/api/tickets/${ticketId}`;
  }

  /** Fetches the messages before those that are shown. */
  async loadMessages({ messages }: TicketView): Promise<void> {
    const before = messages[0]?.seq;
    if (before === undefined) return;
    const page = await this.#api.get<Page<Message>>(`${this.#path}/messages?before=${before}`);
    this.#room.amend((present) => ({
      ...present,
      messages: [...page.items, ...present.messages.filter((each) => each.seq >= before)],
      hasEarlier: page.next !== null,
    }));
  }

  /** Fetches the changes that belong between the messages here; where it fails, the next may. */
  async loadChanges(view: TicketView): Promise<void> {
    const missing = missingChanges(view);
    if (missing === null || this.#asking) return;
    this.#asking = true;
    try {
      const told = await this.#log(missing);
      this.#asking = false;
      this.#room.amend((present) => withLog(present, told, missing));
    } catch {
      this.#asking = false;
    }
  }

  async #log({ after, upTo }: Missing): Promise<Envelope[]> {
    const told: Envelope[] = [];
    let next: number | null = after;
    while (next !== null && next < upTo) {
      const page: Page<Envelope> = await this.#api.get(`${this.#path}/log?after=${next}`);
      told.push(...page.items);
      next = page.next;
    }
    return told;
  }
}
