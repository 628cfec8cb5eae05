// What somebody is still writing, kept through reloads and log-ins, and gone at the log-out.

export class Drafts {
  readonly #storage: Storage;
  #owner: string | null = null;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  own(user: string | null): void {
    this.#owner = user;
  }

  read(name: string): string {
    return this.#storage.getItem(this.#prefix + name) ?? "";
  }

  write(name: string, text: string): void {
    if (this.#owner === null) return;
    try {
      if (text === "") this.#storage.removeItem(this.#prefix + name);
      else this.#storage.setItem(this.#prefix + name, text);
    } catch {
      // A full storage: the text still lives in its field.
    }
  }

  empty(): void {
    const keys = Array.from({ length: this.#storage.length }, (_, at) => this.#storage.key(at));
    for (const key of keys) if (key?.startsWith(this.#prefix)) this.#storage.removeItem(key);
  }

  get #prefix(): string {
    return `deskwire.draft.${this.#owner}.`;
  }
}
