// The button in the corner and the panel that it opens: one page at a time, a head above it.

import { Value, type Watchable } from "../../web/src/live/value.ts";
import { accents } from "./colour.ts";
import { fill, h, put, say } from "./dom.ts";
import { pictures } from "./icons.ts";
import { ListView } from "./listing.ts";
import { RoomView } from "./room.ts";
import { StartView } from "./start.ts";
import type { Place, Stage, View } from "./view.ts";

const PATIENCE = 1_500; // A blip that heals by itself is not worth a word.
const PHONE = "(max-width: 520px), (max-height: 420px)";

export class Panel {
  readonly element: HTMLElement;
  readonly #stage: Stage;
  readonly #open = new Value(false);
  readonly #phone = matchMedia(PHONE);
  readonly #launcher: HTMLButtonElement;
  readonly #badge = h("span", { class: "badge", hidden: true });
  readonly #panel: HTMLElement;
  readonly #back: HTMLButtonElement;
  readonly #title = h("h1", { id: "title" });
  readonly #detail = h("p", {});
  readonly #mark = h("span", { class: "mark", "aria-hidden": "true" });
  readonly #bar = h("p", { class: "bar", role: "status" });
  readonly #body = h("div", { class: "body" });
  readonly #heard = h("div", { class: "hidden", role: "status" });
  #view: View | null = null;
  #place: Place = { at: "start" };
  #late: ReturnType<typeof setTimeout> | undefined;

