"""What of a question is searched: the words that say something, without those between them."""

from __future__ import annotations

from collections.abc import Sequence

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from ai.retrieval.languages import STEMMED

UNLISTED = frozenset({"ro", "tr"})
"""Languages that tantivy stems, and has no list of little words of. Its English one is short."""

MORE = {
    "en": """about am any back can could d did do does don from get got had has have he hello her
    here hi his how i just ll m me mine my off our out please s she should so some t than thank
    thanks their them too up us ve very was we were what when where which who why would you
    your""",
    "es": """cómo como cuál cual cuándo cuando dónde donde ella es está esta estoy favor gracias ha
    han hay he hola les me mi mis muy nos por qué que quién quien se sea si sí son también tengo
    tu tus ya yo él""",
}


class Questions:
    """Takes the little words out of questions in one language."""

    def __init__(self, language: str) -> None:
        self._analyzer = _analyzer(language)

    def telling(self, typed: Sequence[str]) -> list[str]:
        """The words that say something; all, where none does."""
        return [word for word in typed if self._analyzer.analyze(word)] or list(typed)


def _analyzer(language: str) -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.lowercase())
    if language in STEMMED and language not in UNLISTED:
        builder = builder.filter(Filter.stopword(STEMMED[language]))
    if more := MORE.get(language):
        builder = builder.filter(Filter.custom_stopword(more.split()))
    return builder.build()
