// What is different between two texts, word by word.

import { diffLines, diffWordsWithSpace } from "diff";

export type Piece =
  { kind: "same" | "came" | "went"; text: string } | { kind: "folded"; lines: number };

const SLOW = 500; // Milliseconds; two texts with nothing in common are compared by lines.
const KEPT = 2; // Lines in sight around what changed.

export function differenceOf(before: string, after: string): Piece[] {
  const changes =
    diffWordsWithSpace(before, after, { timeout: SLOW }) ?? diffLines(before, after, {});
  return changes.flatMap(({ added, removed, value }, at) => {
    if (added) return [{ kind: "came", text: value } as const];
    if (removed) return [{ kind: "went", text: value } as const];
    return folded(value, at === 0, at === changes.length - 1);
  });
}

/** What stayed; its middle is only counted where it is long. */
function folded(text: string, first: boolean, last: boolean): Piece[] {
  const lines = text.split("\n");
  const head = first ? 0 : KEPT;
  const tail = last ? 0 : KEPT;
  const left = lines.length - head - tail;
  if (left <= KEPT) return [{ kind: "same", text }];
  return [
    { kind: "same", text: lines.slice(0, head).join("\n") },
    { kind: "folded", lines: left },
    { kind: "same", text: lines.slice(lines.length - tail).join("\n") },
  ];
}
