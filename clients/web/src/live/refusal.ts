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
