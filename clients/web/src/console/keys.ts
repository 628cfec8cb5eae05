// What a key means in the inbox, unless somebody is writing, choosing or answering a question.

export type Key = "next" | "before" | "search" | "help";

const KEYS: Readonly<Record<string, Key>> = {
  j: "next",
  ArrowDown: "next",
  k: "before",
  ArrowUp: "before",
  "/": "search",
  "?": "help",
};

export function pressedIn(event: KeyboardEvent): Key | null {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return null;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("input, textarea, select, [contenteditable], [role=dialog], [role=menu]")) {
    return null;
  }
  // Arrows scroll what one reads; only from the list, or from nowhere, they go through the rows.
  const elsewhere = target !== null && target !== document.body && !target.closest(".rows");
  if (event.key.startsWith("Arrow") && elsewhere) return null;
  return KEYS[event.key] ?? null;
}
