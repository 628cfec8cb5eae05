import assert from "node:assert/strict";
import { test } from "node:test";
import { scriptTag, siteIn, sitesIn } from "../src/inboxes/inboxes.ts";

test("any address of a page stands for its site", () => {
  assert.equal(siteIn(" https://Shop.example/cart?a=1#b "), "https://shop.example");
  assert.equal(siteIn("shop.example"), "https://shop.example");
  assert.equal(siteIn("http://localhost:5173/"), "http://localhost:5173");
  assert.equal(siteIn("https://shop.example:443"), "https://shop.example");
});

test("what is no site of the web is none", () => {
  const none = [
    "",
    "ftp://shop.example",
    "a shop",
    "a%20shop",
    "a_b.example",
    "https://",
    "file:///etc",
  ];
  assert.deepEqual(none.filter(siteIn), []);
});

test("sites are named line by line, each once, and what is none stays to be mended", () => {
  const lines = ["https://a.example/x", "", " b.example ", "https://a.example", "a shop"];
  assert.deepEqual(sitesIn(lines), ["https://a.example", "https://b.example", "a shop"]);
});

test("the script tag names the desk and the inbox", () => {
  assert.equal(
    scriptTag("https://desk.example", "i-1"),
    '<script src="https://desk.example/widget.js" data-inbox="i-1" async></script>',
  );
});
