// The texts about categories, in English: whose tickets they are, and who must agree to them.

import { pluralsOf } from "./plural.ts";

const plural = pluralsOf("en");

export const categories = {
  title: "Categories",
  one: "Category",
  add: "Add category",
  none: "No categories yet",
  noneHint: "A category says what a ticket is about, whose it is, and who has to agree to it.",
  toAll: "To all categories",
  saved: "The category is saved.",
  name: "Name",
  keywords: "Keywords",
  keywordsHint: "A word, then Enter",
  team: "Team",
  teamHint: "It gets the tickets of this category.",
  inboxTeam: "The team of the inbox",
  members: "Who is given its tickets",
  membersHint: "Of the team, only those who are named here. Nobody named: everybody in the team.",
  addMember: "Add somebody",
  notInTeam: (names: string) => `Not in this team, and so given nothing: ${names}`,
  skillsHint: "The router gives its tickets only to who knows all of these well enough.",
  approval: "Approval",
  approvalHint: "Who has to agree before anybody works on such a ticket. One refusal closes it.",
  noApproval: "Nobody has to agree.",
  level: (place: number) => `Step ${place}`,
  approvers: "Who is asked",
  addApprover: "Add an approver",
  rule: "Who has to agree",
  rules: { all: "All of them", any: "Any of them" },
  raise: (place: number) => `Ask step ${place} earlier`,
  removeLevel: (place: number) => `Remove step ${place}`,
  addLevel: "Add a step",
  nobody: "Name who is asked, or remove this step.",
  gone: (names: string) => `Does not work here any more: ${names}`,
  deputy: (name: string, deputy: string) => `While ${name} is away, ${deputy} is asked.`,
  levels: (count: number) => plural(count, { one: "Approval", other: "Approval in # steps" }),
  membersCount: (count: number) => plural(count, { one: "1 person", other: "# people" }),
  remove: "Delete…",
  removeSure: (name: string) => `Delete ${name}?`,
  removeHint:
    "Tickets that are closed keep it. Open tickets, articles and promises must not use it.",
  removeNow: "Delete it",
  removed: "The category is deleted.",
};
