// What every page of the panel is: an element, and what it follows while it is shown.

import type { Stop, Watchable } from "../../web/src/live/value.ts";
import type { Conversations } from "./conversations.ts";
import type { Brand, Visit } from "./visit.ts";
import type { Language, Words } from "./words.ts";
import type { Id } from "../../web/src/live/wire.ts";

/** Where one is in the panel. */
export type Place = { at: "start" } | { at: "list" } | { at: "room"; id: Id };

/** What the pages share. */
export interface Stage {
  visit: Visit;
  conversations: Conversations;
  brand: Watchable<Brand>;
  language: Language;
  words: Words;
  /** Whether the panel is open, in a tab that is looked at. */
  inSight: Watchable<boolean>;
  go(place: Place): void;
}

export abstract class View {
  abstract readonly element: HTMLElement;
  readonly #stops: Stop[] = [];

  /** What stands in the panel's head. */
  abstract head(): { title: string; detail: string; online: boolean };

  /** Where writing begins. */
  focus(): void {
    this.element.querySelector<HTMLElement>("input, textarea, button, a")?.focus();
  }

  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  protected follow<T>(value: Watchable<T>, run: (value: T) => void): void {
    this.#stops.push(value.subscribe(run));
  }

  protected atEnd(stop: Stop): void {
    this.#stops.push(stop);
  }
}

const DAY = 86_400_000;

/** How the visitor writes dates, where they speak this language; "en-GB" is not "en". */
function localeOf(language: Language): string {
  return navigator.languages.find((each) => each.startsWith(language)) ?? language;
}

export function timeOf(at: number, language: Language): string {
  return new Intl.DateTimeFormat(localeOf(language), { timeStyle: "short" }).format(at);
}

export function dayOf(at: number, language: Language, words: Words): string {
  const day = new Date(at).toDateString();
  if (day === new Date().toDateString()) return words.today;
  if (day === new Date(Date.now() - DAY).toDateString()) return words.yesterday;
  return new Intl.DateTimeFormat(localeOf(language), { day: "numeric", month: "long" }).format(at);
}

/** A time of today, or else its day. */
export function shortly(at: number, language: Language, words: Words): string {
  const today = new Date(at).toDateString() === new Date().toDateString();
  return today ? timeOf(at, language) : dayOf(at, language, words);
}
