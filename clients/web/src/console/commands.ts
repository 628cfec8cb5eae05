// What the command bar offers, to the ticket that is open and from anywhere.

import { directory, people } from "../desk.ts";
import { w } from "../language/crew.ts";
import { m } from "../language/language.ts";
import type { Me } from "../live/me.ts";
import { addressOf, PRIORITIES, questionIn, STATUSES, VIEWS } from "../live/question.ts";
import { go } from "../router.ts";
import { handing, type AtHand, type Scope } from "./hand.ts";
import { give, move, setPriority, setStatus, take } from "./turns.ts";

export interface Command {
  id: string;
  label: string;
  keys?: string;
  /** It does this, or it asks on. */
  run: (() => void) | Exclude<Scope, "all">;
}

/** All of a scope; of everything those that one would look for first, the others by their words. */
export function commandsOf(scope: Scope, words: string, hand: AtHand | null, me: Me): Command[] {
  if (scope === "status") return hand ? statuses(hand) : [];
  if (scope === "priority") return hand ? priorities(hand) : [];
  if (scope === "owner") return hand ? owners(hand) : [];
  const first = [...(hand ? turns(hand) : []), ...places(me)];
  if (words === "" || hand === null) return first;
  return [...first, ...statuses(hand), ...priorities(hand), ...owners(hand), ...teams(hand)];
}

function turns({ ticket, me, write }: AtHand): Command[] {
  const own = ticket.owner_id === me.actor.id;
  const taking: Command = {
    id: "take",
    label: m.console.take,
    keys: "T",
    run: () => take(ticket, me.actor.id),
  };
  return [
    ...(own ? [] : [taking]),
    { id: "reply", label: m.console.reply, keys: "R", run: () => write("public") },
    { id: "note", label: m.console.note, keys: "N", run: () => write("private") },
    { id: "status", label: `${m.console.status}…`, keys: "S", run: "status" },
    { id: "priority", label: `${m.console.priority}…`, keys: "P", run: "priority" },
    { id: "owner", label: `${m.console.owner}…`, keys: "A", run: "owner" },
    { id: "transfer", label: m.console.transfer, keys: "M", run: () => handing.set(true) },
  ];
}

function places(me: Me): Command[] {
  const views = [...VIEWS, ...STATUSES].map((view) => {
    const address = addressOf({ ...questionIn(new URLSearchParams()), view });
    return { id: `view ${view}`, to: `/console?${address}`, name: m.filter[view] };
  });
  const pages = [
    { to: "/work", name: w.load.title, may: true },
    { to: "/work/shifts", name: w.rota.title, may: true },
    { to: "/help", name: m.shell.help, may: true },
    { to: "/wallboard", name: m.shell.wallboard, may: !!me.permissions["wallboard.view"] },
    { to: "/admin", name: m.shell.admin, may: !!me.permissions["people.manage"] },
    { to: "/admin/inboxes", name: m.people.inboxes, may: !!me.permissions["settings.manage"] },
  ].filter(({ may }) => may);
  return [...views, ...pages].map(({ to, name }) => ({
    id: to,
    label: m.console.goTo(name),
    run: () => go(to),
  }));
}

function statuses({ ticket }: AtHand): Command[] {
  return STATUSES.filter((status) => status !== ticket.status).map((status) => ({
    id: `status ${status}`,
    label: m.console.statusIs(m.status[status]),
    run: () => setStatus(ticket, status),
  }));
}

function priorities({ ticket }: AtHand): Command[] {
  return PRIORITIES.filter((priority) => priority !== ticket.priority).map((priority) => ({
    id: `priority ${priority}`,
    label: m.console.priorityIs(m.priority[priority]),
    run: () => setPriority(ticket, priority),
  }));
}

function owners({ ticket, me }: AtHand): Command[] {
  const team = directory.teams.current.find(({ id }) => id === ticket.team_id)?.member_ids ?? [];
  const others = team.filter((id) => id !== ticket.owner_id && id !== me.actor.id);
  const nobody: Command = {
    id: "nobody",
    label: m.console.giveTo(m.people.nobody),
    run: () => give(ticket, null),
  };
  return [
    ...others.map((id) => ({
      id: `give ${id}`,
      label: m.console.giveTo(people.known.current.get(id)?.name ?? "…"),
      run: () => give(ticket, id),
    })),
    ...(ticket.owner_id === null ? [] : [nobody]),
  ];
}

function teams({ ticket }: AtHand): Command[] {
  return directory.teams.current
    .filter(({ id }) => id !== ticket.team_id)
    .map(({ id, name }) => ({
      id: `move ${id}`,
      label: m.console.moveTo(name),
      run: () => move(ticket, id),
    }));
}
