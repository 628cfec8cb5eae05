// One conversation, live: what was said, who types, and what one writes oneself.

import { linesOf, toBeRated, type Line } from "../../web/src/live/conversation.ts";
import { isItsTurn } from "../../web/src/live/evolve_assistant.ts";
import { isSelf, type Self } from "../../web/src/live/me.ts";
import { Refusal } from "../../web/src/live/refusal.ts";
import type { Room } from "../../web/src/live/room.ts";
import { writtenIn } from "../../web/src/live/speech.ts";
import type { TicketView } from "../../web/src/live/views.ts";
import type { Draft, Id, Message } from "../../web/src/live/wire.ts";
import { Composer } from "./composer.ts";
import { Confirming } from "./confirming.ts";
import { fill, h, put, say } from "./dom.ts";
import { Lines } from "./lines.ts";
import { rendered } from "./rendering.ts";
import { View, type Stage } from "./view.ts";

const DWELL = 500; // So long it must be in sight to count as read.
const AT_END = 48;
const MINUTE = 60_000;

export class RoomView extends View {
  readonly element: HTMLElement;
  readonly #stage: Stage;
  readonly #id: Id;
  readonly #room: Room<TicketView>;
  readonly #scroll: HTMLElement;
  readonly #earlier: HTMLButtonElement;
  readonly #typing = h("div", { class: "typing", role: "status" });
  /** What the assistant is writing: not read out word by word, as its message is. */
  readonly #growing = h("div", { class: "line other growing", hidden: true });
  readonly #note = h("div", { class: "note", hidden: true });
  readonly #newest: HTMLButtonElement;
  readonly #lines: Lines;
  readonly #composer: Composer;
  #atEnd = true;
  #reading: ReturnType<typeof setTimeout> | undefined;

