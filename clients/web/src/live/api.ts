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

  post<T>(path: string, body: object): Promise<T> {
    return this.#request<T>("POST", path, body);
  }

  put<T>(path: string, body: object): Promise<T> {
    return this.#request<T>("PUT", path, body);
  }

  /** Every item of a list that comes in pages. */
  async all<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    let after: string | null = "";
    while (after !== null) {
      const page: { items: T[]; next: string | null } = await this.get(
        after === "" ? path : `${path}?after=${encodeURIComponent(after)}`,
      );
      items.push(...page.items);
      after = page.next;
    }
    return items;
  }

  /** A file's bytes. */
  async file(path: string): Promise<Blob> {
    const headers = { Authorization: `Bearer ${await this.#session.token()}` };
    const response = await this.#fetch(path, { headers }).catch(() => null);
    if (!response) throw new Unanswered();
    if (!response.ok) throw new Refusal(((await response.json()) as { error: WireError }).error);
    return response.blob();
  }

  async #request<T>(method: string, path: string, body?: object): Promise<T> {
    const token = await this.#session.token();
    try {
      return await this.#send<T>(token, method, path, body);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== "unauthenticated") throw error;
      return this.#send<T>(await this.#session.renew(token), method, path, body);
    }
  }

  #send<T>(token: string, method: string, path: string, body?: object): Promise<T> {
    const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
    if (body) headers["Content-Type"] = "application/json";
    return ask<T>(this.#fetch, path, { method, headers, body: body && JSON.stringify(body) });
  }
}
