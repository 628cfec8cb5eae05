// The one place where the live layer's parts are joined.

import { Api } from "./live/api.ts";
import { browserSurroundings } from "./live/browser.ts";
import { Session } from "./live/session.ts";

const around = browserSurroundings();

export const session = new Session(around);
export const api = new Api(session, around.fetch);
