// A text cut where the words of a search stand in it.

export interface Piece {
  text: string;
  hit: boolean;
}

/** `ranges` are [start, end) in characters as Python counts them, not in UTF-16 units. */
export function piecesOf(text: string, ranges: readonly (readonly [number, number])[]): Piece[] {
  const letters = Array.from(text);
  const pieces: Piece[] = [];
  let at = 0;
  for (const [start, end] of ranges) {
    if (start < at || end <= start) continue;
    pieces.push({ text: letters.slice(at, start).join(""), hit: false });
    pieces.push({ text: letters.slice(start, end).join(""), hit: true });
    at = end;
  }
  pieces.push({ text: letters.slice(at).join(""), hit: false });
  return pieces.filter((piece) => piece.text !== "");
}
