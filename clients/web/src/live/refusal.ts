// What was refused and why, in the one shape that every door answers with.

import type { Code, WireError } from "./wire.ts";

export class Refusal extends Error {
  readonly code: Code;
  readonly fields: WireError["fields"];
  readonly retryable: boolean;

  constructor(error: WireError) {
    super(error.message);
    this.code = error.code;
    this.fields = error.fields;
    this.retryable = error.retryable;
  }

  /** How long the server asks to wait before a repeat, in milliseconds; null where it says nothing. */
  get retryAfter(): number | null {
    const seconds = this.fields["retry_after"];
    return typeof seconds === "number" ? seconds * 1000 : null;
  }

  asWire(): WireError {
    return {
      code: this.code,
      message: this.message,
      fields: this.fields,
      retryable: this.retryable,
    };
  }
}

/** Nobody answered: whether it happened is unknown. */
export class Unanswered extends Error {
  constructor(message = "The server did not answer.") {
    super(message);
  }
}

/** What to tell a person about anything that went wrong. */
export function explain(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  if (error instanceof Unanswered) {
    return "The server cannot be reached. Check your connection and try again.";
  }
  return "Something went wrong in this page. Reload it; what you wrote is kept.";
}

/** The message for one field of a form, where the server named it. */
export function fieldError(error: unknown, field: string): string | null {
  if (!(error instanceof Refusal)) return null;
  const message = error.fields[field];
  return typeof message === "string" ? message : null;
}
