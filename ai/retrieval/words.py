"""Finding articles by their words: BM25 over a small index in memory, made for typing."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
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
from ai.retrieval.plain import paragraphs_of
from ai.retrieval.questions import Questions
from ai.retrieval.reading import WORD, Ranges, Reading

LONGEST_WORD = 40
MOST_WORDS = 32
"""Of a question; what follows tells little more."""
LEAST_PREFIX = 2
EXCERPT = 200
BOOSTS = {"title": 1.5, "summary": 1.2, "body": 1.0}
"""Of 162 questions to the demo's company, 3 : 2 : 1 finds a tenth fewer among the first three."""
FAINT = 0.25
"""What fits so much less than the best does not help who reads the list."""
WRITER_BYTES = 15_000_000
STEMS_KEPT = 50_000


class Text(NamedTuple):
    """What is found: an article with its body in Markdown. `public` is who may find it."""

    id: str
    title: str
    summary: str
    body: str
    language: str
    public: bool


class Highlight(NamedTuple):
    """A piece of a field, and where in it the words stand: [start, end) in characters."""

    field: str
    text: str
    ranges: Ranges


class Hit(NamedTuple):
    id: str
    score: float
    highlights: tuple[Highlight, ...]


class WordIndex:
    """Articles by their words, each language stemmed in its own way. Not for several threads."""

    def __init__(self) -> None:
        self._languages: dict[str, _OneLanguage] = {}
        self._language_of: dict[str, str] = {}

    def put(self, texts: Iterable[Text], gone: Iterable[str] = ()) -> None:
        """Take texts in, each in place of the one with its id; forget those that are gone."""
        touched: set[_OneLanguage] = set()
        for identity in gone:
            touched |= self._drop(identity)
        for text in texts:
            touched |= self._drop(text.id)
            index = self._languages.setdefault(text.language, _OneLanguage(text.language))
            index.add(text)
            self._language_of[text.id] = text.language
            touched.add(index)
        for index in touched:
            index.commit()

    def _drop(self, identity: str) -> set[_OneLanguage]:
        language = self._language_of.pop(identity, None)
        if language is None:
            return set()
        self._languages[language].drop(identity)
        return {self._languages[language]}

    def search(
        self, question: str, *, public_only: bool, language: str | None = None, limit: int = 5
    ) -> list[Hit]:
        """The best first. The last word may be the beginning of one, as while typing."""
        indexes = [
            index for name, index in self._languages.items() if language is None or name == language
        ]
        hits = [hit for index in indexes for hit in index.search(question, public_only, limit)]
        best = max((hit.score for hit in hits), default=0.0)
        near = [hit for hit in hits if hit.score >= FAINT * best]
        return sorted(near, key=lambda hit: -hit.score)[:limit]


class _OneLanguage:
    def __init__(self, language: str) -> None:
        analyzer = _analyzer(language)
        self._questions = Questions(language)
        self._stems_of = lru_cache(STEMS_KEPT)(analyzer.analyze)
        builder = SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        builder.add_boolean_field("public", indexed=True)
        for field in BOOSTS:
            builder.add_text_field(field, tokenizer_name="words", index_option="freq")
        self._schema = builder.build()
        self._index = Index(self._schema)
        self._index.register_tokenizer("words", analyzer)
        self._writer = self._index.writer(WRITER_BYTES, 1)
        self._readings: dict[str, Reading] = {}

    def add(self, text: Text) -> None:
        paragraphs = paragraphs_of(text.body)
        self._readings[text.id] = Reading((text.title, text.summary, *paragraphs), self._stems_of)
        self._writer.add_document(
            Document(
                id=text.id,
                public=text.public,
                title=text.title,
                summary=text.summary,
                body="\n".join(paragraphs),
            )
        )

    def drop(self, identity: str) -> None:
        self._readings.pop(identity, None)
        self._writer.delete_documents_by_term("id", identity)

    def commit(self) -> None:
        self._writer.commit()
        self._index.reload()

    def search(self, question: str, public_only: bool, limit: int) -> Iterator[Hit]:
        typed = WORD.findall(question)[:MOST_WORDS]
        telling = self._questions.telling(typed)
        stems = [stem for word in telling for stem in self._stems_of(word)]
        if not stems:
            return
        beginning = "" if question[-1:].isspace() else _beginning(typed[-1])
        clauses = [(Occur.Must, self._matching(stems, beginning))]
        if public_only:
            clauses.append((Occur.Must, Query.term_query(self._schema, "public", True)))
        searcher = self._index.searcher()
        for score, address in searcher.search(Query.boolean_query(clauses), limit).hits:
            identity = str(searcher.doc(address)["id"][0])
            yield Hit(identity, score, tuple(self._highlights(identity, set(stems), beginning)))

    def _matching(self, stems: list[str], beginning: str) -> Query:
        wanted: list[tuple[Occur, Query]] = []
        for field, boost in BOOSTS.items():
            found = [Query.term_query(self._schema, field, stem) for stem in dict.fromkeys(stems)]
            if beginning:
                pattern = re.escape(beginning) + ".*"
                found.append(Query.regex_query(self._schema, field, pattern))
            wanted += [(Occur.Should, Query.boost_query(each, boost)) for each in found]
        return Query.boolean_query(wanted)

    def _highlights(
        self, identity: str, stems: Collection[str], beginning: str
    ) -> Iterator[Highlight]:
        reading = self._readings[identity]
        found = reading.find(stems, beginning)
        for number, field in enumerate(("title", "summary")):
            if ranges := found.pop(number, None):
                yield Highlight(field, reading.paragraphs[number], ranges)
        if found:
            number = max(
                found, key=lambda each: (len(found[each]), len(reading.paragraphs[each]), -each)
            )
            yield _excerpt(reading.paragraphs[number], found[number])


def _excerpt(paragraph: str, ranges: Ranges) -> Highlight:
    """A paragraph from a little before the first word that was found."""
    start = max(0, paragraph.rfind(" ", 0, max(0, ranges[0][0] - EXCERPT // 3)) + 1)
    end = start + EXCERPT
    shown = tuple((first - start, last - start) for first, last in ranges if last <= end)
    return Highlight("body", paragraph[start:end], shown)


def _analyzer(language: str) -> TextAnalyzer:
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
