import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryStorage } from "../../web/tests/surroundings.ts";
import { Shelf } from "../src/keeping.ts";

test("a shelf sees its own items only and leaves the site's alone", () => {
  const storage = new MemoryStorage();
  storage.setItem("theme", "dark");
  const [one, other] = [new Shelf("a ", () => storage), new Shelf("b ", () => storage)];
  one.setItem("x", "1");
  other.setItem("x", "2");

  assert.deepEqual([one.getItem("x"), one.length, one.key(0), one.key(1)], ["1", 1, "x", null]);
  assert.equal(storage.getItem("a x"), "1");
  assert.equal(one.nameOf("a x"), "x");
  assert.equal(one.nameOf("b x"), undefined);
  one.clear();
  assert.deepEqual([one.length, other.getItem("x"), storage.getItem("theme")], [0, "2", "dark"]);
});

test("where the site refuses a storage the shelf is memory", () => {
  const shelf = new Shelf("a ", () => {
    throw new Error("SecurityError");
  });
  shelf.setItem("x", "1");
  assert.deepEqual([shelf.getItem("x"), shelf.length, shelf.key(0)], ["1", 1, "x"]);
  shelf.removeItem("x");
  assert.equal(shelf.getItem("x"), null);
});

test("what a full storage does not take is kept in memory, and the newest counts", () => {
  const storage = new MemoryStorage();
  const shelf = new Shelf("a ", () => storage);
  shelf.setItem("x", "old");
  const set = storage.setItem.bind(storage);
  storage.setItem = () => {
    throw new Error("QuotaExceededError");
  };
  shelf.setItem("x", "new");
  assert.equal(shelf.getItem("x"), "new");
  storage.setItem = set;
  shelf.setItem("x", "newer");
  assert.deepEqual([shelf.getItem("x"), storage.getItem("a x")], ["newer", "newer"]);
});
