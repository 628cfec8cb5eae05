// Files that go up while one still writes: kept by id with the draft, then named in one message.

import type { Api } from "./api.ts";
import type { Drafts } from "./drafts.ts";
import { newId } from "./ids.ts";
import { Value, type Watchable } from "./value.ts";
import type { Attachment, Id } from "./wire.ts";

export const FILES_MOST = 10;
const KNOWN = "uploads";
const KNOWN_MOST = 50; // The server lets so many wait for their message.

export interface Upload {
  /** Sent as the Idempotency-Key, so that a file sent twice is there once. */
  key: string;
  name: string;
  /** In bytes. */
  size: number;
  status: "sending" | "there" | "failed";
  attachment: Attachment | null;
  error: unknown;
}

/** Whatever is uploaded here, by the place where it is written. */
export class Uploads {
  readonly #api: Pick<Api, "upload">;
  readonly #drafts: Drafts;
  readonly #known = new Value<ReadonlyMap<Id, Attachment>>(new Map());
  readonly #baskets = new Map<string, Basket>();

  constructor(api: Pick<Api, "upload">, drafts: Drafts) {
    this.#api = api;
    this.#drafts = drafts;
  }

  /** The files uploaded lately: a command on its way has only their ids. */
  get known(): Watchable<ReadonlyMap<Id, Attachment>> {
    return this.#known;
  }

  /** The files of one draft, as they were left. */
  in(place: string): Basket {
    const basket = this.#baskets.get(place) ?? this.#start(place);
    this.#baskets.set(place, basket);
    return basket;
  }

  /** Forgets everything of the present user; their drafts stay. */
  clear(): void {
    for (const basket of this.#baskets.values()) basket.stop();
    this.#baskets.clear();
    this.#known.set(new Map());
  }

  #start(place: string): Basket {
    this.#remember([]);
    const name = `${place}.files`;
    const ids = this.#drafts.read(name).split(",");
    const kept = ids.flatMap((id) => this.#known.current.get(id) ?? []);
    return new Basket(this.#api, kept, (files) => {
      this.#remember(files);
      this.#drafts.write(name, files.map(({ id }) => id).join(","));
    });
  }

  #remember(files: readonly Attachment[]): void {
    const stored = JSON.parse(this.#drafts.read(KNOWN) || "[]") as Attachment[];
    const all = [...stored, ...this.#known.current.values(), ...files];
    const known = [...new Map(all.map((file) => [file.id, file]))].slice(-KNOWN_MOST);
    this.#known.set(new Map(known));
    if (files.length > 0) {
      this.#drafts.write(KNOWN, JSON.stringify(known.map(([, file]) => file)));
    }
  }
}

/** The files of one message that is being written. */
export class Basket {
  readonly #api: Pick<Api, "upload">;
  readonly #keep: (there: readonly Attachment[]) => void;
  readonly #uploads: Value<readonly Upload[]>;
  readonly #sources = new Map<string, { file: File; stop: AbortController }>();

  constructor(
    api: Pick<Api, "upload">,
    kept: readonly Attachment[],
    keep: (there: readonly Attachment[]) => void,
  ) {
    this.#api = api;
    this.#keep = keep;
    this.#uploads = new Value<readonly Upload[]>(kept.map(there));
  }

  get uploads(): Watchable<readonly Upload[]> {
    return this.#uploads;
  }

  /** What a message names: the ids of all that are there. */
  get ids(): Id[] {
    return this.#there.map(({ id }) => id);
  }

  /** Begins to upload as many as still go into one message. */
  add(files: Iterable<File>): void {
    const room = FILES_MOST - this.#uploads.current.length;
    for (const file of [...files].slice(0, room)) {
      const { name, size } = file;
      const key = newId();
      this.#sources.set(key, { file, stop: new AbortController() });
      const upload: Upload = { key, name, size, status: "sending", attachment: null, error: null };
      this.#uploads.update((uploads) => [...uploads, upload]);
      void this.#send(key);
    }
  }

  /** Takes files back that were named in a message which was refused. */
  put(files: readonly Attachment[]): void {
    const ids = new Set(this.ids);
    const back = files.filter(({ id }) => !ids.has(id)).map(there);
    this.#set([...this.#uploads.current, ...back]);
  }

  retry(key: string): void {
    this.#change(key, { status: "sending", error: null });
    void this.#send(key);
  }

  remove(key: string): void {
    this.#forget(key);
    this.#set(this.#uploads.current.filter((upload) => upload.key !== key));
  }

  /** Empties it, as after its message was sent. */
  empty(): void {
    this.stop();
    this.#set([]);
  }

  /** Ends what is on its way. */
  stop(): void {
    for (const key of [...this.#sources.keys()]) this.#forget(key);
  }

  get #there(): Attachment[] {
    return this.#uploads.current.flatMap(({ attachment }) => attachment ?? []);
  }

  async #send(key: string): Promise<void> {
    const source = this.#sources.get(key);
    if (!source) return;
    try {
      const { file, stop } = source;
      const attachment = await this.#api.upload<Attachment>(file, key, stop.signal);
      this.#change(key, { ...there(attachment), key });
    } catch (error) {
      this.#change(key, { status: "failed", error });
    }
  }

  /** Changes an upload that was not removed meanwhile. */
  #change(key: string, change: Partial<Upload>): void {
    if (!this.#sources.has(key)) return;
    if (change.status === "there") this.#sources.delete(key);
    this.#set(
      this.#uploads.current.map((each) => (each.key === key ? { ...each, ...change } : each)),
    );
  }

  #forget(key: string): void {
    this.#sources.get(key)?.stop.abort();
    this.#sources.delete(key);
  }

  #set(uploads: readonly Upload[]): void {
    this.#uploads.set(uploads);
    this.#keep(this.#there);
  }
}

function there(attachment: Attachment): Upload {
  const { id, name, size } = attachment;
  return { key: id, name, size, status: "there", attachment, error: null };
}
