// Which page an address shows.

import { Value } from "./live/value.ts";

export interface Place {
  path: string;
  query: URLSearchParams;
}

function here(): Place {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

export const place = new Value<Place>(here());

/** Whose session this is, where `?tab=<key>` gives it one of its own; every address keeps it. */
export const tabKey = keyIn(place.current.query);

export function go(to: string, how: "push" | "replace" = "push"): void {
  const address = withKey(to);
  if (address === location.pathname + location.search) return;
  history[how === "push" ? "pushState" : "replaceState"](null, "", address);
  place.set(here());
}

function keyIn(query: URLSearchParams): string | null {
  return /^[\w-]{1,32}$/.exec(query.get("tab") ?? "")?.[0] ?? null;
}

function withKey(to: string): string {
  if (tabKey === null || /[?&]tab=/.test(to)) return to;
  return `${to}${to.includes("?") ? "&" : "?"}tab=${tabKey}`;
}

/** Parts of a path after a prefix: `match("/console/t/1", "/console")` is ["t", "1"]. */
export function match(path: string, prefix: string): string[] | null {
  if (path !== prefix && !path.startsWith(`${prefix}/`)) return null;
  return path.slice(prefix.length).split("/").filter(Boolean);
}

/** Follows links of this site without loading the page anew. */
export function followLinks(): void {
  window.addEventListener("popstate", () => place.set(here()));
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element).closest("a");
    if (!link || link.target || link.origin !== location.origin || link.download) return;
    if (link.pathname.startsWith("/api/")) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}
