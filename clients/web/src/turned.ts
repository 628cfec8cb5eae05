// What a change turned from what into what, for staff; a client is told where it stands now.

import { m } from "./language/language.ts";
import type { ChangeEvent } from "./live/changes.ts";
import { causeOf, exactly, type NamesById } from "./words.ts";

type Values = Extract<ChangeEvent, { type: "ticket.fields_changed" }>["fields"];

/** Said after a name; null for what is not a turn from one thing into another. */
export function turned(event: ChangeEvent, names: NamesById): string | null {
  const said = m.changes;
  const category = (id: string | null) =>
    id === null ? said.nothing : (names.category(id) ?? said.someCategory);
  const when = (at: number | null) => (at === null ? said.nothing : exactly(at));
  switch (event.type) {
    case "ticket.status_changed": {
      const [before, after] = [m.status[event.before], m.status[event.status]];
      const why = event.reason ? said.because(event.reason) : "";
      return said.turned(said.theStatus, before, after) + causeOf(event.cause) + why;
    }
    case "ticket.priority_changed":
      return said.turned(said.thePriority, m.priority[event.before], m.priority[event.priority]);
    case "ticket.renamed":
      return said.turned(said.theTitle, `“${event.before}”`, `“${event.title}”`);
    case "ticket.category_changed":
      return said.turned(said.theCategory, category(event.before), category(event.category));
    case "ticket.due_changed":
      return said.turned(said.theDue, when(event.before), when(event.due_at));
    case "ticket.tags_changed":
      return said.turned(said.theTags, listed(event.before), listed(event.tags));
    case "ticket.fields_changed": {
      const [before, after] = differing(event.before, event.fields);
      return said.turned(said.theFields, before, after);
    }
    default:
      return null;
  }
}

function listed(words: readonly string[]): string {
  return words.length === 0 ? m.changes.nothing : words.join(", ");
}

/** Only the fields that differ, on both sides. */
function differing(before: Values, after: Values): [string, string] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => before[key] !== after[key],
  );
  const side = (values: Values) =>
    listed(keys.filter((key) => key in values).map((key) => `${key} ${String(values[key])}`));
  return [side(before), side(after)];
}
