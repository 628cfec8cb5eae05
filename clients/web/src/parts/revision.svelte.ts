// What somebody writes of a document, while others may change it elsewhere.

import type { Documents, Versioned } from "../live/documents.ts";
import { Refusal } from "../live/refusal.ts";

type Doors<Written extends object, Kept extends Versioned> = Pick<
  Documents<Kept, Written>,
  "kind" | "read" | "create" | "update"
>;

export class Revision<Written extends object, Kept extends Versioned & Written> {
  /** The document as one knows it; null for a new one. */
  was: Kept | null;
  written: Written;
  /** As others have it by now, until one chooses. */
  theirs: Kept | null;
  readonly changed: boolean;
  readonly #documents: Doors<Written, Kept>;
  readonly #empty: Written;

  /** `empty` is what a new one begins with; it has every part that may be written. */
  constructor(documents: Doors<Written, Kept>, empty: Written, was: Kept | null) {
    this.#documents = documents;
    this.#empty = empty;
    this.was = $state.raw(was);
    this.written = $state(this.#partsOf(was));
    this.theirs = $state.raw(null);
    this.changed = $derived(!same(this.written, this.#partsOf(this.was)));
  }

  /** What the server calls the document's kind. */
  get kind(): string {
    return this.#documents.kind;
  }

  /** Goes on with what was written on an earlier version, or on this one. */
  resume(written: Written, version: number): void {
    this.written = written;
    if (this.was && this.was.version !== version) this.theirs = this.was;
  }

  startOver(): void {
    this.written = this.#partsOf(this.was);
  }

  /** What was saved; null where others were faster, and one has to choose first. */
  async save(): Promise<Kept | null> {
    const written = $state.snapshot(this.written) as Written;
    const { was } = this;
    try {
      this.was = was
        ? await this.#documents.update(was.id, was.version, written)
        : await this.#documents.create(written);
    } catch (problem) {
      if (!was || !(problem instanceof Refusal) || problem.code !== "conflict") throw problem;
      const newest = await this.#documents.read(was.id);
      if (newest.version === was.version) throw problem; // It cannot be, whoever is faster.
      this.meet(newest);
      return this.theirs === null ? this.save() : null;
    }
    this.startOver();
    return this.was;
  }

  /** Somebody made this version of it: shown where nothing was written here, else one has to choose. */
  async follow(version: number): Promise<void> {
    const { was, changed } = this;
    if (!was || version <= was.version) return;
    this.meet(await this.#documents.read(was.id));
    if (!changed && this.theirs) this.takeTheirs();
  }

  /** Takes in how it is elsewhere; what is not written here may change without a question. */
  meet(newest: Kept): void {
    if (same(this.#partsOf(newest), this.#partsOf(this.was))) this.was = newest;
    else this.theirs = newest;
  }

  keepMine(): void {
    [this.was, this.theirs] = [this.theirs, null];
  }

  /** Puts their text in the place of one's own; answers how to take that back. */
  takeTheirs(): () => void {
    const { was, written, theirs } = this;
    [this.was, this.theirs] = [theirs, null];
    this.startOver();
    return () => {
      [this.was, this.written, this.theirs] = [was, written, theirs];
    };
  }

  #partsOf(kept: Kept | null): Written {
    const whole: Written = kept ?? this.#empty;
    const names = Object.keys(this.#empty) as (keyof Written)[];
    return Object.fromEntries(names.map((name) => [name, whole[name]])) as Written;
  }
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
