import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf } from "../src/live/conversation.ts";
import { Drafts } from "../src/live/drafts.ts";
import type { Entry } from "../src/live/outbox.ts";
import { Refusal, Unanswered } from "../src/live/refusal.ts";
import { FILES_MOST, Uploads, type Basket } from "../src/live/uploads.ts";
import type { TicketView } from "../src/live/views.ts";
import { fileProblem } from "../src/problems.ts";
import { MemoryStorage, settle } from "./surroundings.ts";

interface Sent {
  name: string;
  key: string;
  signal: AbortSignal;
  land(): void;
  fail(error: Error): void;
}

function start(storage = new MemoryStorage()) {
  const sent: Sent[] = [];
  const upload = <T>(file: File, key: string, signal: AbortSignal) => {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const { name, size } = file;
    const land = () => resolve({ id: `id-${name}`, name, size, media_type: "text/plain" } as T);
    sent.push({ name, key, signal, land, fail: reject });
    return promise;
  };
  const drafts = new Drafts(storage);
  drafts.own("ann");
  return { sent, storage, drafts, uploads: new Uploads({ upload }, drafts) };
}

function files(...names: string[]): File[] {
  return names.map((name) => new File(["abc"], name));
}

function shown(basket: Basket) {
  return basket.uploads.current.map(({ name, status }) => [name, status]);
}

test("a file goes up at once, and its id is there to be named", async () => {
  const { sent, uploads } = start();
  const basket = uploads.in("t");
  basket.add(files("a.txt"));
  assert.deepEqual(shown(basket), [["a.txt", "sending"]]);
  assert.deepEqual(basket.ids, []);
  sent[0]?.land();
  await settle();
  assert.deepEqual(shown(basket), [["a.txt", "there"]]);
  assert.deepEqual(basket.ids, ["id-a.txt"]);
});

test("a retry sends the same file under the same key", async () => {
  const { sent, uploads } = start();
  const basket = uploads.in("t");
  basket.add(files("a.txt"));
  sent[0]?.fail(new Unanswered());
  await settle();
  assert.deepEqual(shown(basket), [["a.txt", "failed"]]);
  basket.retry(sent[0]?.key ?? "");
  assert.equal(sent[1]?.key, sent[0]?.key);
  sent[1]?.land();
  await settle();
  assert.deepEqual(shown(basket), [["a.txt", "there"]]);
});

test("a removed file is stopped and does not come back when its answer does", async () => {
  const { sent, uploads } = start();
  const basket = uploads.in("t");
  basket.add(files("a.txt"));
  basket.remove(sent[0]?.key ?? "");
  assert.equal(sent[0]?.signal.aborted, true);
  sent[0]?.land();
  await settle();
  assert.deepEqual(shown(basket), []);
});

test("no more go up than one message may name", () => {
  const { sent, uploads } = start();
  const basket = uploads.in("t");
  basket.add(files(...Array.from({ length: FILES_MOST + 2 }, (_, at) => `${at}.txt`)));
  assert.equal(sent.length, FILES_MOST);
});

test("what was uploaded is in the draft after a reload, and gone with its message", async () => {
  const { sent, uploads, storage } = start();
  const basket = uploads.in("t");
  basket.add(files("a.txt", "b.txt"));
  sent[0]?.land();
  await settle();
  const reloaded = start(storage).uploads;
  assert.deepEqual(shown(reloaded.in("t")), [["a.txt", "there"]]);
  assert.deepEqual(shown(reloaded.in("other")), []);
  reloaded.in("t").empty();
  assert.deepEqual(shown(start(storage).uploads.in("t")), []);
});

test("files of a refused message come back once", async () => {
  const { sent, uploads } = start();
  const basket = uploads.in("t");
  basket.add(files("a.txt"));
  sent[0]?.land();
  await settle();
  const named = [...uploads.known.current.values()];
  basket.empty();
  basket.put(named);
  basket.put(named);
  assert.deepEqual(shown(basket), [["a.txt", "there"]]);
});

test("a message on its way shows its files, of which the outbox has only the ids", () => {
  const file = { id: "f", name: "a.txt", media_type: "text/plain", size: 3 };
  const view = { ticket: { id: "t" }, messages: [], markers: {} } as unknown as TicketView;
  const entry = {
    command: {
      type: "ticket.reply",
      ticket_id: "t",
      command_id: "c",
      body: "b",
      attachments: ["f"],
    },
    status: "waiting",
  } as unknown as Entry;
  const me = { kind: "client", id: "ann", identities: ["ann"] } as const;
  const [line] = linesOf(view, [entry], me, new Map([["f", file]]));
  assert.deepEqual(line?.attachments, [file]);
  assert.deepEqual(
    linesOf(view, [entry], me)[0]?.attachments.map(({ id }) => id),
    ["f"],
  );
});

test("a file that is too large is told how large one may be", () => {
  const fields = { limit: 25 * 1024 * 1024 };
  const refusal = new Refusal({ code: "too_large", message: "m", fields, retryable: false });
  assert.equal(fileProblem(refusal), "Larger than 25.0 MB.");
});