  constructor(stage: Stage, id: Id) {
    super();
    this.#stage = stage;
    this.#id = id;
    const { visit, words } = stage;
    this.#room = visit.rooms.enter<TicketView>(this.#name);
    this.atEnd(() => visit.rooms.exit(this.#name));
    this.#lines = new Lines(stage, {
      resend: (line) => this.#resend(line),
      take: (line) => this.#take(line),
      rate: (message_id, helpful) =>
        this.#tellDesk({ type: "assistant.rate", ticket_id: id, message_id, helpful }),
    });
    this.#earlier = h(
      "button",
      { class: "plain earlier", hidden: true, onclick: () => void this.#loadEarlier() },
      words.earlier,
    );
    this.#newest = h(
      "button",
      { class: "newest", hidden: true, onclick: () => this.#toEnd() },
      words.newest,
    );
    this.#scroll = h(
      "div",
      {
        class: "scroll",
        tabindex: 0,
        "aria-label": words.conversation,
        role: "region",
        onscroll: () => this.#scrolled(),
      },
      this.#earlier,
      this.#lines.element,
      this.#growing,
      this.#typing,
    );
    this.#composer = new Composer(stage, id, (body, files) => this.#post(body, files));
    this.atEnd(() => this.#composer.close());
    this.element = h(
      "div",
      { class: "page room" },
      this.#scroll,
      h("div", { class: "over" }, this.#newest),
      new Confirming(stage).element,
      this.#note,
      this.#composer.element,
    );
    const show = () => this.#show();
    this.follow(this.#room.state, show);
    this.follow(visit.outbox.entries, show);
    this.follow(stage.conversations.places, show);
    this.follow(visit.people.known, show);
    this.follow(visit.session.standing, show); // Contacts may become one while one looks.
    this.follow(visit.signals.typingIn(this.#name), () => this.#showTyping());
    this.follow(visit.speeches.in(this.#name), () => this.#showTyping());
    this.follow(stage.inSight, () => this.#read());
    this.atEnd(() => clearTimeout(this.#reading));
    const resized = new ResizeObserver(() => this.#atEnd && this.#toEnd());
    resized.observe(this.#scroll);
    this.atEnd(() => resized.disconnect());
  }

  head() {
    const { brand, words, visit } = this.#stage;
    const { name, online } = brand.current;
    const agent = visit.people.known.current.get(this.#view?.ticket.owner_id ?? "")?.name;
    const here = online ? words.online : words.away;
    return { title: agent ?? name, detail: agent ? name : here, online };
  }

  override focus(): void {
    this.#composer.area.focus();
  }

  get #name(): string {
    return `ticket:${this.#id}`;
  }

  get #view(): TicketView | null {
    return this.#room.state.current.view;
  }

  #show(): void {
    const { visit, words } = this.#stage;
    const state = this.#room.state.current;
    const closed = state.status === "closed";
    put(this.#composer.element, { hidden: closed });
    if (closed) this.#tell(words.gone);
    const me = visit.me;
    if (!state.view || !me) return;
    const { ticket, messages, hasEarlier, people } = state.view;
    visit.people.learn(unknown(people, visit.people.known.current));
    visit.people.need([
      ticket.owner_id,
      ...messages.map(({ author }) => (author.kind === "agent" ? author.id : null)),
    ]);
    put(this.#earlier, { hidden: !hasEarlier });
    const { entries } = visit.outbox;
    const lines = linesOf(state.view, entries.current, me, visit.uploads.known.current);
    this.#lines.show(lines, me, toBeRated(state.view));
    this.#showTyping();
    this.#showStatus(state.view, me);
    if (this.#atEnd) this.#toEnd();
    this.#read();
  }

  #showStatus({ ticket, messages }: TicketView, me: Self): void {
    const { words, go } = this.#stage;
    const its = isItsTurn(ticket.assistant);
    const next = ticket.follow_ups.at(-1);
    if (ticket.status === "closed" && next) {
      const there = () => go({ at: "room", id: next });
      this.#tell(words.followed, h("button", { class: "plain", onclick: there }, words.goThere));
    } else if (ticket.status === "closed") this.#tell(words.closed);
    else if (ticket.status === "resolved") this.#tell(words.solved, its && this.#askPerson());
    else if (its) this.#tell(words.turn, this.#askPerson());
    else {
      const alone = messages.every(
        (each) => each.author.kind === "assistant" || isSelf(each.author, me),
      );
      const over = ticket.assistant ? `${words.goesOn} ` : "";
      this.#tell(alone ? over + this.#waiting() : "");
    }
  }

  #askPerson(): HTMLElement {
    const ask = () => {
      button.disabled = true;
      this.#tellDesk({ type: "ticket.ask_person", ticket_id: this.#id });
    };
    const button = h("button", { class: "plain", onclick: ask }, this.#stage.words.askPerson);
    return button;
  }

  /** Says what nobody waits for: what is refused is as if it were not said. */
  #tellDesk(draft: Draft): void {
    const { outbox } = this.#stage.visit;
    const { id, settled } = outbox.send(draft);
    settled.catch(() => {
      outbox.discard(id);
      fill(this.#note);
      this.#show();
    });
  }

  /** That it arrived, or where it stands in the queue by now. */
  #waiting(): string {
    const { words, conversations } = this.#stage;
    const standing = conversations.places.current.get(this.#id);
    if (!standing) return words.arrived;
    const { place, wait } = standing;
    return words.place(place, wait === 0 ? null : Math.max(1, Math.round(wait / MINUTE)));
  }

  #tell(text: string, act?: HTMLElement | false): void {
    if (this.#note.firstChild?.textContent !== text) {
      fill(this.#note, text && h("span", {}, text), act);
    }
    put(this.#note, { hidden: text === "" });
  }

  #showTyping(): void {
    const { visit, words } = this.#stage;
    const ticket = this.#view?.ticket;
    const speech = visit.speeches.in(this.#name).current;
    const written = ticket ? writtenIn(ticket, speech) : null;
    const other = visit.signals.typingIn(this.#name).current.find(({ id }) => id !== visit.me?.id);
    if (other) visit.people.need([other.id]);
    const typing = other && words.typing(this.#lines.nameOf(other));
    const said = typing ?? (written === null ? "" : words.looking);
    say(this.#typing, said);
    put(this.#typing, { class: said ? "typing active" : "typing" });
    put(this.#growing, { hidden: !written });
    if (written) {
      const origin = speech?.level && ` · ${words.level(speech.level)}`;
      const who = h("div", { class: "who" }, h("bdi", {}, words.assistant), origin);
      fill(this.#growing, who, h("div", { class: "bubble" }, rendered(written)));
    }
    if (this.#atEnd) this.#toEnd();
  }

  #post(body: string, files: readonly Id[]): void {
    const { visit, go } = this.#stage;
    const attachments = files.length > 0 ? { attachments: files } : {};
    this.#atEnd = true;
    const reply = { type: "ticket.reply", ticket_id: this.#id, body, ...attachments } as const;
    const { settled } = visit.outbox.send(reply);
    settled
      .then(({ result }) => {
        // A reply to a closed conversation opens another that follows it.
        const id = (result as { ticket_id?: Id } | null)?.ticket_id;
        if (id && id !== this.#id && this.element.isConnected) go({ at: "room", id });
      })
      .catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error; // The line says why it was refused.
      });
  }

  #resend(line: Line): void {
    this.#stage.visit.outbox.discard(line.commandId ?? "");
    this.#post(
      line.body,
      line.attachments.map(({ id }) => id),
    );
  }

  #take(line: Line): void {
    this.#stage.visit.outbox.discard(line.commandId ?? "");
    this.#stage.visit.uploads.in(this.#id).put(line.attachments);
    this.#composer.put(line.body);
  }

  #scrolled(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroll;
    this.#atEnd = scrollHeight - scrollTop - clientHeight < AT_END;
    put(this.#newest, { hidden: this.#atEnd });
    this.#read();
  }

  #toEnd(): void {
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  /** What is at the end and in sight for a moment is read. */
  #read(): void {
    const { inSight, visit, conversations } = this.#stage;
    const seq = this.#view?.ticket.seq ?? 0;
    if (!inSight.current || !this.#atEnd || seq <= visit.marks.readUpTo(this.#id)) {
      clearTimeout(this.#reading);
      this.#reading = undefined;
      return;
    }
    this.#reading ??= setTimeout(() => {
      this.#reading = undefined;
      visit.marks.reach(this.#id, { read: seq });
      conversations.count();
      this.#read(); // What came meanwhile.
    }, DWELL);
  }

  async #loadEarlier(): Promise<void> {
    const before = this.#view?.messages[0]?.seq;
    if (before === undefined) return;
    this.#earlier.disabled = true;
    try {
      const page = await this.#stage.visit.api.get<{ items: Message[]; next: number | null }>(
        `/api/tickets/${this.#id}/messages?before=${before}`,
      );
      const height = this.#scroll.scrollHeight;
      this.#room.amend((view) => ({
        ...view,
        messages: [...page.items, ...view.messages.filter(({ seq }) => seq >= before)],
        hasEarlier: page.next !== null,
      }));
      this.#scroll.scrollTop += this.#scroll.scrollHeight - height;
    } catch {
      // It stays where it was, to be asked again.
    } finally {
      this.#earlier.disabled = false;
    }
  }
}

/** Those of the people who are not known yet: learning tells everybody who follows. */
function unknown<T>(people: Readonly<Record<Id, T>>, known: ReadonlyMap<Id, T>): Record<Id, T> {
  return Object.fromEntries(Object.entries(people).filter(([id]) => !known.has(id)));
}
