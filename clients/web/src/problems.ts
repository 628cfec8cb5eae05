// What to tell a person about what went wrong, in their language.

import { m } from "./language/language.ts";
import { Refusal, Unanswered } from "./live/refusal.ts";
import type { Flaw, WireError } from "./live/wire.ts";
import { size } from "./words.ts";

/** What to tell a person about anything that went wrong. */
export function explain(error: unknown): string {
  if (error instanceof Refusal) return refused(error.asWire());
  return error instanceof Unanswered ? m.problems.unreachable : m.problems.broken;
}

/**
 * A refusal as the server has it, who speaks English; in other languages by its very words where
 * they are known, else by what is wrong with a field, else by its code.
 */
export function refused({ message, code, fields }: Omit<WireError, "retryable">): string {
  const { codes, messages } = m.refusals;
  if (codes === null) return message;
  return (
    messages[message] ?? detail(fields) ?? (stands(code, fields) ? m.refusals.stands : codes[code])
  );
}

/** What the fields of a refusal say of it. */
function detail(fields: WireError["fields"]): string | undefined {
  const { approval, reason } = fields;
  const settled: Readonly<Record<string, string>> = m.refusals.settled;
  const reasons: Readonly<Record<string, string>> = m.work.reasons;
  if ("needed_by" in fields) return m.refusals.needed;
  if (typeof approval === "string" && approval in settled) return settled[approval];
  if (typeof reason === "string" && reason in reasons) return reasons[reason];
  const flaw = Object.values(fields).find(isFlaw);
  return flaw && m.refusals.flaws[flaw];
}

/** It is as it is, and not because somebody was faster. */
function stands(code: WireError["code"], fields: WireError["fields"]): boolean {
  return code === "conflict" && !("version" in fields);
}

/** What is wrong with a field of a form, or with something in it: `ladder.2` is in `ladder`. */
export function fieldError(error: unknown, field: string): string | null {
  if (!(error instanceof Refusal)) return null;
  const said = Object.entries(error.fields).find(
    ([path]) => path === field || path.startsWith(`${field}.`),
  )?.[1];
  if (isFlaw(said)) return m.refusals.flaws[said];
  if (typeof said !== "string") return null;
  return m.refusals.messages[said] ?? m.refusals.codes?.invalid ?? said;
}

function isFlaw(said: unknown): said is Flaw {
  return typeof said === "string" && said in m.refusals.flaws;
}

/** Why a file did not go up. */
export function fileProblem(error: unknown): string {
  if (!(error instanceof Refusal) || error.code !== "too_large") return explain(error);
  const limit = error.fields["limit"];
  return typeof limit === "number" ? m.files.larger(size(limit)) : m.files.tooLarge;
}
