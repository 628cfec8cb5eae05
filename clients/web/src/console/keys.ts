// What a key means in the inbox, unless somebody is writing, choosing or answering a question.

const KEYS = {
  j: "next",
  ArrowDown: "next",
  k: "before",
  ArrowUp: "before",
  w: "waiting",
  "/": "search",
  "?": "help",
  t: "take",
  r: "reply",
  n: "note",
  s: "status",
  p: "priority",
  a: "owner",
  m: "transfer",
  g: "pull",
} as const;

export type Key = (typeof KEYS)[keyof typeof KEYS];

/** The keys of the command bar, as this machine's keyboard has them. */
export const BAR_KEYS = navigator.platform.startsWith("Mac") ? "⌘ K" : "Ctrl K";

/** What something is called, with its key: shown to who points at it. */
export function withKey(name: string, key: string): string {
  return `${name} · ${key}`;
}

/** Whether a key belongs to what somebody writes, chooses or answers, or was taken already. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return true;
  const target = event.target instanceof Element ? event.target : null;
  const there = "input, textarea, select, [contenteditable], [role=dialog], [role=menu]";
  return !!target?.closest(there);
}

export function pressedIn(event: KeyboardEvent): Key | null {
  if (isTyping(event)) return null;
  const target = event.target instanceof Element ? event.target : null;
  // Arrows scroll what one reads; only from the list, or from nowhere, they go through the rows.
  const elsewhere = target !== null && target !== document.body && !target.closest(".rows");
  if (event.key.startsWith("Arrow") && elsewhere) return null;
  return event.key in KEYS ? KEYS[event.key as keyof typeof KEYS] : null;
}

/** The command bar opens from anywhere, also while one writes. */
export function opensBar(event: KeyboardEvent): boolean {
  const held = event.ctrlKey !== event.metaKey && !event.altKey && !event.shiftKey;
  return held && event.key.toLowerCase() === "k" && !event.defaultPrevented;
}
