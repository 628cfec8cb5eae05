// The HTTP door, for what is not live: forms, catalogues, older pages.

import { Refusal, Unanswered } from "./refusal.ts";
import { ask, type Session } from "./session.ts";
import type { WireError } from "./wire.ts";

export class Api {
  readonly #session: Session;
  readonly #fetch: typeof fetch;

  constructor(session: Session, through: typeof fetch) {
    this.#session = session;
    this.#fetch = through;
  }

  get<T>(path: string): Promise<T> {
    return this.#request<T>("GET", path);
  }

  /** Asks for what strangers may read too: as oneself, or without a session as nobody. */
  read<T>(path: string): Promise<T> {
    return this.#session.user === null ? ask<T>(this.#fetch, path, {}) : this.get<T>(path);
  }

  post<T>(path: string, body: object): Promise<T> {
    return this.#request<T>("POST", path, body);
  }

  put<T>(path: string, body: object): Promise<T> {
    return this.#request<T>("PUT", path, body);
  }

  async delete(path: string): Promise<void> {
    await this.#request("DELETE", path);
  }

  /** Every item of a list that comes in pages; as nobody where that is enough for the list. */
  async all<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    let after: string | null = "";
    while (after !== null) {
      const page: { items: T[]; next: string | null } = await this.read(
        after === "" ? path : `${path}?after=${encodeURIComponent(after)}`,
      );
      items.push(...page.items);
      after = page.next;
    }
    return items;
  }

  /** Sends one file; `id` makes a repeat of it harmless. */
  upload<T>(file: File, id: string, signal: AbortSignal): Promise<T> {
    return this.send("/api/attachments", file, { "Idempotency-Key": id }, signal);
  }

  /** Sends one file to where it is worked on. */
  send<T>(path: string, file: File, more: object = {}, signal?: AbortSignal): Promise<T> {
    const body = new FormData();
    body.append("file", file);
    return this.authorized((token) => {
      const headers = { ...more, Authorization: `Bearer ${token}` };
      return ask<T>(this.#fetch, path, { method: "POST", headers, body, signal: signal ?? null });
    });
  }

  /** A file's bytes. */
  async file(path: string): Promise<Blob> {
    const headers = { Authorization: `Bearer ${await this.#session.token()}` };
    const response = await this.#fetch(path, { headers }).catch(() => null);
    if (!response) throw new Unanswered();
    if (!response.ok) throw new Refusal(((await response.json()) as { error: WireError }).error);
    return response.blob();
  }

  #request<T>(method: string, path: string, body?: object): Promise<T> {
    return this.authorized((token) => this.#send<T>(token, method, path, body));
  }

  /** Asks with a token, and once more with a new one where it was worn. */
  async authorized<T>(send: (token: string) => Promise<T>): Promise<T> {
    const token = await this.#session.token();
    try {
      return await send(token);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== "unauthenticated") throw error;
      return send(await this.#session.renew(token));
    }
  }

  #send<T>(token: string, method: string, path: string, body?: object): Promise<T> {
    const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
    if (body) headers["Content-Type"] = "application/json";
    return ask<T>(this.#fetch, path, { method, headers, body: body && JSON.stringify(body) });
  }
}
