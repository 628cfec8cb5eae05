// The brand's colour made readable: by the contrast that WCAG counts.

/** Red, green and blue, 0 to 255. */
export type Colour = readonly number[];

/** The panel's paper, and the bubble of others on it: words are read on both. */
const LIGHT = { paper: [255, 255, 255], bubble: [239, 236, 230] } as const;
const DARK = { paper: [25, 24, 22], bubble: [46, 43, 39] } as const;
const INK: Colour = [25, 23, 20];
const WHITE: Colour = [255, 255, 255];
const TEXT = 4.5;

/** A ground with the ink that can be read on it, and words that can be read on the paper. */
export type Accent = Readonly<Record<"ground" | "ink" | "words", string>>;

/** The colours of an accent on light paper and on dark; `#rrggbb`. */
export function accents(brand: string): { light: Accent; dark: Accent } {
  const colour = read(brand);
  return { light: accent(colour, LIGHT), dark: accent(colour, DARK) };
}

function accent(brand: Colour, { paper, bubble }: typeof LIGHT | typeof DARK): Accent {
  const words = readable(brand, bubble);
  // A launcher nobody sees is none: against the paper it needs three to one.
  const ground = contrast(brand, paper) >= 3 ? brand : words;
  const ink = contrast(ground, WHITE) >= TEXT ? WHITE : INK;
  return { ground: write(ground), ink: write(best(ground, ink)), words: write(words) };
}

function best(ground: Colour, first: Colour): Colour {
  if (contrast(ground, first) >= TEXT) return first;
  return contrast(ground, WHITE) > contrast(ground, [0, 0, 0]) ? WHITE : [0, 0, 0];
}

/** The colour, moved from the paper until it can be read there. */
function readable(colour: Colour, paper: Colour): Colour {
  const towards = luminance(paper) > 0.5 ? 0 : 255;
  for (let share = 0; share <= 1; share += 0.04) {
    const moved = colour.map((part) => Math.round(part + (towards - part) * share));
    if (contrast(moved, paper) >= TEXT) return moved;
  }
  return [towards, towards, towards];
}

export function contrast(one: Colour, other: Colour): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: Colour): number {
  const [r = 0, g = 0, b = 0] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function read(colour: string): Colour {
  const number = Number.parseInt(colour.slice(1), 16);
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
}

function write(colour: Colour): string {
  return `#${colour.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}
