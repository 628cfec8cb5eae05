// A strip that asks for the eight digits which were mailed: with them answers come by mail, too.

import { Refusal } from "../../web/src/live/refusal.ts";
import { fill, h, put, say } from "./dom.ts";
import type { Stage } from "./view.ts";

/** Where the tab keeps the address that was given and is not confirmed. */
export const CONFIRMING = "confirming";
const CONFIRMED = "confirmed"; // What comes next may be another page: who is here changes.

export class Confirming {
  readonly element = h("div", { class: "strip", hidden: true });
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
    const email = stage.visit.tab.getItem(CONFIRMING);
    if (stage.visit.session.user?.email) this.#thank();
    else if (email) void this.#begin(email);
  }

  async #begin(email: string): Promise<void> {
    const { visit, words } = this.#stage;
    const asked = `${CONFIRMING}.asked`;
    try {
      if (visit.tab.getItem(asked) !== email) await visit.sendCode(email);
      visit.tab.setItem(asked, email);
      this.#ask(email);
    } catch {
      visit.tab.removeItem(CONFIRMING);
      this.#tell(words.noCode);
    }
  }

  #ask(email: string): void {
    const { words } = this.#stage;
    const problem = h("p", { class: "wrong", role: "alert" });
    const digits = h("input", {
      class: "control digits",
      inputmode: "numeric",
      autocomplete: "one-time-code",
      maxlength: 8,
      "aria-label": words.digits,
      placeholder: "······",
    });
    const confirm = h("button", { class: "primary" }, words.confirm);
    const submit = async (event: Event) => {
      event.preventDefault();
      confirm.disabled = true;
      say(problem, "");
      try {
        this.#stage.visit.tab.setItem(CONFIRMED, email);
        await this.#stage.visit.confirm(email, digits.value.trim());
        this.#stop();
        this.#thank();
      } catch (error) {
        this.#stage.visit.tab.removeItem(CONFIRMED);
        const refused = error instanceof Refusal;
        say(problem, refused ? (words.refused[error.code] ?? words.wrongCode) : words.unreachable);
        confirm.disabled = false;
      }
    };
    const later = () => {
      this.#stop();
      put(this.element, { hidden: true });
    };
    fill(
      this.element,
      h("p", {}, words.code(email)),
      h(
        "form",
        { onsubmit: submit },
        digits,
        confirm,
        h("button", { type: "button", class: "plain", onclick: later }, words.later),
      ),
      problem,
    );
    put(this.element, { hidden: false });
  }

  #stop(): void {
    this.#stage.visit.tab.removeItem(CONFIRMING);
  }

  #thank(): void {
    const { tab } = this.#stage.visit;
    const email = tab.getItem(CONFIRMED);
    if (!email) return;
    tab.removeItem(CONFIRMED);
    this.#tell(this.#stage.words.confirmed(email));
    this.element.parentElement?.querySelector("textarea")?.focus();
  }

  #tell(text: string): void {
    fill(this.element, h("p", { role: "status" }, text));
    put(this.element, { hidden: false });
  }
}
