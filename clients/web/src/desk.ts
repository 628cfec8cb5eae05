// The one place where the live layer's parts are joined.

import { Api } from "./live/api.ts";
import { Articles } from "./live/articles.ts";
import { browserSurroundings } from "./live/browser.ts";
import { Clock } from "./live/clock.ts";
import { Connection } from "./live/connection.ts";
import { Directory } from "./live/directory.ts";
import { Drafts } from "./live/drafts.ts";
import { Marks } from "./live/marks.ts";
import { Myself } from "./live/me.ts";
import { Outbox } from "./live/outbox.ts";
import { People } from "./live/people.ts";
import { Rooms } from "./live/rooms.ts";
import { portalRules } from "./live/views_portal.ts";
import { Session } from "./live/session.ts";
import { Signals } from "./live/signals.ts";
import { Speeches } from "./live/speech.ts";
import { Uploads } from "./live/uploads.ts";
import { go, tabKey } from "./router.ts";

const around = browserSurroundings(tabKey);

export const session = new Session(around);
export const api = new Api(session, around.fetch);
export const myself = new Myself(api);
export const people = new People(api);
export const directory = new Directory(api);
export const articles = new Articles(api);
export const connection = new Connection(session, "web/0.1.0");
export const rooms = new Rooms(connection, portalRules);
export const outbox = new Outbox(connection, localStorage);
export const drafts = new Drafts(localStorage);
export const uploads = new Uploads(api, drafts);
export const signals = new Signals(connection, rooms);
export const speeches = new Speeches(connection, rooms);
export const marks = new Marks(connection, localStorage);
export const clock = new Clock(() => connection.serverTime, 1_000);

let present: string | null = null;

/** Joins the parts: what happens in one is heard by the others. */
export function open(): void {
  rooms.onEnvelope((envelope) => outbox.seen(envelope));
  followAccess();
  around.onShared((key) => {
    outbox.changedElsewhere(key);
    marks.changedElsewhere(key);
  });
  // Whoever shows this page in a frame sees which node it talks to, and when it talks to none.
  connection.node.subscribe((node) => {
    if (node === null) delete document.documentElement.dataset["node"];
    else document.documentElement.dataset["node"] = node;
  });
  window.addEventListener("online", () => connection.hurry());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") connection.hurry();
  });
  session.standing.subscribe((standing) => {
    if (standing.status === "in") enter(standing.user.id);
    else if (standing.status === "expired") connection.stop();
    else leave();
  });
}

/** Asks who one is here at each sign that it changed: somebody was put into a team, or taken out. */
function followAccess(): void {
  rooms.onBarred((room) => {
    if (room.startsWith("team:")) void myself.refresh();
  });
  connection.on("access", () => void myself.refresh());
  session.grants.subscribe(() => void myself.refresh());
  connection.online.subscribe((online) => online && void myself.refresh());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void myself.refresh();
  });
}

/** Logs out and leaves nothing of this user on this machine. */
export async function logOut(): Promise<void> {
  outbox.empty();
  uploads.clear();
  drafts.empty();
  marks.empty();
  go("/login");
  await session.logOut();
}

function enter(user: string): void {
  if (present !== null && present !== user) leave();
  if (present === null) {
    present = user;
    outbox.own(user);
    drafts.own(user);
    marks.own(user);
  }
  if (myself.state.current.me === null) void myself.load();
  connection.start();
}

function leave(): void {
  present = null;
  connection.stop();
  rooms.clear();
  people.clear();
  myself.clear();
  directory.clear();
  articles.clear();
  marks.clear();
  uploads.clear();
  outbox.own(null);
  drafts.own(null);
  marks.own(null);
}
