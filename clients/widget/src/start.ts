// The first page: who asks, and what; articles that may answer it come up while one types.

import { Refusal, Unanswered } from "../../web/src/live/refusal.ts";
import type { Id } from "../../web/src/live/wire.ts";
import { article } from "./article.ts";
import { fill, h, put, say } from "./dom.ts";
import { CONFIRMING } from "./confirming.ts";
import { View, type Stage } from "./view.ts";

interface Found {
  id: Id;
  title: string;
  summary: string;
}

const QUESTION = "question";
const SEARCH_AFTER = 350;
const WORTH_A_SEARCH = 4;
const TITLE_LENGTH = 80;
const LONGEST = 50_000;

export class StartView extends View {
  readonly element: HTMLElement;
  readonly #stage: Stage;
  readonly #name: HTMLInputElement;
  readonly #email: HTMLInputElement;
  readonly #question: HTMLTextAreaElement;
  readonly #suggestions = h("div", { class: "suggestions" });
  readonly #problem = h("p", { class: "problem", role: "alert" });
  readonly #send: HTMLButtonElement;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = "";

  constructor(stage: Stage) {
    super();
    this.#stage = stage;
    const { words, visit } = stage;
    const { drafts } = visit;
    const kept = (name: string) => ({
      name,
      value: drafts.read(name),
      oninput: ({ target }: InputEvent) => drafts.write(name, (target as HTMLInputElement).value),
    });
    this.#name = h("input", { ...kept("name"), autocomplete: "name", maxlength: 100 });
    this.#email = h("input", {
      ...kept("email"),
      autocomplete: "email",
      type: "email",
      maxlength: 254,
    });
    this.#question = h("textarea", {
      name: QUESTION,
      rows: 4,
      maxlength: LONGEST,
      oninput: () => this.#typed(),
      onkeydown: (event: KeyboardEvent) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void this.#submit();
      },
    });
    this.#question.value = drafts.read(QUESTION);
    this.#send = h("button", { class: "primary wide" }, words.start);
    const detail = h("p", {});
    const user = visit.session.user;
    const guest = !user?.email;
    this.element = h(
      "div",
      { class: "page start" },
      h("div", { class: "hero" }, h("h2", {}, words.hello), detail),
      h(
        "form",
        {
          novalidate: true,
          onsubmit: (event: Event) => (event.preventDefault(), void this.#submit()),
        },
        this.#problem,
        !user && field(this.#name, words.name),
        guest && field(this.#email, words.email, words.optional, words.emailWhy),
        field(this.#question, words.question),
        this.#suggestions,
        this.#send,
      ),
    );
    this.follow(stage.brand, ({ online }) =>
      say(detail, online ? words.answersNow : words.answersLater),
    );
    this.atEnd(() => clearTimeout(this.#timer));
    if (this.#question.value) this.#typed();
  }

  head() {
    const { brand, words } = this.#stage;
    const { name, online } = brand.current;
    return { title: name, detail: online ? words.online : words.away, online };
  }

  override focus(): void {
    const first = [this.#name, this.#question].find((each) => each.isConnected && !each.value);
    (first ?? this.#question).focus();
  }

  #typed(): void {
    const text = this.#question.value;
    this.#stage.visit.drafts.write(QUESTION, text);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#suggest(text.trim().slice(0, 300)), SEARCH_AFTER);
  }

  async #suggest(question: string): Promise<void> {
    if (question === this.#asked) return;
    this.#asked = question;
    let items: readonly Found[] = [];
    if (question.length >= WORTH_A_SEARCH) {
      const { visit, language } = this.#stage;
      const query = new URLSearchParams({ q: question, language, limit: "3" });
      try {
        ({ items } = await visit.read<{ items: Found[] }>(
          `/api/articles/search?${query.toString()}`,
        ));
      } catch {
        // Suggestions help, but nobody waits for them.
      }
      if (question !== this.#asked) return;
    }
    const { words } = this.#stage;
    fill(
      this.#suggestions,
      items.length > 0 && h("h3", {}, words.suggested),
      ...items.map(({ id, title, summary }) => article(this.#stage, id, title, summary)),
    );
  }

  async #submit(): Promise<void> {
    if (this.#send.disabled) return;
    const { words } = this.#stage;
    const body = this.#question.value.trim();
    const [name, email] = [this.#name.value.trim(), this.#email.value.trim()];
    const wrong = [
      invalid(this.#name, this.#name.isConnected && !name && words.needed),
      invalid(
        this.#email,
        this.#email.isConnected && !this.#email.validity.valid && words.noAddress,
      ),
      invalid(this.#question, !body && words.needed),
    ].find((each) => each);
    if (wrong) return wrong.focus();
    this.#busy(true);
    try {
      await this.#open(name, email, body);
    } catch (error) {
      this.#explain(error);
      this.#busy(false);
    }
  }

  async #open(name: string, email: string, body: string): Promise<void> {
    const { visit, brand, go } = this.#stage;
    await visit.welcome(name || undefined);
    const { id, settled } = visit.outbox.send({
      type: "ticket.open",
      title: titleOf(body),
      body,
      channel: "widget",
      inbox_id: brand.current.inbox_id,
    });
    visit.drafts.write(QUESTION, ""); // From here on the outbox keeps it.
    if (email) visit.tab.setItem(CONFIRMING, email);
    try {
      const { result } = await settled;
      const opened = (result as { ticket_id?: Id } | null)?.ticket_id;
      go(opened ? { at: "room", id: opened } : { at: "list" });
    } catch (error) {
      visit.outbox.discard(id);
      visit.drafts.write(QUESTION, body);
      throw error;
    }
  }

  #busy(busy: boolean): void {
    this.#send.disabled = busy;
    say(this.#send, busy ? this.#stage.words.sending : this.#stage.words.start);
    if (busy) say(this.#problem, "");
  }

  #explain(error: unknown): void {
    const { refused, unreachable } = this.#stage.words;
    if (error instanceof Refusal) say(this.#problem, refused[error.code] ?? error.message);
    else if (error instanceof Unanswered) say(this.#problem, unreachable);
    else throw error;
  }
}

/** What a ticket is called: the question's first line, cut at a word. */
export function titleOf(body: string): string {
  const line = body.trim().split("\n", 1)[0]?.replace(/\s+/g, " ").trim() ?? "";
  const letters = [...line]; // A pair of surrogates is one: cut apart, it is nothing.
  if (letters.length <= TITLE_LENGTH) return line;
  const cut = letters.slice(0, TITLE_LENGTH).join("");
  const space = cut.lastIndexOf(" ");
  return `${space > TITLE_LENGTH / 2 ? cut.slice(0, space) : cut}…`;
}

let fields = 0;
const hints = new WeakMap<HTMLElement, string>();

function field(control: HTMLElement, label: string, aside = "", why = ""): HTMLElement {
  const id = `field-${(fields += 1)}`;
  hints.set(control, why);
  put(control, { id, class: "control", "aria-describedby": `${id}-why` });
  control.addEventListener("input", () => invalid(control, false)); // It is being put right.
  return h(
    "div",
    { class: "field" },
    h("label", { for: id }, label, aside && h("small", {}, aside)),
    control,
    h("p", { id: `${id}-why`, class: "why" }, why),
  );
}

/** Marks a field with what is wrong, or with nothing; the field, where something is. */
function invalid(control: HTMLElement, problem: string | false): HTMLElement | null {
  put(control, { "aria-invalid": problem ? "true" : null });
  const why = control.nextElementSibling;
  why?.classList.toggle("wrong", !!problem);
  if (why) say(why, problem || hints.get(control) || "");
  return problem ? control : null;
}
