// The tour's own eyes: a supervisor with a session and a socket apart from those in the frames.

import { Api } from "../live/api.ts";
import { browserSurroundings } from "../live/browser.ts";
import { Connection } from "../live/connection.ts";
import { Feeds } from "../live/feeds.ts";
import { Rooms } from "../live/rooms.ts";
import { deskRules } from "../live/views_desk.ts";
import { Session } from "../live/session.ts";
import { Signals } from "../live/signals.ts";
import type { Id } from "../live/wire.ts";
import { insist, type Door } from "./door.ts";

const WHO = "supervisor";
const AGAIN = 2_000;

export class Guide {
  readonly session: Session;
  readonly api: Api;
  readonly connection: Connection;
  readonly rooms: Rooms;
  readonly signals: Signals;
  readonly feeds: Feeds;
  readonly #door: Door;
  #entering: Promise<void> | null = null;
  #following: Promise<void> | null = null;
  #wanted = false;

  constructor(door: Door) {
    const around = browserSurroundings("guide");
    this.#door = door;
    this.session = new Session(around);
    this.api = new Api(this.session, around.fetch);
    this.connection = new Connection(this.session, "demo/0.1.0");
    this.rooms = new Rooms(this.connection, deskRules);
    this.signals = new Signals(this.connection, this.rooms);
    this.feeds = new Feeds(this.rooms);
    this.session.standing.subscribe(({ status }) => {
      if (status === "expired" && this.#wanted) void this.follow();
    });
  }

  /** Comes in, where that is not done yet or its session has ended. */
  enter(): Promise<void> {
    this.#entering ??= this.#enter().finally(() => (this.#entering = null));
    return this.#entering;
  }

  /** Comes in and follows the lists of all teams; tries until it is closed. */
  follow(): Promise<void> {
    this.#wanted = true;
    this.#following ??= this.#follow().finally(() => (this.#following = null));
    return this.#following;
  }

  close(): void {
    this.#wanted = false;
    this.feeds.close();
    this.connection.stop();
    this.rooms.clear();
  }

  async #follow(): Promise<void> {
    while (this.#wanted) {
      try {
        await this.enter();
        const teams = await this.api.all<{ id: Id }>("/api/teams");
        if (!this.#wanted) return;
        this.connection.start();
        this.feeds.follow(teams.map(({ id }) => `team:${id}`));
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
      }
    }
  }

  async #enter(): Promise<void> {
    if (this.session.standing.current.status === "in") return;
    this.connection.stop();
    this.session.enter(await insist(() => this.#door.become(WHO)), true);
  }
}
