// What is looked at again and again while it is in sight.

const EVERY = 15_000;

/** Calls `look` now and then; for an `$effect`. */
export function lookAgain(look: () => void): () => void {
  look();
  const timer = setInterval(() => document.visibilityState === "visible" && look(), EVERY);
  return () => clearInterval(timer);
}
