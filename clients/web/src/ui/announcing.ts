// What the parts of a date say to a screen reader, in the reader's language.
//
// bits-ui says it in English, and has no property for that; but it says it in a place that it looks
// for before it makes one. This is that place, and whatever is put there is said in our words.

import { m } from "../language/language.ts";

const PLACE = "data-bits-announcer";
const CHOSEN = "Selected Date: ";
const NONE_CHOSEN = "Selected date is now empty.";
const EMPTY = "Empty";

/** One of bits-ui's sentences in the present language; numbers and names it says in it already. */
export function inOurWords(said: string): string {
  if (said.startsWith(CHOSEN)) return m.time.chosen(said.slice(CHOSEN.length));
  if (said === NONE_CHOSEN) return m.time.noneChosen;
  return said === EMPTY ? m.time.emptyPart : said;
}

/** Has to be done before the first calendar is shown. */
export function announceInOurWords(): void {
  if (document.querySelector(`[${PLACE}]`)) return;
  const place = document.createElement("div");
  place.setAttribute(PLACE, "");
  place.className = "unseen";
  place.append(logOf("assertive"), logOf("polite"));
  (document.getElementById("layers") ?? document.body).append(place);
}

function logOf(kind: "assertive" | "polite"): HTMLElement {
  const log = document.createElement("div");
  log.role = "log";
  log.ariaLive = kind;
  log.setAttribute("aria-relevant", "additions");
  const put = (node: Node) => {
    node.textContent = inOurWords(node.textContent ?? "");
    return node;
  };
  // What comes is put in by one of these two.
  log.appendChild = (node) => Node.prototype.appendChild.call(log, put(node)) as typeof node;
  log.replaceChildren = (...nodes) => {
    Element.prototype.replaceChildren.apply(
      log,
      nodes.map((node) => (node instanceof Node ? put(node) : inOurWords(node))),
    );
  };
  return log;
}
