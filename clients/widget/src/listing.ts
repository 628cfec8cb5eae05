// The page with all conversations of the visitor.

import type { Entry } from "../../web/src/live/outbox.ts";
import type { Row } from "../../web/src/live/wire.ts";
import { h, List, put, say } from "./dom.ts";
import { pictures } from "./icons.ts";
import { shortly, View, type Stage } from "./view.ts";

/** A conversation, and how much of it was not read. */
interface Listed {
  row: Row;
  unread: number;
}

export class ListView extends View {
  readonly element: HTMLElement;
  readonly #stage: Stage;

  constructor(stage: Stage) {
    super();
    this.#stage = stage;
    const { words, conversations } = stage;
    const rows = h("ul", { class: "rows" });
    const opening = h("ul", { class: "rows" });
    const empty = h("p", { class: "aside" });
    const list = new List<Listed>(
      rows,
      ({ row }) => row.id,
      (listed) => this.#row(listed),
    );
    this.element = h(
      "div",
      { class: "page list" },
      h("h2", {}, words.conversations),
      opening,
      rows,
      empty,
      h(
        "button",
        { class: "primary wide", onclick: () => stage.go({ at: "start" }) },
        pictures.pen(),
        words.another,
      ),
    );
    const show = () => {
      const known = conversations.rows.current;
      const unread = conversations.unread.current;
      list.show((known ?? []).map((row) => ({ row, unread: unread.get(row.id) ?? 0 })));
      say(empty, known?.length === 0 ? words.noConversation : "");
      put(empty, { hidden: known?.length !== 0 });
    };
    const under = new List<Entry>(
      opening,
      ({ command }) => command.command_id,
      (entry) => this.#opening(entry),
    );
    this.follow(stage.visit.outbox.entries, (entries) =>
      under.show(
        entries.filter(
          ({ command, status }) => command.type === "ticket.open" && status !== "done",
        ),
      ),
    );
    this.follow(conversations.rows, show);
    this.follow(conversations.unread, show);
  }

  head() {
    const { brand, words } = this.#stage;
    const { name, online } = brand.current;
    return { title: name, detail: online ? words.online : words.away, online };
  }

  /** A question that is not there yet, or was refused. */
  #opening({ command, status }: Entry): HTMLElement {
    const { words, visit, go } = this.#stage;
    const { title, body } = command as { title: string; body: string };
    const refused = status === "refused";
    const again = () => {
      visit.outbox.discard(command.command_id);
      visit.drafts.write("question", body);
      go({ at: "start" });
    };
    return h(
      "li",
      { class: "row" },
      h(
        "span",
        { class: "what" },
        h("bdi", { class: "cut" }, title),
        h("small", {}, refused ? words.notSent : words.sending),
      ),
      refused && h("button", { class: "plain", onclick: again }, words.again),
    );
  }

  #row({ row, unread }: Listed): HTMLElement {
    const { words, language, go } = this.#stage;
    return h(
      "li",
      {},
      h(
        "button",
        { class: unread > 0 ? "row new" : "row", onclick: () => go({ at: "room", id: row.id }) },
        h(
          "span",
          { class: "what" },
          h("bdi", { class: "cut" }, row.title),
          h("small", {}, `${words.status[row.status]} · ${shortly(row.at, language, words)}`),
        ),
        unread > 0 && h("span", { class: "count" }, String(unread)),
        pictures.go(),
      ),
    );
  }
}
