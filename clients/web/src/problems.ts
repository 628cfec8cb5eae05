// What to tell a person about what went wrong, in their language.

import { m } from "./language/language.ts";
import { Refusal, Unanswered } from "./live/refusal.ts";
import type { WireError } from "./live/wire.ts";
import { size } from "./words.ts";

/** What to tell a person about anything that went wrong. */
export function explain(error: unknown): string {
  if (error instanceof Refusal) return refused(error.asWire());
  return error instanceof Unanswered ? m.problems.unreachable : m.problems.broken;
}

/** A refusal by its very words where they are known, else by its code, else as the server has it. */
export function refused({ message, code }: Pick<WireError, "message" | "code">): string {
  return m.refusals.messages[message] ?? m.refusals.codes[code] ?? message;
}

/** The message for one field of a form, where the server named it. */
export function fieldError(error: unknown, field: string): string | null {
  const message = error instanceof Refusal ? error.fields[field] : null;
  return typeof message === "string" ? (m.refusals.messages[message] ?? message) : null;
}

/** Why a file did not go up. */
export function fileProblem(error: unknown): string {
  if (!(error instanceof Refusal) || error.code !== "too_large") return explain(error);
  const limit = error.fields["limit"];
  return typeof limit === "number" ? m.files.larger(size(limit)) : m.files.tooLarge;
}
