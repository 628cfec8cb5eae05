"""What the copilot can do without a language model: put together what was written before."""

from __future__ import annotations

import re
from typing import NamedTuple

from ai.answering.writing import foreign_links, literal
from ai.copilot.wanted import Line, Speaker, Wanted
from ai.retrieval.plain import paragraphs_of

SHOWN = 280
"""Characters of a message in a summary."""
_END = re.compile(r"(?<=[.!?…])\s+")


class Words(NamedTuple):
    hello: str
    hello_nobody: str
    close: str
    asked: str
    client: str
    staff: str
    note: str


WORDS = {
    "en": Words(
        hello="Hello {name},",
        hello_nobody="Hello,",
        close="Does that help? If anything is unclear, just write back.",
        asked="Asked",
        client="The client's last word",
        staff="Our last answer",
        note="Last note",
    ),
    "es": Words(
        hello="Hola, {name}:",
        hello_nobody="Hola:",
        close="¿Le sirve? Si algo no queda claro, escríbanos.",
        asked="Se pidió",
        client="Lo último del cliente",
        staff="Nuestra última respuesta",
        note="Última nota",
    ),
}


def suggestion(wanted: Wanted) -> str:
    """The best passage as a reply, which needs one; as Markdown."""
    words = _words(wanted)
    name = wanted.client.split(maxsplit=1)[0] if wanted.client.strip() else ""
    if foreign_links(name, ()):
        name = ""  # Who calls themselves a link is not greeted with it.
    hello = words.hello.format(name=literal(name)) if name else words.hello_nobody
    best = wanted.passages[0]
    # A list without its heading may say the opposite.
    heading = f"**{literal(best.heading)}**\n\n" if best.heading else ""
    return f"{hello}\n\n{heading}{best.text.strip()}\n\n{words.close}"


def summary(wanted: Wanted) -> str:
    """What was asked first, and where it stands, in the words of those who wrote it."""
    words = _words(wanted)
    first = next((line for line in wanted.talk if line.who is Speaker.CLIENT), None)
    lasts = {
        words.client: _last(wanted, Speaker.CLIENT),
        words.staff: _last(wanted, Speaker.STAFF),
        words.note: _last(wanted, Speaker.NOTE),
    }
    points = [(words.asked, _asked(wanted.title, first.text if first else ""))]
    points += [(name, line.text) for name, line in lasts.items() if line and line is not first]
    return "\n".join(f"- **{name}:** {literal(_short(text))}" for name, text in points)


def _last(wanted: Wanted, who: Speaker) -> Line | None:
    return next((line for line in reversed(wanted.talk) if line.who is who), None)


def _asked(title: str, text: str) -> str:
    """Many a title is the beginning of what follows."""
    if title.casefold() in text.casefold():
        return text
    return f"{title}{'' if title.endswith(('.', '!', '?', '…')) else '.'}\n\n{text}"


def _short(text: str) -> str:
    """Whole sentences as far as they fit, in one line, without marks."""
    line = " ".join(paragraphs_of(text))
    if len(line) <= SHOWN:
        return line
    kept = ""
    for sentence in _END.split(line):
        if len(kept) + len(sentence) > SHOWN:
            break
        kept = f"{kept} {sentence}".lstrip()
    return kept or line[:SHOWN].rsplit(" ", 1)[0] + " …"


def _words(wanted: Wanted) -> Words:
    return WORDS.get(wanted.language, WORDS["en"])
