"""The sentence of a message that says most, by its place."""

from __future__ import annotations

import re
from collections import Counter

from ai.triage.texts import terms_of

LONG_ENOUGH = 240
"""In characters: what is shorter is read as quickly as any summary of it."""
SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
FEWEST, MOST = 20, 300


def summary_of(title: str, body: str, language: str) -> tuple[int, int] | None:
    """[start, end) in UTF-16 units, as browsers count; None where the whole is short anyway."""
    if len(body) < LONG_ENOUGH:
        return None
    said = Counter(terms_of(f"{title} {body}", language))
    best, best_score = None, 0.0
    for found in SENTENCE.finditer(body):
        sentence = found[0].strip()
        if not FEWEST <= len(sentence) <= MOST:
            continue
        terms = {term for term in terms_of(sentence, language) if not term.startswith("#")}
        score = sum(said[term] for term in terms) / (4 + len(terms))
        if score > best_score:
            start = found.start() + len(found[0]) - len(found[0].lstrip())
            best, best_score = (start, start + len(sentence)), score
    return None if best is None else (_units(body[: best[0]]), _units(body[: best[1]]))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
