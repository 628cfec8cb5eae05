// The tour: seven steps, each of which recognises by what is seen that it was done.

import type { ActorRef, Id, Marker, Message, Millis, Row } from "../live/wire.ts";
import type { FrameName } from "./frames.ts";
import type { Landing } from "./fall.ts";

export const STEPS = ["ask", "arrive", "answer", "note", "board", "mail", "fall"] as const;

export type Step = (typeof STEPS)[number];

/** What each step points at: a frame, or what stands in the bar. */
export const AT: Record<Step, FrameName | "mail" | "nodes"> = {
  ask: "client",
  arrive: "agent",
  answer: "agent",
  note: "agent",
  board: "supervisor",
  mail: "mail",
  fall: "nodes",
};

/** Too small to be read among four: large while the tour speaks of it. */
export const LARGE: Partial<Record<Step, FrameName>> = { board: "supervisor" };

/** These wait to be read; the others go on by themselves, since one is busy in a frame. */
const STAYS: readonly Step[] = ["board", "mail", "fall"];

export interface Moved {
  name: string;
  from: number;
  to: number;
}

/** What was seen of each step; what is missing was not done. */
export interface Facts {
  ask?: { id: Id; number: number };
  arrive?: { at: Millis };
  typed?: true;
  answer?: { seq: number; read: boolean };
  note?: { staff: number; client: number };
  board?: readonly Moved[];
  mail?: { letters: number };
  fall?: readonly Landing[];
}

/** `step` is seven at the end; `since` is null until the tour's own eyes are open, and then when it
 *  was opened: somebody quick has asked before that. */
export interface Progress {
  step: number;
  since: Millis | null;
  /** The wallboard's numbers when the tour began. */
  board: Readonly<Record<string, number>>;
  facts: Facts;
}

export const BEGINNING: Progress = { step: 0, since: null, board: {}, facts: {} };

/** What the tour's own session sees at present, and who is in the frames. */
export interface Sight {
  /** The server's clock, and what it said when the tour was opened. */
  now: Millis;
  opened: Millis;
  /** The contacts of the clients, and the users of the staff, who are in frames. */
  clients: readonly Id[];
  staff: readonly Id[];
  rows: readonly Row[];
  /** The room of the tour's ticket, as staff see it. */
  messages: readonly Message[];
  markers: Readonly<Record<string, Marker>>;
  typing: readonly ActorRef[];
  counters: Readonly<Record<string, number>> | null;
  /** The messages that the client was given when asked for after a note; null before. */
  given: readonly Message[] | null;
  /** How many letters about the ticket are shown; null while none are looked at. */
  letters: number | null;
  fall: readonly Landing[] | null;
}

export function stepOf({ step }: Progress): Step | null {
  return STEPS[step] ?? null;
}

/** Whether the present step is done and only waits to be read. */
export function isDone(progress: Progress): boolean {
  const step = stepOf(progress);
  return step !== null && isSeen(step, progress.facts);
}

/** The progress after what is seen now. */
export function recognise(progress: Progress, sight: Sight): Progress {
  if (progress.since === null) {
    if (sight.counters === null) return progress;
    return { ...progress, since: sight.opened, board: sight.counters };
  }
  const step = stepOf(progress);
  if (step === null) return progress;
  const facts = LOOK[step]({ ...progress, since: progress.since }, sight);
  if (facts === null || same(facts, progress.facts)) return progress;
  const next = isSeen(step, facts) && !STAYS.includes(step) ? progress.step + 1 : progress.step;
  return { ...progress, facts, step: next };
}

/** Goes on without waiting for the present step to be done. */
export function goOn(progress: Progress): Progress {
  return { ...progress, step: Math.min(progress.step + 1, STEPS.length) };
}

export function goBack(progress: Progress): Progress {
  return { ...progress, step: Math.max(progress.step - 1, 0) };
}

function isSeen(step: Step, facts: Facts): boolean {
  if (step === "answer") return facts.answer?.read ?? false;
  return facts[step] !== undefined;
}

type Look = (progress: Progress & { since: Millis }, sight: Sight) => Facts | null;

const LOOK: Record<Step, Look> = {
  ask({ since, facts }, { rows, clients }) {
    const asked = rows
      .filter((row) => clients.includes(row.requester_id) && row.opened_at >= since)
      .sort((one, other) => other.opened_at - one.opened_at)[0];
    return asked ? { ...facts, ask: { id: asked.id, number: asked.number } } : null;
  },

  arrive({ facts }, { markers, staff, now }) {
    const there = staff.some((id) => (markers[id]?.delivered ?? 0) > 0);
    return there ? { ...facts, arrive: { at: now } } : null;
  },

  answer({ since, facts }, { messages, markers, typing }) {
    const typed = facts.typed ?? typing.some(({ kind }) => kind === "agent");
    const answer = messages.findLast(
      ({ author, visibility, at }) =>
        author.kind === "agent" && visibility === "public" && at >= since,
    );
    const read = Object.values(markers).some(
      (marker) => marker.kind === "client" && answer !== undefined && marker.read >= answer.seq,
    );
    return {
      ...facts,
      ...(typed ? { typed: true } : {}),
      ...(answer ? { answer: { seq: answer.seq, read } } : {}),
    };
  },

  note({ since, facts }, { messages, given }) {
    const note = messages.findLast(({ visibility, at }) => visibility === "private" && at >= since);
    const public_ = messages.filter(({ visibility }) => visibility === "public").length;
    const complete = given !== null && given.length >= public_;
    const leaked = given?.some(({ visibility }) => visibility === "private") ?? false;
    if (!note || !given || !complete || leaked) return null;
    return { ...facts, note: { staff: messages.length, client: given.length } };
  },

  board({ board, facts }, { counters }) {
    if (counters === null) return null;
    const moved = Object.entries(counters)
      .filter(([name]) => name.startsWith("tickets."))
      .map(([name, to]) => ({ name, from: board[name] ?? 0, to }))
      .filter(({ from, to }) => from !== to);
    return moved.length > 0 ? { ...facts, board: moved } : null;
  },

  mail: ({ facts }, { letters }) => (letters ? { ...facts, mail: { letters } } : null),

  fall: ({ facts }, { fall }) => (fall ? { ...facts, fall } : null),
};

function same(one: Facts, other: Facts): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
