// Categories as admins look after them: whose tickets they are, and who must agree to them.

import type { Versioned } from "../live/documents.ts";
import type { Id, Level, SkillLevel } from "../live/wire.ts";

export interface Written {
  name: string;
  keywords: readonly string[];
  /** Null: the inbox's. */
  team_id: Id | null;
  /** Who of the team is given such tickets; nobody named: everybody. */
  member_ids: readonly Id[];
  /** What who is given such a ticket must know, and how well at the least. */
  skills: readonly SkillLevel[];
  /** Who is asked before anybody works on one, one level after the other. */
  approval: readonly Level[];
}

export interface Category extends Versioned, Written {}

export const MOST_LEVELS = 5;

/** What a new one begins with. */
export const EMPTY: Written = {
  name: "",
  keywords: [],
  team_id: null,
  member_ids: [],
  skills: [],
  approval: [],
};

export const EMPTY_LEVEL: Level = { approver_ids: [], rule: "all" };

/** The levels with one of them one place earlier. */
export function raised(levels: readonly Level[], place: number): Level[] {
  const level = levels[place];
  return level === undefined
    ? [...levels]
    : levels.toSpliced(place, 1).toSpliced(place - 1, 0, level);
}

/** The place of the first level that asks nobody; -1 where there is none. */
export function emptyLevel(levels: readonly Level[]): number {
  return levels.findIndex(({ approver_ids }) => approver_ids.length === 0);
}
