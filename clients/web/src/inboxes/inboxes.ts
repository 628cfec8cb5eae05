// Inboxes as admins look after them: brands, each with a team and the sites of its widget.

import type { Versioned } from "../live/documents.ts";
import type { Fallback, Id, TriageMode } from "../live/wire.ts";

/** What may be written of an inbox here; `sites` are origins. */
export interface Written {
  name: string;
  address: string | null;
  team_id: Id;
  colour: string;
  sites: readonly string[];
  /** Whether it speaks first in what clients open. */
  assistant: boolean;
  fallback: Fallback;
  /** What is done with guesses about what is new. */
  triage: TriageMode;
}

export interface Inbox extends Versioned, Written {}

/** What the server takes; some browsers take more for a host, such as a space. */
const SITE = /^https?:\/\/([a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(:\d{1,5})?$/;

/** The origin that a page's address stands for, as browsers name it; null where it is none. */
export function siteIn(text: string): string | null {
  const typed = text.trim();
  try {
    const { origin } = new URL(/^[a-z]+:\/\//i.test(typed) ? typed : `https://${typed}`);
    return SITE.test(origin) ? origin : null;
  } catch {
    return null;
  }
}

/** The sites that these lines stand for, each once; what is none stays as it was typed. */
export function sitesIn(lines: readonly string[]): string[] {
  const typed = lines.map((line) => line.trim()).filter((line) => line !== "");
  return [...new Set(typed.map((line) => siteIn(line) ?? line))];
}

/** What a site's pages need for the widget to be there. */
export function scriptTag(desk: string, inbox: Id): string {
  return `<script src="${desk}/widget.js" data-inbox="${inbox}" async></script>`;
}
