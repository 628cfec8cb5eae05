// Socket.IO 5 over Engine.IO 4, as little of it as the live layer uses: stands in for
// socket.io-client, which is more than half of what a site would have to load.

type Listener = (value: never) => void;

interface Options {
  transports: string[];
  /** So long a connection may take, in milliseconds. */
  timeout: number;
}

interface Carrier {
  send(packet: string): void;
  close(): void;
}

interface Ends {
  packet: (packet: string) => void;
  closed: () => void;
}

const SEPARATOR = "\x1e";
const PING = "2";
const PONG = "3";
const CONNECT = "40";
const DISCONNECT = "41";
const EVENT = "42";
const ACK = "43";
const REFUSED = "44";

export function io(url: string, options: Options): Socket {
  return new Socket(url, options);
}

export class Socket {
  connected = false;
  auth: object = {};
  readonly io: { opts: Options };
  readonly #url: string;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #acks = new Map<number, PromiseWithResolvers<unknown>>();
  #carrier: Carrier | null = null;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #silence = 0;
  #next = 0;

  constructor(url: string, options: Options) {
    this.#url = `${url}/socket.io/?EIO=4&transport=`;
    this.io = { opts: options };
  }

  on(event: string, run: Listener): void {
    const all = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, all.add(run));
  }

  off(event: string, run: Listener): void {
    this.#listeners.get(event)?.delete(run);
  }

  connect(): void {
    if (this.#carrier) return;
    this.#wait(this.io.opts.timeout, "timeout");
    this.#open([...this.io.opts.transports]);
  }

  disconnect(): void {
    if (this.connected) this.#carrier?.send(DISCONNECT);
    this.#end(null);
  }

  /** What is sent while there is no connection is lost. */
  get volatile() {
    return {
      emit: (event: string, payload: object) =>
        this.#carrier?.send(EVENT + JSON.stringify([event, payload])),
    };
  }

  timeout(milliseconds: number) {
    return {
      emitWithAck: (event: string, payload: object): Promise<unknown> => {
        const id = this.#next++;
        const waiter = Promise.withResolvers<unknown>();
        const timer = setTimeout(() => waiter.reject(new Error("timeout")), milliseconds);
        this.#acks.set(id, waiter);
        this.#carrier?.send(EVENT + id + JSON.stringify([event, payload]));
        return waiter.promise.finally(() => {
          clearTimeout(timer);
          this.#acks.delete(id);
        });
      },
    };
  }

  /** Tries one transport after another until one speaks. */
  #open([transport, ...others]: string[]): void {
    let spoke = false;
    const make = transport === "polling" ? poll : dial;
    const carrier = make(this.#url + transport, {
      packet: (packet) => {
        spoke = true;
        if (carrier === this.#carrier) this.#take(packet);
      },
      closed: () => {
        if (carrier !== this.#carrier) return;
        if (!spoke && others.length > 0) this.#open(others);
        else this.#end("transport close");
      },
    });
    this.#carrier = carrier;
  }

  #take(packet: string): void {
    if (packet === PING) this.#carrier?.send(PONG);
    if (this.#silence > 0) this.#wait(this.#silence, "ping timeout");
    const body = packet.slice(2);
    if (packet.startsWith("0")) {
      const { pingInterval, pingTimeout } = JSON.parse(packet.slice(1)) as Record<string, number>;
      this.#silence = (pingInterval ?? 0) + (pingTimeout ?? 0);
      this.#carrier?.send(CONNECT + JSON.stringify(this.auth));
    } else if (packet.startsWith(CONNECT)) {
      this.connected = true;
      this.#wait(this.#silence, "ping timeout");
      this.#fire("connect", undefined);
    } else if (packet.startsWith(REFUSED)) {
      const { message, data } = JSON.parse(body) as { message: string; data?: unknown };
      this.#end(Object.assign(new Error(message), { data }));
    } else if (packet.startsWith(EVENT)) {
      const [event, payload] = JSON.parse(body) as [string, unknown];
      this.#fire(event, payload);
    } else if (packet.startsWith(ACK)) {
      const [, id, answer] = /^(\d+)([^]*)$/.exec(body) ?? [];
      this.#acks.get(Number(id))?.resolve((JSON.parse(answer ?? "[]") as unknown[])[0]);
    } else if (packet === DISCONNECT || packet === "1") this.#end("server disconnect");
  }

  #wait(milliseconds: number, what: string): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#end(what), milliseconds);
  }

  /** Ends the connection; null is one's own wish. */
  #end(why: string | Error | null): void {
    clearTimeout(this.#deadline);
    const [carrier, connected] = [this.#carrier, this.connected];
    this.#carrier = null;
    this.connected = false;
    this.#silence = 0;
    carrier?.close();
    for (const waiter of this.#acks.values()) waiter.reject(new Error("disconnected"));
    if (connected) this.#fire("disconnect", why);
    else if (why) this.#fire("connect_error", typeof why === "string" ? new Error(why) : why);
  }

  #fire(event: string, value: unknown): void {
    for (const run of [...(this.#listeners.get(event) ?? [])]) run(value as never);
  }
}

function dial(url: string, { packet, closed }: Ends): Carrier {
  const socket = new WebSocket(url.replace(/^http/, "ws"));
  socket.onmessage = ({ data }) => packet(data as string);
  socket.onclose = closed;
  return {
    send: (text) => socket.readyState === socket.OPEN && socket.send(text),
    close() {
      socket.onclose = socket.onmessage = null;
      socket.close();
    },
  };
}

/** Long polling, for networks that let no WebSocket through. */
function poll(url: string, { packet, closed }: Ends): Carrier {
  const stop = new AbortController();
  const waiting: string[] = [];
  let sid = "";
  let sending = false;

  async function ask(init: RequestInit): Promise<string> {
    const response = await fetch(url + sid, { ...init, signal: stop.signal, cache: "no-store" });
    if (!response.ok) throw new Error(String(response.status));
    return response.text();
  }

  async function listen(): Promise<void> {
    while (!stop.signal.aborted) {
      for (const each of (await ask({})).split(SEPARATOR)) {
        if (each.startsWith("0"))
          sid = `&sid=${(JSON.parse(each.slice(1)) as { sid: string }).sid}`;
        if (!stop.signal.aborted) packet(each);
      }
    }
  }

  async function flush(): Promise<void> {
    sending = true;
    while (waiting.length > 0) {
      await ask({ method: "POST", body: waiting.splice(0).join(SEPARATOR) });
    }
    sending = false;
  }

  const failed = () => {
    if (!stop.signal.aborted) closed();
  };
  listen().catch(failed);
  return {
    send(text) {
      waiting.push(text);
      if (!sending) flush().catch(failed);
    },
    close: () => stop.abort(),
  };
}
