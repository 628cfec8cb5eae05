import assert from "node:assert/strict";
import { test } from "node:test";
import { parse, parseInline, spoken } from "../src/markdown.ts";

test("bold, emphasis, code, struck words and links are parts of a line", () => {
  assert.deepEqual(parseInline("a **b** *c* _d_ `e*` ~~f~~ [g](https://g.example/)"), [
    "a ",
    { type: "strong", of: ["b"] },
    " ",
    { type: "em", of: ["c"] },
    " ",
    { type: "em", of: ["d"] },
    " ",
    { type: "code", of: ["e*"] },
    " ",
    { type: "del", of: ["f"] },
    " ",
    { type: "link", href: "https://g.example/", of: ["g"] },
  ]);
});

test("an address is a link without the mark that ends its sentence", () => {
  assert.deepEqual(parseInline("See https://a.example/b_c?d=1."), [
    "See ",
    { type: "link", href: "https://a.example/b_c?d=1", of: ["https://a.example/b_c?d=1"] },
    ".",
  ]);
});

test("what would run or is no address stays text", () => {
  for (const text of [
    "[x](javascript:alert(1))",
    "[x](data:text/html,y)",
    "[x](/relative)",
    "<img src=x onerror=alert(1)>",
    "snake_case_name 2*3*4 5 * 6",
  ]) {
    const parts = parseInline(text).flatMap((part) =>
      typeof part === "string" ? [] : [part.type],
    );
    assert.ok(!parts.includes("link"), text);
    assert.ok(!JSON.stringify(parseInline(text)).includes('"href"'), text);
  }
  assert.equal(parseInline("snake_case_name 5 * 6").join(""), "snake_case_name 5 * 6");
});

test("paragraphs, lists, quotes, titles and code are blocks", () => {
  const text = "one\ntwo\n\n- a\n- b\n3. c\n> q\n# t\n```js\nx  *y*\n```";
  assert.deepEqual(
    parse(text).map(({ type }) => type),
    ["p", "ul", "ol", "quote", "title", "code"],
  );
  const [paragraph, , numbered, , , code] = parse(text);
  assert.deepEqual(paragraph, { type: "p", lines: [["one"], ["two"]] });
  assert.deepEqual(numbered, { type: "ol", start: 3, lines: [["c"]] });
  assert.deepEqual(code, { type: "code", text: "x  *y*" });
});

test("code that is never closed goes to the end", () => {
  assert.deepEqual(parse("```\na\n\n<b>"), [{ type: "code", text: "a\n\n<b>" }]);
});

test("no text takes long to read", () => {
  const parts = [
    "[",
    "![",
    "**",
    "*",
    "_",
    "`",
    "~~",
    "> ",
    "- ",
    "\\",
    "https://",
    "[a](",
    "**a*",
  ];
  for (const part of parts) {
    for (const text of [part.repeat(50_000 / part.length), `${part} `.repeat(20_000)]) {
      const begun = performance.now();
      parse(text);
      assert.ok(performance.now() - begun < 1_000, `${part}: ${performance.now() - begun} ms`);
    }
  }
});

test("a message is spoken without its marks", () => {
  assert.equal(spoken("**Yes**: see [here](https://a.example/)\n\n- one"), "Yes: see here one");
});
