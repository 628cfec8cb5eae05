// What the server says line by line while it makes it.

import type { Api } from "./api.ts";
import { Refusal, Unanswered } from "./refusal.ts";
import type { Id, WireError } from "./wire.ts";

/** Lines of JSON as they come; `id` is the request's own. */
export async function* linesOf<T>(
  api: Pick<Api, "authorized">,
  path: string,
  body: object,
  id: Id,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const opened = await api.authorized((token) => open(token, path, body, id, signal));
  const reader = opened.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  while (true) {
    const { done, value } = await reader.read().catch(() => {
      throw new Unanswered();
    });
    if (done) return;
    const whole = (held + value).split("\n");
    held = whole.pop() ?? "";
    for (const line of whole) yield JSON.parse(line) as T;
  }
}

async function open(token: string, path: string, body: object, id: Id, signal: AbortSignal) {
  const headers = {
    Authorization: `Bearer ${token}`,
    "Content-Type": "application/json",
    "Idempotency-Key": id,
  };
  const init = { method: "POST", headers, body: JSON.stringify(body), signal };
  const response = await fetch(path, init).catch(() => null);
  if (!response?.body) throw new Unanswered();
  if (!response.ok) throw new Refusal(((await response.json()) as { error: WireError }).error);
  return response.body;
}
