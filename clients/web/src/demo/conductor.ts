// Leads the tour: looks with its own session and at the frames, and keeps how far it is.

import { Api } from "../live/api.ts";
import type { Room } from "../live/room.ts";
import { Value, type Stop, type Watchable } from "../live/value.ts";
import { mergeRows } from "../live/inbox.ts";
import type { FeedView, TicketView } from "../live/views.ts";
import type { ActorRef, Id, Message } from "../live/wire.ts";
import type { Door } from "./door.ts";
import { Fall, type Faller } from "./fall.ts";
import type { Frame, FrameName } from "./frames.ts";
import type { Guide } from "./guide.ts";
import { BEGINNING, goBack, goOn, recognise, stepOf, type Progress, type Sight } from "./tour.ts";

const KEY = "deskwire.tour";
const BOARD = "wallboard";
const TALKERS: readonly FrameName[] = ["client", "agent"];
const LOOK_EVERY = 250; // Only in the last step, for the messages in the frames.

export class Conductor {
  readonly #door: Door;
  readonly #guide: Guide;
  readonly #frames: Readonly<Record<FrameName, Frame>>;
  readonly #progress = new Value<Progress>(kept());
  readonly #stops: Stop[] = [];
  #board: Room<FeedView> | null = null;
  #room: Room<TicketView> | null = null;
  #leave: Stop = () => undefined;
  #typing: readonly ActorRef[] = [];
  #given: readonly Message[] | null = null;
  #asking = false;
  #letters: readonly { ticket_id: Id | null }[] | null = null;
  #fall: Fall | null = null;
  #opened = performance.now();
  readonly #pids = new Map<string, number | null>();
  #ticking: ReturnType<typeof setInterval> | undefined;

  constructor(door: Door, guide: Guide, frames: Readonly<Record<FrameName, Frame>>) {
    this.#door = door;
    this.#guide = guide;
    this.#frames = frames;
  }

  get progress(): Watchable<Progress> {
    return this.#progress;
  }

  open(): void {
    const see = () => this.#see();
    this.#board = this.#guide.rooms.enter<FeedView>(BOARD);
    this.#stops.push(
      () => this.#guide.rooms.exit(BOARD),
      this.#board.state.subscribe(see),
      this.#guide.feeds.views.subscribe(see),
      this.#door.seen.subscribe(see),
      this.#progress.subscribe(() => this.#prepare()),
      ...TALKERS.map((name) => this.#frames[name].node.subscribe(see)),
    );
  }

  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#leave();
    clearInterval(this.#ticking);
  }

  /** Tells which letters somebody looks at; null once they are closed. */
  showLetters(letters: readonly { ticket_id: Id | null }[] | null): void {
    this.#letters = letters;
    this.#see();
  }

  next(): void {
    this.#keep(goOn(this.#progress.current));
  }

  back(): void {
    this.#keep(goBack(this.#progress.current));
  }

  startAgain(): void {
    this.#opened = performance.now();
    this.#leave();
    this.#room = null;
    this.#given = null;
    this.#keep(BEGINNING);
  }

  /** Opens the eyes that the present step needs. */
  #prepare(): void {
    const { current } = this.#progress;
    const step = stepOf(current);
    const ticket = current.facts.ask?.id ?? this.#door.seen.current.demo?.story.ticket_id;
    if (ticket && step !== "ask" && this.#room?.name !== roomOf(ticket)) this.#enter(ticket);
    if (step === "fall" && current.facts.fall === undefined) this.#fall ??= new Fall();
    else this.#fall = null;
    clearInterval(this.#ticking);
    if (this.#fall) this.#ticking = setInterval(() => this.#see(), LOOK_EVERY);
  }

  #enter(ticket: Id): void {
    this.#leave();
    const name = roomOf(ticket);
    const room = this.#guide.rooms.enter<TicketView>(name);
    this.#room = room;
    const see = room.state.subscribe(() => this.#see());
    const hear = this.#guide.signals.typingIn(name).subscribe((typing) => {
      this.#typing = typing;
      this.#see();
    });
    this.#leave = () => {
      see();
      hear();
      this.#guide.rooms.exit(name);
    };
  }

  #see(): void {
    const { current } = this.#progress;
    this.#watchNodes();
    this.#keep(recognise(current, this.#sight()));
    if (stepOf(current) === "note") void this.#askWhatIsGiven();
  }

  #sight(): Sight {
    const view = this.#room?.state.current.view;
    const frames = Object.values(this.#frames).map(({ session }) => session.user);
    const counters = this.#board?.state.current.view?.counters;
    const asking = stepOf(this.#progress.current) === "ask";
    const now = this.#guide.connection.serverTime;
    return {
      now,
      opened: now - (performance.now() - this.#opened),
      clients: frames.flatMap((user) => user?.contact_id ?? []),
      staff: frames.flatMap((user) => (user?.staff ? user.id : [])),
      rows: asking ? mergeRows(this.#guide.feeds.views.current.values()) : [],
      messages: view?.messages ?? [],
      markers: view?.markers ?? {},
      typing: this.#typing,
      counters: counters
        ? Object.fromEntries([...counters].map(([name, { value }]) => [name, value]))
        : null,
      given: this.#given,
      letters: this.#lettersOfTicket(),
      fall: this.#fall?.landings(this.#fallers()) ?? null,
    };
  }

  #lettersOfTicket(): number | null {
    const ticket = this.#progress.current.facts.ask?.id;
    const about = ({ ticket_id }: { ticket_id: Id | null }) => !ticket || ticket_id === ticket;
    return this.#letters?.filter(about).length ?? null;
  }

  #fallers(): Faller[] {
    return TALKERS.map((name) => {
      const { node, messages } = this.#frames[name];
      return { name, node: node.current, messages };
    });
  }

  #watchNodes(): void {
    for (const { name, pid, phase } of this.#door.seen.current.demo?.nodes ?? []) {
      const before = this.#pids.get(name) ?? null;
      const now = phase === "running" ? pid : null;
      if (before !== null && now !== before) this.#fall?.fell(name);
      this.#pids.set(name, now);
    }
    this.#fall?.look(this.#fallers(), performance.now());
  }

  /** Asks with the client's own token what the client is given of the ticket, after a note. */
  async #askWhatIsGiven(): Promise<void> {
    const { since, facts } = this.#progress.current;
    const { session } = this.#frames.client;
    const ticket = this.#room?.state.current.view?.ticket.id;
    const noted = this.#room?.state.current.view?.messages.some(
      ({ visibility, at }) => visibility === "private" && since !== null && at >= since,
    );
    if (!ticket || !noted || facts.note || this.#asking || session.user?.staff !== false) return;
    this.#asking = true;
    try {
      const api = new Api(session, window.fetch.bind(window));
      const page = await api.get<{ items: Message[] }>(`/api/tickets/${ticket}/messages`);
      this.#given = page.items;
    } catch {
      // Asked again with the next that is seen.
    } finally {
      this.#asking = false;
    }
    if (this.#given) this.#keep(recognise(this.#progress.current, this.#sight()));
  }

  #keep(progress: Progress): void {
    if (progress === this.#progress.current) return;
    sessionStorage.setItem(KEY, JSON.stringify(progress));
    this.#progress.set(progress);
    this.#see();
  }
}

function roomOf(ticket: Id): string {
  return `ticket:${ticket}:staff`;
}

function kept(): Progress {
  try {
    const progress = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Progress | null;
    return progress ?? BEGINNING;
  } catch {
    return BEGINNING;
  }
}
