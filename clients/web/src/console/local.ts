// A moment as a field for local date and time has it.

export function toLocal(at: number | null): string {
  if (at === null) return "";
  const date = new Date(at);
  const shifted = new Date(at - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

/** Null for an empty field, and for what is no moment. */
export function fromLocal(text: string): number | null {
  const at = text === "" ? NaN : new Date(text).getTime();
  return Number.isNaN(at) ? null : at;
}
