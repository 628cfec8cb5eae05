// The frames of the demo: in each a person with a session of its own, looking at a real page.

import { Api } from "../live/api.ts";
import { browserSurroundings } from "../live/browser.ts";
import { Session } from "../live/session.ts";
import { Value, type Watchable } from "../live/value.ts";
import { insist, type Door, type Person } from "./door.ts";

export const FRAMES = ["client", "agent", "supervisor", "phone"] as const;

export type FrameName = (typeof FRAMES)[number];

/** Who is in a frame at first. */
const AT_FIRST: Record<FrameName, string> = {
  client: "client",
  agent: "agent",
  supervisor: "supervisor",
  phone: "client",
};

/** `src` is where the frame begins; each `turn` loads it anew. */
export interface FrameState {
  person: Person | null;
  src: string | null;
  turn: number;
  error: unknown;
}

export class Frame {
  readonly name: FrameName;
  readonly session: Session;
  readonly #door: Door;
  readonly #state = new Value<FrameState>({ person: null, src: null, turn: 0, error: null });
  readonly #node = new Value<string | null>(null);
  #element: HTMLIFrameElement | null = null;
  #looking: MutationObserver | null = null;

  constructor(name: FrameName, door: Door) {
    this.name = name;
    this.#door = door;
    this.session = new Session(browserSurroundings(name));
  }

  get state(): Watchable<FrameState> {
    return this.#state;
  }

  /** The node that the page in this frame talks to; null while it talks to none. */
  get node(): Watchable<string | null> {
    return this.#node;
  }

  /** Where the page in this frame is, without what names its session. */
  get path(): string {
    const there = this.#document?.location;
    if (!there || there.protocol === "about:") return "/";
    const query = new URLSearchParams(there.search);
    query.delete("tab");
    return there.pathname + (query.size > 0 ? `?${query}` : "");
  }

  /** How many messages of a conversation this frame shows. */
  get messages(): number {
    return this.#document?.querySelectorAll("[data-key] article").length ?? 0;
  }

  /** Begins with who was here before a reload of the page, else with who is here at first. */
  async open(people: readonly Person[]): Promise<void> {
    const before = people.find(({ email }) => email === this.session.user?.email);
    const first = before ?? people.find(({ key }) => key === AT_FIRST[this.name]);
    if (before && (await this.#isStillIn())) this.#show(before, homeOf(before, this.name));
    else if (first) await this.enter(first);
  }

  /** Whether the session that was kept here is good for anything, after a fresh start of the demo. */
  async #isStillIn(): Promise<boolean> {
    const api = new Api(this.session, window.fetch.bind(window));
    try {
      await insist(() => api.get("/api/auth/me"));
      return true;
    } catch {
      return false;
    }
  }

  /** Lets somebody in, without a password, and shows them their first page. */
  async enter(person: Person): Promise<void> {
    this.#state.update((state) => ({ ...state, person, error: null }));
    try {
      const grant = await insist(() => this.#door.become(person.key));
      if (this.#state.current.person !== person) return; // Somebody else was chosen meanwhile.
      this.session.enter(grant, true);
      this.#show(person, homeOf(person, this.name));
    } catch (error) {
      this.#state.update((state) => ({ ...state, error }));
    }
  }

  /** Loads the page anew where it is; who has logged out or was logged out comes in again. */
  async reload(): Promise<void> {
    const { person } = this.#state.current;
    if (!person) return;
    if (this.session.user?.email !== person.email || this.session.standing.current.status !== "in")
      await this.enter(person);
    else this.#show(person, this.path);
  }

  /** Goes to another page in this frame. */
  visit(path: string): void {
    const { person } = this.#state.current;
    if (person) this.#show(person, path);
  }

  /** Looks at the page that an iframe has loaded. */
  look(element: HTMLIFrameElement): void {
    this.#element = element;
    this.#looking?.disconnect();
    const root = this.#document?.documentElement;
    if (!root) return;
    this.#looking = new MutationObserver(() => this.#node.set(root.dataset["node"] ?? null));
    this.#looking.observe(root, { attributes: true, attributeFilter: ["data-node"] });
    this.#node.set(root.dataset["node"] ?? null);
  }

  close(): void {
    this.#looking?.disconnect();
    this.#element = null;
    this.#node.set(null);
  }

  get #document(): Document | null {
    return this.#element?.contentDocument ?? null;
  }

  #show(person: Person, path: string): void {
    const src = `${path}${path.includes("?") ? "&" : "?"}tab=${this.name}`;
    this.#state.update(({ turn }) => ({ person, src, turn: turn + 1, error: null }));
  }
}

/** The page that somebody begins with. */
export function homeOf({ role }: Person, frame?: FrameName): string {
  if (role === "client") return "/portal";
  if (role !== "agent" && frame === "supervisor") return "/wallboard";
  return "/console";
}
