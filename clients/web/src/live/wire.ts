// The shapes of the wire: the contracts' own, and the few that only this client needs.

import type { Envelope, TicketCommand } from "../../../contracts/typescript/index.ts";

export type * from "../../../contracts/typescript/index.ts";

/** What a commit says about its events. */
export type Meta = Pick<Envelope, "seq" | "at" | "actor" | "command_id">;

type WithoutId<C> = C extends { command_id: string } ? Omit<C, "command_id"> : never;

/** A command before it has its id. */
export type Draft = WithoutId<TicketCommand>;
