"""BM25 over texts of one language: a small index in memory, words by their stems."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from tantivy import (
    Document,
    Filter,
    Index,
    Occur,
    Query,
    SchemaBuilder,
    TextAnalyzer,
    TextAnalyzerBuilder,
    Tokenizer,
)

from ai.retrieval.languages import STEMMED
from ai.retrieval.questions import Questions
from ai.retrieval.reading import WORD

LONGEST_WORD = 40
MOST_WORDS = 32
"""Of a question; what follows tells little more."""
LEAST_PREFIX = 2
WRITER_BYTES = 15_000_000
STEMS_KEPT = 50_000
K1 = 1.2
"""Tantivy's: however often a word stands in a text, it counts at most `K1 + 1` times."""


class Asked(NamedTuple):
    """What of a question is searched: stems, and the beginning of a word that may go on."""

    stems: tuple[str, ...]
    beginning: str


class Bm25:
    """Texts with the fields of `boosts`, each worth so much. Not for several threads."""

    def __init__(self, language: str, boosts: Mapping[str, float]) -> None:
        analyzer = analyzer_of(language)
        self.stems_of = lru_cache(STEMS_KEPT)(analyzer.analyze)
        self._questions = Questions(language)
        self._boosts = boosts
        builder = SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        builder.add_text_field("of", tokenizer_name="raw")
        builder.add_boolean_field("public", indexed=True)
        for field in boosts:
            builder.add_text_field(field, tokenizer_name="words", index_option="freq")
        self._schema = builder.build()
        self._index = Index(self._schema)
        self._index.register_tokenizer("words", analyzer)
        self._writer = self._index.writer(WRITER_BYTES, 1)

    def add(self, identity: str, of: str, public: bool, fields: Mapping[str, str]) -> None:
        """Take in a text that belongs to `of`, with which it is dropped."""
        self._writer.add_document(Document(id=identity, of=of, public=public, **fields))

    def drop(self, of: str) -> None:
        self._writer.delete_documents_by_term("of", of)

    def commit(self) -> None:
        self._writer.commit()
        self._index.reload()

    def read(self, question: str) -> Asked:
        """A question as it is searched. Its last word is whole only before a space."""
        typed = WORD.findall(question)[:MOST_WORDS]
        telling = self._questions.telling(typed)
        stems = dict.fromkeys(stem for word in telling for stem in self.stems_of(word))
        beginning = "" if not typed or question[-1:].isspace() else _beginning(typed[-1])
        return Asked(tuple(stems), beginning)

    def search(self, asked: Asked, public_only: bool, limit: int) -> list[tuple[str, float]]:
        """The texts that fit best, with their scores."""
        if not asked.stems:
            return []
        clauses = [(Occur.Must, self._matching(asked))]
        if public_only:
            clauses.append((Occur.Must, Query.term_query(self._schema, "public", True)))
        searcher = self._index.searcher()
        found = searcher.search(Query.boolean_query(clauses), limit).hits
        return [(str(searcher.doc(address)["id"][0]), score) for score, address in found]

    def weights(self, stems: Iterable[str], field: str) -> dict[str, float]:
        """How much it says that a text has each stem: the rarer, the more; most where none has."""
        searcher = self._index.searcher()
        total = searcher.num_docs
        known = ((stem, searcher.doc_freq(field, stem)) for stem in stems)
        return {stem: math.log1p((max(0, total - n) + 0.5) / (n + 0.5)) for stem, n in known}

    def _matching(self, asked: Asked) -> Query:
        wanted: list[tuple[Occur, Query]] = []
        for field, boost in self._boosts.items():
            found = [Query.term_query(self._schema, field, stem) for stem in asked.stems]
            if asked.beginning:
                pattern = re.escape(asked.beginning) + ".*"
                found.append(Query.regex_query(self._schema, field, pattern))
            wanted += [(Occur.Should, Query.boost_query(each, boost)) for each in found]
        return Query.boolean_query(wanted)


def analyzer_of(language: str) -> TextAnalyzer:
    """Words as they are compared: folded, without accents, by their stems."""
    builder = (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(Filter.remove_long(LONGEST_WORD))
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())  # Before the stems: who leaves out accents gets the same.
    )
    if name := STEMMED.get(language):
        builder = builder.filter(Filter.stemmer(name))
    return builder.build()


_FOLDED = (
    TextAnalyzerBuilder(Tokenizer.simple())
    .filter(Filter.lowercase())
    .filter(Filter.ascii_fold())
    .build()
)


def _beginning(word: str) -> str:
    """A word that may go on, as the index has words; empty where it says too little."""
    found = _FOLDED.analyze(word)
    return found[0] if found and len(found[0]) >= LEAST_PREFIX else ""
