// Whom a text mentions, seen in the text: an extension of marked.

import type { MarkedExtension, Token, Tokens } from "marked";

/** Somebody whom a text mentions; `self` is who reads it. */
export interface Mentioned {
  name: string;
  self: boolean;
}

/** Marks an @ with the name of one of these people, or with its first word; oneself more. */
export function mentioning(people: readonly Mentioned[]): MarkedExtension {
  const names = [...new Set(people.flatMap(namesOf))].sort(
    (one, other) => other.length - one.length,
  );
  const pattern = `@(${names.map(literal).join("|")})(?![\\p{L}\\p{N}_])`;
  const [anywhere, here] = [new RegExp(pattern, "u"), new RegExp(`^${pattern}`, "u")];

  function isSelf(name: string): boolean {
    return people.some((person) => person.self && namesOf(person).includes(name));
  }

  return {
    extensions: [
      {
        name: "mention",
        level: "inline",
        start: (source) => source.search(anywhere),
        tokenizer(source) {
          const [raw, name = ""] = here.exec(source) ?? [];
          if (raw === undefined) return undefined;
          const text: Token = { type: "text", raw, text: raw, escaped: false };
          const strong: Token = { type: "strong", raw, text: raw, tokens: [text] };
          return { type: "mention", raw, tokens: [isSelf(name) ? strong : text] };
        },
        renderer(token: Tokens.Generic) {
          return `<mark>${this.parser.parseInline(token.tokens ?? [])}</mark>`;
        },
      },
    ],
  };
}

function namesOf({ name }: Mentioned): string[] {
  return [name, name.split(" ", 1)[0] ?? name];
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
