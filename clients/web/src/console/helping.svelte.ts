// One text of the copilot at a time: asked for, written before one's eyes, stopped.

import { api } from "../desk.ts";
import { newId } from "../live/ids.ts";
import { linesOf } from "../live/lines.ts";
import { Refusal } from "../live/refusal.ts";
import type { AssistantLevel, Id, Source, WireError } from "../live/wire.ts";

export type Task = "suggest" | "summarise" | "friendlier" | "formal" | "shorter" | "translate";

export type Line =
  | { begun: AssistantLevel; sources: readonly Source[] }
  | { place: number }
  | { text: string }
  | { done: Id }
  | { error: WireError };

interface Wanted {
  task: Task;
  draft: string;
  language?: string;
}

/** Writes a text, line by line, until it is done or told to stop; `id` is the request's own. */
type Write = (wanted: Wanted, id: Id, signal: AbortSignal) => AsyncIterable<Line>;

export class Helping {
  /** What was asked for last; null where nothing is shown. */
  task = $state<Task | null>(null);
  text = $state("");
  level = $state<AssistantLevel | null>(null);
  sources = $state.raw<readonly Source[]>([]);
  /** How many ask before this, and this. */
  place = $state<number | null>(null);
  busy = $state(false);
  problem = $state.raw<unknown>(null);
  id: Id = newId();
  readonly #write: Write;
  #stop = new AbortController();

  constructor(write: Write) {
    this.#write = write;
  }

  async ask(task: Task, draft: string, language: string | null): Promise<void> {
    this.forget();
    const stop = this.#stop;
    this.id = newId();
    [this.task, this.busy] = [task, true];
    const wanted = { task, draft, ...(language === null ? {} : { language }) };
    try {
      for await (const line of this.#write(wanted, this.id, stop.signal)) {
        if (stop.signal.aborted) return;
        this.#hear(line);
      }
    } catch (problem) {
      if (!stop.signal.aborted) this.problem = problem;
    } finally {
      if (this.#stop === stop) this.busy = false;
    }
  }

  /** No further word; what is there stays. */
  stop(): void {
    this.#stop.abort();
    this.busy = false;
  }

  /** As if nothing had been asked. */
  forget(): void {
    this.stop();
    this.#stop = new AbortController();
    [this.task, this.text, this.level, this.sources] = [null, "", null, []];
    [this.place, this.problem] = [null, null];
  }

  #hear(line: Line): void {
    if ("begun" in line) {
      [this.level, this.sources, this.text] = [line.begun, line.sources, ""];
    } else if ("place" in line) {
      this.place = line.place;
    } else if ("text" in line) {
      [this.text, this.place] = [this.text + line.text, null];
    } else if ("error" in line) {
      throw new Refusal(line.error);
    }
  }
}

/** By the server, about a ticket. */
export function helpingWith(ticketId: Id): Helping {
  const path = `/api/tickets/${ticketId}/copilot`;
  return new Helping((...asked) => linesOf<Line>(api, path, ...asked));
}
