// What this browser calls itself where nobody is logged in, so that one reader has one word.

import { newId } from "../live/ids.ts";
import type { Id } from "../live/wire.ts";

const KEY = "deskwire.reader";
let own: Id | null = null;

export function reader(): Id {
  try {
    own ??= localStorage.getItem(KEY);
    own ??= newId();
    localStorage.setItem(KEY, own);
  } catch {
    own ??= newId(); // It lasts as long as the page.
  }
  return own;
}
