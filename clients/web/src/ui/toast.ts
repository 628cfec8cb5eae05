// Short words on what was just done; where it can be, with the way back.

import { Value } from "../live/value.ts";

export interface Toast {
  id: number;
  text: string;
  tone: "plain" | "good" | "bad";
  /** Takes back what was done. */
  undo?: () => void;
  /** Called when it is dismissed by hand. */
  gone?: () => void;
}

const LASTS = 6_000; // Long enough to read it and to reach the button.

export const toasts = new Value<readonly Toast[]>([]);

let last = 0;
const timers = new Map<number, ReturnType<typeof setTimeout>>();

/** Says something for a while; a bad one stays until it is dismissed. Returns its id. */
export function toast(text: string, more: Partial<Omit<Toast, "id" | "text">> = {}): number {
  const id = ++last;
  toasts.update((all) => [...all, { id, text, tone: "plain", ...more }]);
  if (more.tone !== "bad") resume(id);
  return id;
}

export function dismiss(id: number): void {
  hold(id);
  toasts.update((all) => all.filter((each) => each.id !== id));
}

/** Stops a toast's clock, while somebody is at it. */
export function hold(id: number): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
}

/** Lets a toast's clock run anew. */
export function resume(id: number): void {
  hold(id);
  timers.set(
    id,
    setTimeout(() => dismiss(id), LASTS),
  );
}
