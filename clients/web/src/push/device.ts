// This browser as a device that is told by push: whether it can be, turning it on and off.

import type { Id, Millis } from "../live/wire.ts";

export interface Device {
  id: string;
  label: string;
  created_at: Millis;
  seen_at: Millis;
  last_ok_at: Millis | null;
  failures: number;
  current: boolean;
}

/** Why a browser is not told: it cannot be, not here, its owner said no, or nobody delivers. */
export type Hindrance = "unsupported" | "insecure" | "denied" | "noService";

export class Hindered extends Error {
  readonly why: Hindrance;

  constructor(why: Hindrance) {
    super(why);
    this.why = why;
  }
}

/** What a browser has of what it takes. */
export interface Abilities {
  isSecureContext: boolean;
  worker: boolean;
  push: boolean;
  permission: NotificationPermission | null;
}

/** What this browser has. */
export function abilities(): Abilities {
  return {
    isSecureContext: window.isSecureContext,
    worker: "serviceWorker" in navigator,
    push: "PushManager" in window,
    permission: "Notification" in window ? Notification.permission : null,
  };
}

/** Why it cannot be turned on; null where it may be tried. */
export function hindranceOf(has: Abilities): Hindrance | null {
  if (!has.isSecureContext) return "insecure";
  if (!has.worker || !has.push || has.permission === null) return "unsupported";
  return has.permission === "denied" ? "denied" : null;
}

/** What a failure to subscribe says. */
export function hindranceIn(error: unknown): Hindrance {
  return error instanceof DOMException && error.name === "NotAllowedError" ? "denied" : "noService";
}

const SYSTEMS: [name: string, in_: RegExp][] = [
  ["Android", /Android/],
  ["iOS", /iPhone|iPad/],
  ["Windows", /Windows/],
  ["macOS", /Mac OS X/],
  ["Linux", /Linux/],
];
const BROWSERS: [name: string, in_: RegExp][] = [
  ["Edge", /Edg/],
  ["Opera", /OPR/],
  ["Firefox", /Firefox|FxiOS/],
  ["Chrome", /Chrom|CriOS/],
  ["Safari", /Safari/],
];

/** What a browser is called in one's list, such as "Firefox · Android". */
export function labelOf(userAgent: string): string {
  const named = [BROWSERS, SYSTEMS].map(
    (some) => some.find(([, where]) => where.test(userAgent))?.[0],
  );
  return named.filter(Boolean).join(" · ") || "Browser";
}

/** The id under which the server knows an endpoint, as server/store/devices.py has it. */
export async function deviceId(endpoint: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return [...new Uint8Array(hash, 0, 16)]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

/** The id of this browser; null while it is subscribed to nothing. */
export async function thisDevice(): Promise<Id | null> {
  const registration = await navigator.serviceWorker.getRegistration("/");
  const subscription = await registration?.pushManager.getSubscription();
  return subscription ? deviceId(subscription.endpoint) : null;
}

interface Door {
  get: <T>(path: string) => Promise<T>;
  put: <T>(path: string, body: object) => Promise<T>;
}

/** Has this browser told from now on; raises Hindered, or what the server refuses it with. */
export async function turnOn(api: Door): Promise<Device> {
  if ((await Notification.requestPermission()) !== "granted") throw new Hindered("denied");
  const { key } = await api.get<{ key: string }>("/api/devices/key");
  const subscription = await subscribe(key).catch((error: unknown) => {
    throw new Hindered(hindranceIn(error));
  });
  return api.put<Device>("/api/devices", {
    subscription: forServer(subscription),
    label: labelOf(navigator.userAgent),
  });
}

/** Tells the server that this browser is still here, where it is one of the person's devices. */
export async function renew(api: Door): Promise<void> {
  const id = await thisDevice();
  if (id === null) return;
  const { items } = await api.get<{ items: Device[] }>("/api/devices");
  if (items.some((each) => each.id === id)) await turnOn(api);
}

/** Subscribes to nothing any more. */
export async function turnOff(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration("/");
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

async function subscribe(key: string): Promise<PushSubscription> {
  await navigator.serviceWorker.register("/sw.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  const kept = await pushManager.getSubscription();
  // One to a key that the server has no more would be told nothing.
  if (kept && toText(kept.options.applicationServerKey) !== key) await kept.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

function forServer(subscription: PushSubscription): object {
  const keyOf = (name: PushEncryptionKeyName) => toText(subscription.getKey(name));
  return {
    endpoint: subscription.endpoint,
    keys: { p256dh: keyOf("p256dh"), auth: keyOf("auth") },
  };
}

/** Bytes as base64url, as the server writes them. */
export function toText(bytes: ArrayBuffer | null): string {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes ?? new ArrayBuffer(0))));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
