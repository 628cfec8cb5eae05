// Mentioning a colleague in a note: an @, then their name.

import type { Id } from "../live/wire.ts";

export interface Colleague {
  id: Id;
  name: string;
}

/** What is being looked for, from where to where in the text, and who that may be. */
export interface Wanted {
  from: number;
  to: number;
  found: readonly Colleague[];
}

const MOST = 6;
const LONGEST = 40;

/** Who may be meant by what stands before the caret; null where nobody is. */
export function wantedAt(
  text: string,
  caret: number,
  colleagues: readonly Colleague[],
): Wanted | null {
  const before = text.slice(Math.max(0, caret - LONGEST), caret);
  const typed = /(?:^|[\s(])@([^\n@]*)$/u.exec(before)?.[1];
  if (typed === undefined) return null;
  const wanted = plain(typed);
  const found = colleagues.filter(({ name }) => {
    const known = plain(name);
    return known.startsWith(wanted) || known.includes(` ${wanted}`);
  });
  if (found.length === 0) return null;
  return { from: caret - typed.length - 1, to: caret, found: found.slice(0, MOST) };
}

/** The text with that name in place of what was typed, and where one goes on writing. */
export function completed(
  text: string,
  { from, to }: Wanted,
  { name }: Colleague,
): { text: string; caret: number } {
  const named = `@${name} `;
  const rest = text.slice(to).replace(/^ /, "");
  return { text: text.slice(0, from) + named + rest, caret: from + named.length };
}

/** The ids of whom a text names; a longer name is nobody else's. */
export function mentionedIn(text: string, colleagues: readonly Colleague[]): Id[] {
  const longest = [...colleagues].sort((one, other) => other.name.length - one.name.length);
  let rest = text;
  return longest.flatMap(({ id, name }) => {
    if (name === "" || !rest.includes(`@${name}`)) return [];
    rest = rest.replaceAll(`@${name}`, "");
    return [id];
  });
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}
