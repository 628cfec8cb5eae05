import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import vm from "node:vm";
import { deviceId, hindranceIn, hindranceOf, labelOf, toText } from "../src/push/device.ts";

const ABLE = { isSecureContext: true, worker: true, push: true, permission: "default" } as const;

test("a browser is told why it cannot be told anything", () => {
  assert.equal(hindranceOf(ABLE), null);
  assert.equal(hindranceOf({ ...ABLE, permission: "granted" }), null);
  assert.equal(hindranceOf({ ...ABLE, permission: "denied" }), "denied");
  assert.equal(hindranceOf({ ...ABLE, push: false }), "unsupported");
  assert.equal(hindranceOf({ ...ABLE, worker: false }), "unsupported");
  assert.equal(hindranceOf({ ...ABLE, permission: null }), "unsupported");
  assert.equal(hindranceOf({ ...ABLE, isSecureContext: false, push: false }), "insecure");
});

test("who says no and who delivers nothing are told apart", () => {
  assert.equal(hindranceIn(new DOMException("no", "NotAllowedError")), "denied");
  assert.equal(hindranceIn(new DOMException("no push service", "AbortError")), "noService");
  assert.equal(hindranceIn(new TypeError()), "noService");
});

test("a browser is called by its name and where it runs", () => {
  const chrome =
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36";
  assert.equal(labelOf(chrome), "Chrome · Android");
  assert.equal(labelOf(`${chrome} Edg/140.0`), "Edge · Android");
  assert.equal(
    labelOf("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Firefox/143.0"),
    "Firefox · Linux",
  );
  const safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1";
  assert.equal(labelOf(safari), "Safari · iOS");
  assert.equal(labelOf(""), "Browser");
});

test("the server and the browser call an endpoint by the same name", async () => {
  // As `device_id` of server/store/devices.py answers.
  assert.equal(await deviceId("https://push.example.test/abc"), "4727296f8716c5cbf5912de8fe74b182");
});

test("bytes are written as the web writes them", () => {
  assert.equal(toText(new Uint8Array([251, 255, 190, 0]).buffer), "-_--AA");
  assert.equal(toText(null), "");
});

interface Shown {
  title: string;
  options: { tag: string; body: string; data: { path?: string } };
}

/** The worker as a browser runs it, with these pages open. */
async function worker(open: string[]) {
  const listeners: Record<string, (event: object) => void> = {};
  const shown: Shown[] = [];
  const went: string[] = [];
  const self = {
    addEventListener: (type: string, listener: (event: object) => void) => {
      listeners[type] = listener;
    },
    registration: {
      showNotification: (title: string, options: Shown["options"]) =>
        shown.push({ title, options }),
    },
    location: { origin: "https://desk.test" },
    clients: {
      matchAll: () =>
        Promise.resolve(open.map((url) => ({ url, focus: () => went.push(`focus ${url}`) }))),
      openWindow: (url: string) => went.push(`open ${url}`),
    },
  };
  const code = await readFile(new URL("../public/sw.js", import.meta.url), "utf8");
  vm.runInNewContext(code, { self, URL });
  const happen = async (type: string, event: object) => {
    let done: unknown;
    listeners[type]?.({ ...event, waitUntil: (what: unknown) => (done = what) });
    await done;
  };
  return { happen, shown, went };
}

const words = { title: "#7", body: "It is offered to you.", tag: "t", path: "/console/t/1", at: 5 };

test("what is pushed is shown", async () => {
  const { happen, shown } = await worker([]);
  await happen("push", { data: { json: () => words } });
  assert.equal(shown[0]?.title, "#7");
  assert.equal(shown[0].options.body, "It is offered to you.");
  assert.equal(shown[0].options.tag, "t");
  await happen("push", { data: null });
  assert.equal(shown[1]?.title, "Deskwire");
});

test("a press goes to the ticket: where it is open already, or in a new window", async () => {
  const press = { notification: { close: () => undefined, data: { path: "/console/t/1" } } };
  const there = await worker(["https://desk.test/console", "https://desk.test/console/t/1"]);
  await there.happen("notificationclick", press);
  assert.deepEqual(there.went, ["focus https://desk.test/console/t/1"]);
  const elsewhere = await worker(["https://desk.test/console"]);
  await elsewhere.happen("notificationclick", press);
  assert.deepEqual(elsewhere.went, ["open https://desk.test/console/t/1"]);
});

test("a press goes nowhere but here", async () => {
  const { happen, went } = await worker([]);
  const press = { notification: { close: () => undefined, data: { path: "//evil.test/x" } } };
  await happen("notificationclick", press);
  assert.deepEqual(went, []);
});
