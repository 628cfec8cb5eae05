import assert from "node:assert/strict";
import { test } from "node:test";
import { sources } from "./sources.ts";

const TOKENS = sources("tokens.css")[0]?.text ?? "";
const NEEDED = 4.5; // WCAG 2.2 AA, for text of any size.
const GROUNDS = ["paper", "paper-sunk", "paper-raised", "paper-hover"];
const PAIRS = [
  ...GROUNDS.flatMap((ground) => [
    ["ink", ground],
    ["ink-soft", ground],
  ]),
  ...["paper", "paper-sunk", "paper-raised"].map((ground) => ["accent", ground]),
  ...["accent", "good", "warn", "bad", "busy"].flatMap((tone) => [
    [tone, `${tone}-soft`],
    [tone, "paper"],
    [tone, "paper-raised"],
  ]),
  ...["ink", "ink-soft"].map((ink) => [ink, "accent-soft"]),
  ["accent-ink", "accent"],
  ["accent-ink", "accent-strong"],
  ["paper", "bad"],
  ["note-ink", "note"],
  ["ink", "note"],
  ["ink-soft", "note"],
  ...Array.from({ length: 8 }, (_, at) => ["face-ink", `face-${at + 1}`]),
] as [string, string][];

/** The styles of a source; of a component, only what is in its `<style>`. */
function stylesOf(path: string, text: string): string {
  const css = path.endsWith(".css") ? text : (/<style>(.*)<\/style>/s.exec(text)?.[1] ?? "");
  return css.replaceAll(/\/\*.*?\*\//gs, "").replaceAll(/@media[^{]*/g, "");
}

function faultsIn(styles: string): string[] {
  const raw = /#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch|oklab)a?\(|\b\d*\.?\d+px\b/gi;
  const sided =
    /^\s*(?:(?:margin|padding|border)-(?:left|right)|left|right|text-align: (?:left|right))\b.*$/gm;
  return [...styles.matchAll(raw), ...styles.matchAll(sided)].map(([found]) => found.trim());
}

/** The colours of a token, light and dark. */
function colours(name: string): [string, string] {
  const found = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(TOKENS);
  assert.ok(found?.[1] && found[2], `--${name} is no pair of colours`);
  return [found[1], found[2]];
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [
    number,
    number,
  ];
  return (light + 0.05) / (dark + 0.05);
}

test("colours and lengths are tokens, and nothing knows left from right", () => {
  const faults = sources(".svelte", ".css")
    .filter(({ path }) => path !== "tokens.css")
    .flatMap(({ path, text }) =>
      faultsIn(stylesOf(path, text)).map((found) => `${path}: ${found}`),
    );
  assert.deepEqual(faults, []);
});

test("a colour, a length or a side of its own would be found", () => {
  const styles = "a { color: #fff; width: 12px; }\nb {\n  margin-left: 0;\n  left: 0;\n}";
  assert.deepEqual(faultsIn(styles), ["#fff", "12px", "margin-left: 0;", "left: 0;"]);
});

test("every token that is used exists, and every token is used", () => {
  const known = new Set([...TOKENS.matchAll(/^\s*--([\w-]+):/gm)].map(([, name]) => name ?? ""));
  const all = sources(".svelte", ".css").map(({ text }) => text);
  const own = new Set(
    all.flatMap((text) => [...text.matchAll(/--([\w-]+)[=:]/g)].map(([, n]) => n)),
  );
  const used = new Set(
    all.flatMap((text) => [...text.matchAll(/var\(--([\w-]+)/g)].map(([, name]) => name ?? "")),
  );
  const made = [...used].filter((name) => name.endsWith("-")); // `var(--face-{hue})`
  assert.deepEqual(
    [...used].filter((name) => !own.has(name) && !made.includes(name) && !name.startsWith("bits-")),
    [],
  );
  assert.deepEqual(
    [...known].filter((name) => !used.has(name) && !made.some((start) => name.startsWith(start))),
    [],
  );
});

for (const [scheme, at] of [
  ["light", 0],
  ["dark", 1],
] as const) {
  test(`what is written can be read: ${scheme}`, () => {
    const faint = PAIRS.map(([ink, ground]) => ({
      pair: `${ink} on ${ground}`,
      is: contrast(colours(ink)[at], colours(ground)[at]),
    })).filter(({ is }) => is < NEEDED);
    assert.deepEqual(faint, []);
  });
}