  constructor(stage: Stage) {
    this.#stage = stage;
    const { words, language } = stage;
    this.#launcher = h(
      "button",
      { class: "launcher", "aria-haspopup": "dialog", onclick: () => this.toggle() },
      h("span", { class: "off" }, pictures.chat()),
      h("span", { class: "on" }, pictures.down()),
      this.#badge,
    );
    this.#back = h(
      "button",
      { class: "plain round", "aria-label": words.back, onclick: () => stage.go({ at: "list" }) },
      pictures.back(),
    );
    const close = h(
      "button",
      { class: "plain round", "aria-label": words.close, onclick: () => this.close() },
      pictures.close(),
    );
    this.#panel = h(
      "section",
      { class: "panel", id: "panel", role: "dialog", "aria-labelledby": "title", hidden: true },
      h(
        "header",
        {},
        this.#back,
        this.#mark,
        h("div", { class: "names" }, this.#title, this.#detail),
        close,
      ),
      this.#bar,
      this.#body,
    );
    this.element = h(
      "div",
      {
        class: "root",
        lang: language,
        role: "complementary",
        "aria-label": words.chatWith(stage.brand.current.name),
      },
      this.#panel,
      this.#launcher,
      this.#heard,
    );
    this.element.addEventListener("keydown", (event) => this.#pressed(event));
    stage.brand.subscribe(({ colour }) => this.#paint(colour));
    stage.brand.subscribe(() => this.#showHead());
    stage.visit.people.known.subscribe(() => this.#showHead());
    stage.conversations.unread.subscribe((unread) => this.#count(unread));
    stage.visit.connection.status.subscribe((status) => this.#connected(status));
    stage.visit.session.standing.subscribe(({ status }) => status === "expired" && this.#expired());
    window.visualViewport?.addEventListener("resize", () => this.#fit());
    this.#phone.addEventListener("change", () => this.#fit());
    this.#fit();
  }

  get isOpen(): Watchable<boolean> {
    return this.#open;
  }

  get place(): Place {
    return this.#place;
  }

  toggle(): void {
    if (this.#open.current) this.close();
    else this.open();
  }

  /** Opens where one was; the focus goes there where a person asked for it. */
  open(focus = true): void {
    if (this.#open.current) return;
    put(this.#panel, { hidden: false });
    this.#open.set(true);
    this.#label();
    this.show(this.#place);
    if (focus) this.#view?.focus();
  }

  close(): void {
    if (!this.#open.current) return;
    const inside = this.#panel.contains(this.#focused);
    put(this.#panel, { hidden: true });
    this.#open.set(false);
    this.#label();
    this.#leave();
    if (inside || this.#phone.matches) this.#launcher.focus();
  }

  /** Goes to a page; while closed it is there when the panel opens. */
  show(place: Place): void {
    this.#place = place;
    if (!this.#open.current) return;
    const inside = this.#panel.contains(this.#focused);
    this.#leave();
    this.#view = this.#make(place);
    fill(this.#body, this.#view.element);
    put(this.#back, { hidden: place.at === "list" || !this.#stage.visit.session.user });
    this.#showHead();
    if (inside) this.#view.focus();
  }

  /** Says a new message to who cannot see it. */
  announce(text: string): void {
    say(this.#heard, text);
  }

  get #focused(): Element | null {
    return (this.element.getRootNode() as ShadowRoot).activeElement;
  }

  #leave(): void {
    this.#view?.close();
    this.#view = null;
    fill(this.#body);
  }

  #make(place: Place): View {
    if (place.at === "room") return new RoomView(this.#stage, place.id);
    return place.at === "list" ? new ListView(this.#stage) : new StartView(this.#stage);
  }

  #showHead(): void {
    if (!this.#view) return;
    const { title, detail, online } = this.#view.head();
    say(this.#title, title);
    say(this.#detail, detail);
    say(this.#mark, title.trim().charAt(0).toUpperCase());
    put(this.#mark, { class: online ? "mark online" : "mark" });
  }

  #paint(colour: string): void {
    for (const [scheme, accent] of Object.entries(accents(colour))) {
      for (const [name, value] of Object.entries(accent)) {
        this.element.style.setProperty(`--${name}-${scheme}`, value);
      }
    }
  }

  #count(unread: ReadonlyMap<string, number>): void {
    const number = [...unread.values()].reduce((sum, each) => sum + each, 0);
    say(this.#badge, number > 99 ? "99+" : String(number));
    put(this.#badge, { hidden: number === 0 });
    this.#label();
  }

  #label(): void {
    const { words } = this.#stage;
    const open = this.#open.current;
    const unread = this.#badge.hidden ? 0 : Number.parseInt(this.#badge.textContent ?? "", 10);
    put(this.#launcher, {
      "aria-expanded": String(open),
      "aria-label": open ? words.close : words.open(unread),
    });
  }

  #connected(status: string): void {
    clearTimeout(this.#late);
    const { words } = this.#stage;
    if (status === "online" || status === "off") return say(this.#bar, "");
    if (status === "outdated") return say(this.#bar, words.outdated);
    const text = status === "connecting" ? words.connecting : words.offline;
    this.#late = setTimeout(() => say(this.#bar, text), this.#bar.textContent ? 0 : PATIENCE);
  }

  /** The visit is over here: a new one begins with what was written and never sent. */
  #expired(): void {
    const { visit, words, conversations } = this.#stage;
    const { drafts } = visit;
    const ids = (conversations.rows.current ?? []).map(({ id }) => id);
    const place = this.#place;
    if (place.at === "room") ids.push(place.id);
    const written = [...new Set(ids)].map((id) => {
      const text = drafts.read(id);
      drafts.write(id, "");
      return text;
    });
    const unsent = visit.salvage();
    const question = [drafts.read("question"), unsent, ...written].filter(Boolean).join("\n\n");
    drafts.write("question", question);
    this.show({ at: "start" });
    say(this.#bar, words.expired);
  }

  /** On a phone the panel is the whole screen, above its keyboard; only there focus stays in. */
  #fit(): void {
    const full = this.#phone.matches;
    put(this.element, { "data-full": full });
    put(this.#panel, { "aria-modal": full ? "true" : null });
    const height = window.visualViewport?.height;
    if (full && height) this.element.style.setProperty("--screen", `${height}px`);
    else this.element.style.removeProperty("--screen");
  }

  #pressed(event: KeyboardEvent): void {
    event.stopPropagation(); // The site's own keys are not meant.
    if (event.key === "Escape") return this.close();
    if (event.key !== "Tab" || !this.#phone.matches || !this.#open.current) return;
    const stops = [
      ...this.#panel.querySelectorAll<HTMLElement>(
        "button:not([disabled]), input, textarea, a, summary, [tabindex='0']",
      ),
    ].filter((each) => each.offsetParent !== null);
    const [first, last] = [stops[0], stops.at(-1)];
    const focused = this.#focused;
    if (event.shiftKey ? focused === first : focused === last) {
      event.preventDefault();
      (event.shiftKey ? last : first)?.focus();
    }
  }
}
