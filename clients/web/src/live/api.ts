// The HTTP door, for what is not live: forms, catalogues, older pages.

import { Refusal } from "./refusal.ts";
import { ask, type Session } from "./session.ts";

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
