// The messages of a conversation as elements.

import type { Line } from "../../web/src/live/conversation.ts";
import type { ActorRef, Attachment, Id } from "../../web/src/live/wire.ts";
import { article } from "./article.ts";
import { h, List } from "./dom.ts";
import { pictures } from "./icons.ts";
import { rendered } from "./rendering.ts";
import { dayOf, timeOf, type Stage } from "./view.ts";

const SAME_BREATH = 5 * 60_000;

/** What can be done with a message: one's own that was refused, or an answer. */
export interface Acts {
  resend: (line: Line) => void;
  take: (line: Line) => void;
  rate: (message: Id, helpful: boolean) => void;
}

/** A line with what those around it mean for how it looks. */
interface Shown {
  line: Line;
  day: string;
  name: string;
  own: boolean;
  goesOn: boolean;
  state: string;
  /** Whether it is asked if this helped. */
  asked: boolean;
}

export class Lines {
  readonly element = h("ol", { class: "lines" });
  readonly #stage: Stage;
  readonly #acts: Acts;
  readonly #list: List<Shown>;

  constructor(stage: Stage, acts: Acts) {
    this.#stage = stage;
    this.#acts = acts;
    this.#list = new List<Shown>(
      this.element,
      ({ line }) => line.key,
      (shown) => this.#line(shown),
    );
  }

  /** What to call somebody. */
  nameOf({ id, kind }: ActorRef): string {
    const { visit, words } = this.#stage;
    if (kind === "assistant") return words.assistant;
    return visit.people.known.current.get(id)?.name ?? words.agent;
  }

  /** `asked` is the message of which it is asked whether it helped. */
  show(lines: readonly Line[], me: ActorRef, asked: Id | null): void {
    const { language, words } = this.#stage;
    const lastOwn = lines.findLast(({ delivery }) => delivery)?.key;
    let before: Line | null = null;
    const shown = lines.map((line): Shown => {
      const day = dayOf(line.at, language, words);
      const newDay = !before || dayOf(before.at, language, words) !== day;
      const same = before?.author.id === line.author.id && line.at - before.at < SAME_BREATH;
      const told = line.key === lastOwn || line.delivery === "sending";
      const state = [
        line.edited && !line.redacted ? words.edited : "",
        line.answer?.helpful === true ? words.helped : "",
        line.answer?.helpful === false ? words.notHelped : "",
        line.delivery && told ? words.delivery[line.delivery] : "",
      ];
      before = line;
      return {
        line,
        day: newDay ? day : "",
        name: this.nameOf(line.author),
        own: line.author.id === me.id,
        goesOn: same && !newDay,
        state: state.filter(Boolean).join(" · "),
        asked: asked !== null && line.messageId === asked,
      };
    });
    this.#list.show(shown);
  }

  #line(shown: Shown): HTMLElement {
    const { line, day, name, own, goesOn, state, asked } = shown;
    const { words, language } = this.#stage;
    const kind = own ? "own" : "other";
    const refused = line.delivery === "refused";
    return h(
      "li",
      {
        class: `line ${kind}${goesOn ? " on" : ""}`,
        "data-key": line.key,
        "data-delivery": line.delivery,
      },
      day && h("p", { class: "day" }, day),
      h(
        "div",
        { class: "who" },
        h("bdi", { class: own ? "hidden" : null }, own ? words.you : name),
        " ",
        h("time", { datetime: new Date(line.at).toISOString() }, timeOf(line.at, language)),
        line.answer?.level && ` · ${words.level(line.answer.level)}`,
      ),
      h(
        "div",
        { class: "bubble" },
        line.redacted ? h("p", { class: "removed" }, words.removed) : rendered(line.body),
        ...line.attachments.map((file) => this.#file(file)),
      ),
      ...(line.answer?.sources ?? []).map(({ article_id, title, passage }) =>
        article(this.#stage, article_id, title, passage),
      ),
      asked && this.#question(line),
      refused && this.#refused(line),
      state && h("p", { class: "state" }, state),
    );
  }

  #question({ messageId }: Line): HTMLElement {
    const { words } = this.#stage;
    const button = (text: string, helpful: boolean) =>
      h(
        "button",
        {
          class: "plain",
          onclick: () => {
            element.remove();
            this.#acts.rate(messageId ?? "", helpful);
          },
        },
        text,
      );
    const element = h(
      "div",
      { class: "asked", role: "group", "aria-label": words.didHelp },
      words.didHelp,
      button(words.yes, true),
      button(words.no, false),
    );
    return element;
  }

  #refused(line: Line): HTMLElement {
    const { words } = this.#stage;
    const why = line.error ? (words.refused[line.error.code] ?? line.error.message) : "";
    return h(
      "p",
      { class: "refused", role: "alert" },
      h("span", {}, `${words.notSent} ${why}`),
      h("button", { class: "plain", onclick: () => this.#acts.resend(line) }, words.again),
      h("button", { class: "plain", onclick: () => this.#acts.take(line) }, words.edit),
    );
  }

  #file({ id, name }: Attachment): HTMLElement {
    const { words } = this.#stage;
    const load = async () => {
      const url = URL.createObjectURL(await this.#stage.visit.api.file(`/api/attachments/${id}`));
      h("a", { href: url, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    };
    return h(
      "button",
      {
        class: "attached",
        "aria-label": words.download(name),
        onclick: () => void load().catch(() => undefined),
      },
      pictures.clip(),
      h("bdi", { class: "cut" }, name),
    );
  }
}
