// Which language the pages speak: the person's choice, else the browser's; texts follow a change.

import { createSubscriber } from "svelte/reactivity";
import { en, type Catalogue } from "./en.ts";

export const LANGUAGES = { en: "English", es: "Español" } as const;

export type Language = keyof typeof LANGUAGES;

const KEY = "deskwire.language";

let spoken: Language = "en";
let catalogue: Catalogue = en;
let tell: () => void = () => undefined;
const listen = createSubscriber((update) => {
  tell = update;
});

/** The texts of the present language, by area; whoever shows one shows it anew after a change. */
export const m: Catalogue = new Proxy(en, {
  get: (_, area) => {
    listen();
    return catalogue[area as keyof Catalogue];
  },
});

/** The present language, as `Intl` names it. */
export function language(): Language {
  listen();
  return spoken;
}

/** The present language as the reader's browser writes it: "en-GB" is not "en". */
export function locale(): string {
  const spoken = language();
  return navigator.languages.find((each) => each.split("-", 1)[0] === spoken) ?? spoken;
}

/** The first language of a person's list that is spoken here. */
export function languageFor(chosen: string | null, preferred: readonly string[]): Language {
  const wished = [...(chosen ? [chosen] : []), ...preferred].map((tag) => tag.split("-", 1)[0]);
  return wished.find((tag): tag is Language => tag !== undefined && tag in LANGUAGES) ?? "en";
}

/** Speaks as this person likes; has to be awaited before anything is shown. */
export async function openLanguage(): Promise<void> {
  const wished = languageFor(localStorage.getItem(KEY), navigator.languages);
  // Without its texts the pages are still there, in English.
  await speak(wished).catch(() => undefined);
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key !== KEY) return; // Chosen in another tab, or in a frame beside this one.
    void speak(languageFor(newValue, navigator.languages)).catch(() => undefined);
  });
}

/** Changes the language, and keeps that choice. */
export async function chooseLanguage(next: Language): Promise<void> {
  await speak(next);
  localStorage.setItem(KEY, next);
}

async function speak(next: Language): Promise<void> {
  catalogue = next === "es" ? (await import("./es.ts")).es : en;
  spoken = next;
  document.documentElement.lang = next;
  tell();
}
