import assert from "node:assert/strict";
import { test } from "node:test";
import { Marked } from "marked";
import { mentioning } from "../src/mentioning.ts";

const NOOR = { name: "Noor Haddad", self: false };
const SAM = { name: "Sam Rivera", self: true };

function shown(text: string, ...people: { name: string; self: boolean }[]): string {
  return new Marked(mentioning(people)).parseInline(text, { async: false });
}

test("who is mentioned is marked by the whole name or the first, and oneself is strong", () => {
  assert.equal(shown("ask @Noor Haddad now", NOOR), "ask <mark>@Noor Haddad</mark> now");
  assert.equal(shown("(@Noor's day)", NOOR), "(<mark>@Noor</mark>&#39;s day)");
  assert.equal(
    shown("@Noor, @Sam Rivera?", NOOR, SAM),
    "<mark>@Noor</mark>, <mark><strong>@Sam Rivera</strong></mark>?",
  );
});

test("a name that the message does not mention stays text", () => {
  assert.equal(shown("@Sam Rivera", NOOR), "@Sam Rivera");
  assert.equal(shown("Noor Haddad, @Noorah", NOOR), "Noor Haddad, @Noorah");
});

test("of two names that begin alike the longer one is marked", () => {
  const longer = { name: "Noor Haddad-Lee", self: true };
  const text = "<mark><strong>@Noor Haddad-Lee</strong></mark>";
  assert.equal(shown("@Noor Haddad-Lee", NOOR, longer), text);
});

test("a mention is one within other markup, and none in code", () => {
  assert.equal(shown("**see @Noor**", NOOR), "<strong>see <mark>@Noor</mark></strong>");
  assert.equal(shown("`@Noor`", NOOR), "<code>@Noor</code>");
});

test("whatever stands in a name is text", () => {
  const odd = { name: "<b> (A+) & Co.", self: false };
  assert.equal(shown("@<b> (A+) & Co.", odd), "<mark>@&lt;b&gt; (A+) &amp; Co.</mark>");
});
