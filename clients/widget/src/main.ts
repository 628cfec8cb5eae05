// What the script tag starts: reads its attributes, and answers the page from then on.

import { embed, type Handle } from "./widget.ts";
import type { Identity } from "./visit.ts";

type Call = [verb: string, ...rest: unknown[]];

/** What a page may have put there before: settings, or a queue of calls. */
type Before = { identify?: Identity; language?: string; open?: boolean; q?: ArrayLike<unknown>[] };

declare global {
  interface Window {
    deskwire?: unknown;
  }
}

function begin(script: HTMLScriptElement): void {
  const before = (window.deskwire ?? {}) as Before;
  const { inbox = "", language } = script.dataset;
  const started = embed({
    desk: new URL(script.src).origin,
    inbox,
    language: language ?? before.language ?? navigator.language,
  });
  const call = (...[verb, ...rest]: Call) =>
    started.then((handle) => {
      const act = handle[verb as keyof Handle] as ((...given: unknown[]) => unknown) | undefined;
      if (!act) throw new Error(`there is no “${verb}”`);
      return act(...rest);
    });
  const deskwire = (...given: Call) => {
    call(...given).catch((error: unknown) => console.warn("Deskwire:", error));
  };
  window.deskwire = deskwire;
  if (before.identify) deskwire("identify", before.identify);
  if (before.open) deskwire("open");
  for (const each of before.q ?? []) deskwire(...(Array.from(each) as Call));
  started.catch((error: unknown) => console.warn("Deskwire:", error));
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement && !document.querySelector("deskwire-widget"))
  begin(script);
