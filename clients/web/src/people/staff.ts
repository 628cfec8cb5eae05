// Everybody who can be named in a form, by name, and whether they work here now.

import type { Api } from "../live/api.ts";
import type { Id } from "../live/wire.ts";
import type { Account, Role } from "./accounts.ts";

/** As a list shows somebody who can be chosen. */
export interface Person {
  value: Id;
  label: string;
  detail: string;
  here: boolean;
  /** Who stands in for them while they are away. */
  deputy: Id | null;
}

export async function everybody(api: Pick<Api, "all">): Promise<Person[]> {
  const [roles, users] = await Promise.all([
    api.all<Role>("/api/roles"),
    api.all<Account>("/api/users"),
  ]);
  return peopleIn(users, roles);
}

export function peopleIn(users: readonly Account[], roles: readonly Role[]): Person[] {
  const staff = new Set(roles.filter((role) => role.staff).map((role) => role.name));
  return users
    .map(({ id, name, email, role, active, deputy_id }) => ({
      value: id,
      label: name,
      detail: email,
      here: active && staff.has(role),
      deputy: deputy_id,
    }))
    .sort((one, other) => one.label.localeCompare(other.label));
}

/** Those who are named and work here no more, or never did: nothing can be asked of them. */
export function goneOf(named: readonly Id[], people: readonly Person[]): Person[] {
  return people.filter(({ value, here }) => !here && named.includes(value));
}
