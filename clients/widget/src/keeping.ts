// What stays between page loads: a part of the site's storage, or memory where it refuses one.

/** The items of a storage whose names begin with a prefix, as a storage of their own. */
export class Shelf implements Storage {
  readonly #prefix: string;
  readonly #storage: Storage | null;
  /** What the storage would not take, as where it is full or forbidden. */
  readonly #memory = new Map<string, string>();
  [name: string]: unknown;

  constructor(prefix: string, storage: () => Storage) {
    this.#prefix = prefix;
    this.#storage = open(storage);
  }

  get length(): number {
    return this.#names().length;
  }

  key(at: number): string | null {
    return this.#names()[at] ?? null;
  }

  getItem(name: string): string | null {
    return this.#memory.get(name) ?? this.#storage?.getItem(this.#prefix + name) ?? null;
  }

  setItem(name: string, text: string): void {
    try {
      if (!this.#storage) throw new Error("There is no storage.");
      this.#storage.setItem(this.#prefix + name, text);
      this.#memory.delete(name);
    } catch {
      this.#memory.set(name, text);
    }
  }

  removeItem(name: string): void {
    this.#memory.delete(name);
    this.#storage?.removeItem(this.#prefix + name);
  }

  clear(): void {
    for (const name of this.#names()) this.removeItem(name);
  }

  /** The name here of an item of the storage; undefined for one of somebody else. */
  nameOf(key: string): string | undefined {
    return key.startsWith(this.#prefix) ? key.slice(this.#prefix.length) : undefined;
  }

  #names(): string[] {
    const storage = this.#storage;
    const keys = Array.from({ length: storage?.length ?? 0 }, (_, at) => storage?.key(at) ?? "");
    const kept = keys.flatMap((key) => this.nameOf(key) ?? []);
    return [...new Set([...kept, ...this.#memory.keys()])];
  }
}

/** The storage, if this page may have it and it takes anything. */
function open(storage: () => Storage): Storage | null {
  try {
    const found = storage();
    found.setItem("deskwire.try", "");
    found.removeItem("deskwire.try");
    return found;
  } catch {
    return null;
  }
}
