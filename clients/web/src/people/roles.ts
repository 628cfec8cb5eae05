// The names of roles: in one's own language, unless somebody here named them otherwise.

import { m } from "../language/language.ts";
import type { Role } from "./accounts.ts";

type Given = keyof typeof m.door.roles;

const GIVEN: Readonly<Record<Given, string>> = {
  client: "Client",
  agent: "Agent",
  supervisor: "Supervisor",
  admin: "Admin",
};

export function titleOf({ name, title }: Pick<Role, "name" | "title">): string {
  return GIVEN[name as Given] === title ? m.door.roles[name as Given] : title;
}
