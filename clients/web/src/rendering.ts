// Markdown's code, fetched behind the first page that shows a text: most of it is a safe's walls.

import { Value, type Watchable } from "./live/value.ts";

type Code = typeof import("./markdown.ts");

const AGAIN_AFTER = 5_000;

/** Null while it is on its way; "away" where it could not be fetched: texts stay as written. */
const code = new Value<Code | "away" | null>(null);

export const rendering: Watchable<Code | "away" | null> = code;

async function fetchCode(): Promise<void> {
  try {
    code.set(await import("./markdown.ts"));
  } catch {
    code.set("away");
    setTimeout(() => void fetchCode(), AGAIN_AFTER);
  }
}

void fetchCode();
