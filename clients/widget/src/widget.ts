// The widget at a site: found by its script tag, spoken to through `window.deskwire`.

import { Refusal } from "../../web/src/live/refusal.ts";
import { Value } from "../../web/src/live/value.ts";
import type { Message } from "../../web/src/live/wire.ts";
import { Conversations } from "./conversations.ts";
import { h } from "./dom.ts";
import { Panel } from "./panel.ts";
import { spoken } from "./markdown.ts";
import { Whereabouts } from "./whereabouts.ts";
import style from "./widget.css?inline";
import type { Place, Stage } from "./view.ts";
import { Visit, type Brand, type Identity } from "./visit.ts";
import { languageOf, wordsIn } from "./words.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const BRAND_AGAIN = 60_000;
const TRY_AGAIN = 4_000;
const LONGEST_WAIT = 120_000;
const SPOKEN_MOST = 200; // Characters of a message that are read out as it arrives.

/** What a script tag says. */
export interface Tag {
  /** The desk's origin. */
  desk: string;
  /** An inbox by its id or name; the desk's first where there is none. */
  inbox: string;
  language: string;
}

/** What a page may do: `deskwire("open")`, `deskwire("identify", {…})`, `deskwire("on", "unread", …)`. */
export interface Handle {
  open(): void;
  close(): void;
  identify(identity: Identity): Promise<void>;
  /** Ends the visit on this machine, as where the visitor logs out of the site. */
  forget(): Promise<void>;
  on(what: string, run: (value: number) => void): void;
}

/** Puts the widget into the page; resolves once the desk answered. */
export async function embed({ desk, inbox, language: wanted }: Tag): Promise<Handle> {
  const language = languageOf(wanted);
  const words = wordsIn(language);
  const visit = new Visit(desk, inbox);
  const asked = inbox && `?${UUID.test(inbox) ? "inbox" : "name"}=${encodeURIComponent(inbox)}`;
  const load = () => visit.ask<Brand>(`/api/widget/config${asked}`);
  const brand = new Value(await patiently(load, desk));
  visit.start();
  const inSight = new Value(false);
  const conversations = new Conversations(visit, (message) => announce(message));
  const stage: Stage = { visit, conversations, brand, language, words, inSight, go };
  const panel = new Panel(stage);
  const whereabouts = new Whereabouts(visit, conversations, panel);

  function go(place: Place) {
    whereabouts.go(place);
  }

  function announce({ author, body }: Message) {
    if (author.kind === "agent") brand.update((known) => ({ ...known, online: true }));
    const name = visit.people.known.current.get(author.id)?.name ?? words.agent;
    panel.announce(words.said(name, spoken(body).slice(0, SPOKEN_MOST)));
  }

  const look = () => inSight.set(panel.isOpen.current && document.visibilityState === "visible");
  document.addEventListener("visibilitychange", look);
  attach(panel.element);
  panel.isOpen.subscribe(look);
  refresh(panel, load, brand);
  return {
    open: () => panel.open(),
    close: () => panel.close(),
    async identify(identity) {
      await visit.identify(identity, brand.current.inbox_id);
      if (panel.place.at === "start") panel.show(panel.place); // Their name is known by now.
    },
    forget: () => visit.forget(),
    on(what, run) {
      if (what !== "unread") return;
      const sum = (counts: ReadonlyMap<string, number>) =>
        [...counts.values()].reduce((a, b) => a + b, 0);
      conversations.unread.subscribe((counts) => run(sum(counts)));
    },
  };
}

/** Puts the widget beside the page's body, out of reach of its styles. */
function attach(content: HTMLElement): void {
  const host = h("deskwire-widget" as "div");
  const shadow = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  shadow.adoptedStyleSheets = [sheet];
  shadow.append(content);
  document.documentElement.append(host);
}

/** Asks until there is an answer; raises Refusal where there shall be no widget. */
async function patiently(load: () => Promise<Brand>, desk: string): Promise<Brand> {
  for (let wait = TRY_AGAIN; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    try {
      return await load();
    } catch (error) {
      if (error instanceof Refusal && !error.retryable && error.code !== "rate_limited")
        throw error;
      if (wait === TRY_AGAIN) {
        console.warn(`Deskwire: no answer from ${desk}. Does its inbox name this site?`);
      }
      await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())));
    }
  }
}

/** Whether anybody is online is asked anew while the panel is open. */
function refresh(panel: Panel, load: () => Promise<Brand>, brand: Value<Brand>): void {
  let at = Date.now();
  const again = async () => {
    if (!panel.isOpen.current || Date.now() - at < BRAND_AGAIN / 2) return;
    at = Date.now();
    brand.set(await load().catch(() => brand.current));
  };
  panel.isOpen.subscribe(() => void again());
  setInterval(() => void again(), BRAND_AGAIN);
}
