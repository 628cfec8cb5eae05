// A letter's HTML, made harmless before it is shown.

const RULES = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** A document that loads nothing, whatever the letter asks for; its links open in a new tab. */
export function safely(html: string): string {
  return [
    "<!doctype html>",
    `<meta http-equiv="Content-Security-Policy" content="${RULES}">`,
    '<meta name="referrer" content="no-referrer"><base target="_blank">',
    html,
  ].join("\n");
}
