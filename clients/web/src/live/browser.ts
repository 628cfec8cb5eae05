// The browser as the live layer sees it.

import type { Surroundings } from "./session.ts";

/** Runs work alone among the tabs; where a page is not served securely, alone in this tab only.
 *
 * The server forgives a refresh token used twice within 30 s, which covers that case.
 */
async function exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (!("locks" in navigator)) return work();
  return navigator.locks.request(name, work) as Promise<T>;
}

/** What is around a page; a `tabKey` gives it a session apart from all others of its tab. */
export function browserSurroundings(tabKey: string | null = null): Surroundings {
  return {
    shared: localStorage,
    tab: sessionStorage,
    tabKey,
    fetch: window.fetch.bind(window),
    now: () => Date.now(),
    exclusively,
    onShared: (run) => window.addEventListener("storage", (event) => run(event.key)),
  };
}
