// A ticket before it is one: kept from the first letter on, and sent when it can be.

import { drafts, outbox, uploads } from "../desk.ts";
import { Refusal } from "../live/refusal.ts";
import type { Basket } from "../live/uploads.ts";
import type { Id, OpenTicket, Priority, TicketOpenedResult } from "../live/wire.ts";

const SOON = 1_500; // After that the list shows that it is still on its way.

export class Opening {
  title: string;
  body: string;
  priority: Priority;
  category: Id | "";
  busy = $state(false);
  error = $state<unknown>(null);
  /** Whether it goes on from what was written earlier. */
  readonly kept: boolean;
  readonly basket: Basket;
  readonly #refused: OpenTicket | null;

  /** Belongs to the component that makes it. `from` is the command of one that was refused. */
  constructor(from: string | null, about: string) {
    const again = outbox.entries.current.find(({ command }) => command.command_id === from);
    const refused = again?.command.type === "ticket.open" ? again.command : null;
    const [title, body] = [drafts.read("new.title"), drafts.read("new.body")];
    this.#refused = refused;
    this.kept = refused === null && (title !== "" || body !== "");
    this.title = $state(refused?.title ?? (title || about.slice(0, 200)));
    this.body = $state(refused?.body ?? body);
    this.priority = $state(refused?.priority ?? "medium");
    this.category = $state(refused?.category ?? "");
    this.basket = uploads.in("new");
    const files = uploads.known.current;
    this.basket.put((refused?.attachments ?? []).flatMap((id) => files.get(id) ?? []));
    $effect(() => drafts.write("new.title", this.title));
    $effect(() => drafts.write("new.body", this.body));
  }

  /** Answers where one goes on: to the ticket, or to the list while it is on its way. */
  async send(): Promise<string | null> {
    this.busy = true;
    this.error = null;
    if (this.#refused) outbox.discard(this.#refused.command_id);
    const { id, settled } = outbox.send({
      type: "ticket.open",
      title: this.title.trim(),
      body: this.body,
      priority: this.priority,
      ...(this.category === "" ? {} : { category: this.category }),
      ...(this.basket.ids.length > 0 ? { attachments: this.basket.ids } : {}),
    });
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), SOON));
    try {
      const answered = await Promise.race([settled, late]);
      drafts.write("new.title", "");
      drafts.write("new.body", "");
      this.basket.empty();
      const result = answered?.result as TicketOpenedResult | null | undefined;
      return result ? `/portal/t/${result.ticket_id}` : "/portal";
    } catch (problem) {
      if (problem instanceof Refusal) outbox.discard(id);
      this.error = problem;
      return null;
    } finally {
      this.busy = false;
    }
  }

  /** Puts away what was written; answers how to have it back. */
  putAway(): () => void {
    const { title, body } = this;
    this.title = this.body = "";
    return () => {
      drafts.write("new.title", title);
      drafts.write("new.body", body);
    };
  }

  startOver(): void {
    this.title = this.body = "";
    this.basket.empty();
  }
}
