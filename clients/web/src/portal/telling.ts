// Saying what strangers may say too: as oneself, or without a session as nobody.

import { api, session } from "../desk.ts";
import { ask } from "../live/session.ts";

export async function tell(path: string, content: object): Promise<void> {
  if (session.user !== null) {
    await api.post(path, content);
    return;
  }
  const headers = { "Content-Type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(content) };
  await ask(fetch.bind(globalThis), path, init);
}
