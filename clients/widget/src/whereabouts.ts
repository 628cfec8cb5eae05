// Where one is in the panel: kept through page loads, and right when it changes who is here.

import type { Conversations } from "./conversations.ts";
import type { Panel } from "./panel.ts";
import type { Place } from "./view.ts";
import type { Visit } from "./visit.ts";

const PLACE = "place";

export class Whereabouts {
  readonly #visit: Visit;
  readonly #conversations: Conversations;
  readonly #panel: Panel;
  #who: string | undefined;

  constructor(visit: Visit, conversations: Conversations, panel: Panel) {
    this.#visit = visit;
    this.#conversations = conversations;
    this.#panel = panel;
    this.#who = visit.session.user?.id;
    this.#begin();
    panel.isOpen.subscribe(() => this.#keep());
    visit.session.standing.subscribe(() => this.#changed());
  }

  go(place: Place): void {
    this.#panel.show(place);
    this.#keep();
  }

  /** Goes where this tab was, or to the one conversation there is. */
  #begin(): void {
    const kept = JSON.parse(this.#visit.tab.getItem(PLACE) ?? "{}") as Place & { open?: boolean };
    if (this.#who) this.#panel.show("at" in kept ? kept : { at: "list" });
    if (kept.open) this.#panel.open(false);
    if (this.#who && !("at" in kept)) this.#settle();
  }

  /** Somebody came, left, or turned out to be somebody else, here or in another tab. */
  #changed(): void {
    const [before, now] = [this.#who, this.#visit.session.user?.id];
    if (before === now) return;
    this.#who = now;
    const { place } = this.#panel;
    if (now === undefined) this.go({ at: "start" });
    else if (before !== undefined)
      this.#panel.show(place); // The rooms of before are no more.
    else if (place.at === "start" && !this.#visit.drafts.read("question")) this.#settle();
  }

  /** Goes to the one conversation there is, or the list of several, once there is any. */
  #settle(): void {
    const { place } = this.#panel;
    const stop = this.#conversations.rows.subscribe((rows) => {
      const stayed = this.#panel.place === place && (place.at !== "start" || this.#idle);
      if (stayed && !rows?.length) return;
      queueMicrotask(() => stop());
      const [only, ...others] = rows ?? [];
      if (!stayed || !only) return;
      this.go(others.length > 0 ? { at: "list" } : { at: "room", id: only.id });
    });
  }

  /** Whether one has not begun to ask anything yet. */
  get #idle(): boolean {
    return this.#panel.place.at === "start" && !this.#visit.drafts.read("question");
  }

  #keep(): void {
    const { isOpen, place } = this.#panel;
    this.#visit.tab.setItem(PLACE, JSON.stringify({ open: isOpen.current, ...place }));
  }
}
