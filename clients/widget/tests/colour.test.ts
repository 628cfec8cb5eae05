import assert from "node:assert/strict";
import { test } from "node:test";
import { accents, contrast, read } from "../src/colour.ts";

const BRANDS = [
  "#000000",
  "#ffffff",
  "#2f6f4f",
  "#3b5bdb",
  "#ffd400",
  "#ff0000",
  "#777777",
  "#00ff88",
];
const PAPERS = { light: ["#ffffff", "#efece6"], dark: ["#191816", "#2e2b27"] } as const;

for (const brand of BRANDS) {
  test(`${brand} can be read on and as words, light and dark`, () => {
    for (const [scheme, accent] of Object.entries(accents(brand))) {
      const papers = PAPERS[scheme as keyof typeof PAPERS];
      assert.ok(contrast(read(accent.ground), read(accent.ink)) >= 4.5, `${scheme} ink`);
      assert.ok(contrast(read(accent.ground), read(papers[0])) >= 3, `${scheme} ground`);
      for (const paper of papers) {
        assert.ok(contrast(read(accent.words), read(paper)) >= 4.5, `${scheme} words`);
      }
    }
  });
}

test("a colour that can be seen stays as the brand has it", () => {
  assert.equal(accents("#2f6f4f").light.ground, "#2f6f4f");
});
