// Which rows of a long list are in sight, by their heights; all lengths in pixels.

/** Where each row begins, and last where the whole ends. */
export function startsOf(heights: readonly number[]): Float64Array {
  const starts = new Float64Array(heights.length + 1);
  heights.forEach((height, at) => {
    starts[at + 1] = (starts[at] ?? 0) + height;
  });
  return starts;
}

/** The last row that begins at `place` or before it. */
export function rowAt(starts: Float64Array, place: number): number {
  let [low, high] = [0, Math.max(0, starts.length - 2)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? Infinity) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** How far most of the rows in sight moved, by where they were and are. */
export function driftOf(
  before: ReadonlyMap<string, number>,
  keys: readonly string[],
  starts: Float64Array,
): number {
  const moves: number[] = [];
  keys.forEach((key, at) => {
    const was = before.get(key);
    if (was !== undefined) moves.push((starts[at] ?? 0) - was);
  });
  moves.sort((one, other) => one - other);
  return moves[Math.floor(moves.length / 2)] ?? 0;
}
