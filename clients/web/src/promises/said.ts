// A promise in a few words, as a list of them shows it.

import { m } from "../language/language.ts";
import { p } from "../language/promises.ts";
import type { Id } from "../live/wire.ts";
import { length } from "./lengths.ts";
import { METRICS, RANKED, type Written } from "./policies.ts";

interface Names {
  team: (id: Id) => string | undefined;
  category: (id: Id) => string | undefined;
}

/** For which tickets: "High, Urgent · Billing". */
export function whichInWords(policy: Written, names: Names): string {
  const parts = [
    policy.priorities.map((each) => m.priority[each]),
    policy.category_ids.map((id) => names.category(id) ?? "…"),
    policy.team_ids.map((id) => names.team(id) ?? "…"),
    policy.contact_tags,
  ].filter((part) => part.length > 0);
  return parts.map((part) => part.join(", ")).join(" · ") || p.promises.allTickets;
}

/** In which time, by priority: "Urgent: 30 min · 1 h · 4 h". */
export function targetsInWords({ targets }: Written): string[] {
  return RANKED.flatMap((priority) => {
    const row = targets[priority];
    if (!row) return [];
    const lengths = METRICS.map((metric) => row[metric]).map((minutes) =>
      minutes === null ? p.promises.notPromised : length(minutes),
    );
    return [`${m.priority[priority]}: ${lengths.join(" · ")}`];
  });
}
