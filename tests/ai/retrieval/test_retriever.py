"""Passages by words at once, and by meaning as soon as there are vectors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ai.retrieval.embedding import Absent, Embedder
from ai.retrieval.kept import KeptVectors
from ai.retrieval.loading import Embeddings
from ai.retrieval.passages import Found
from ai.retrieval.retriever import Retriever
from ai.retrieval.words import Text
from tests.ai.retrieval.hashing import HashingEmbedder
from tests.waiting import until

REFUND = Text(
    "refund",
    "When do I get my refund?",
    "",
    "Five working days after we have it back.\n\n## By card\n\nA card takes three days more.",
    "en",
    True,
)
BIKE = Text("bike", "My bike was stolen", "", "Call the police first.", "en", True)
RUNBOOK = Text("runbook", "Refund by hand", "", "Ask billing before a refund.", "en", False)
SPANISH = Text("es", "¿Cuándo llega mi reembolso?", "", "En cinco días hábiles.", "es", True)
ALL = [(text, 1) for text in (REFUND, BIKE, RUNBOOK, SPANISH)]


class House:
    """A retriever with its model, in a folder that outlives it."""

    def __init__(self, folder: Path, model: HashingEmbedder | None = None) -> None:
        self.model = model or HashingEmbedder()
        self.embeddings = Embeddings(lambda: self.model)
        self.retriever = Retriever(self.embeddings, KeptVectors(folder / "vectors.db"))

    async def embed_all(self) -> None:
        await self.embeddings.run()
        while await self.retriever.embed_some():
            pass

    async def close(self) -> None:
        await self.embeddings.close()
        await self.retriever.close()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(tmp_path)
    await made.retriever.put(ALL)
    yield made
    made.model.held.set()
    await made.close()


def ids(found: Found) -> list[str]:
    return [passage.chunk.article_id for passage in found.passages]


async def test_words_find_it_before_there_is_a_model(house: House):
    found = await house.retriever.find("Will I be refunded?", public_only=True)
    assert not found.by_meaning
    assert ids(found)[0] == "refund"
    assert await house.retriever.embed_some() is False


async def test_meaning_finds_what_no_word_of_it_says(house: House):
    question = "Where is the bicycle?"
    before = await house.retriever.find(question, public_only=True)
    await house.embed_all()
    after = await house.retriever.find(question, public_only=True)

    assert ids(before) == []
    assert after.by_meaning
    assert ids(after)[0] == "bike"


@pytest.mark.parametrize("with_model", [False, True])
async def test_what_is_for_staff_is_shown_to_nobody_else(house: House, with_model: bool):
    if with_model:
        await house.embed_all()
    public = await house.retriever.find("refund by hand billing", public_only=True)
    staff = await house.retriever.find("refund by hand billing", public_only=False)
    assert "runbook" not in ids(public)
    assert ids(staff)[0] == "runbook"


async def test_one_language_can_be_asked_for(house: House):
    await house.embed_all()
    found = await house.retriever.find("¿Cuándo llega el reembolso?", public_only=True)
    assert ids(found)[0] == "es"
    english = await house.retriever.find("reembolso", public_only=True, language="en")
    assert "es" not in ids(english)


async def test_a_passage_says_where_it_stands_and_where_the_words_are(house: House):
    found = await house.retriever.find("how long by card", public_only=True)
    best = found.passages[0]
    assert (best.chunk.id, best.chunk.path) == ("refund:1:1", ("By card",))
    shown = {each.field: [each.text[a:b] for a, b in each.ranges] for each in best.highlights}
    assert shown == {"heading": ["card"], "body": ["card"]}


@pytest.mark.parametrize("with_model", [False, True])
async def test_scores_compare_between_questions(house: House, with_model: bool):
    if with_model:
        await house.embed_all()
    sure, unsure, nothing = [
        await house.retriever.find(each, public_only=True)
        for each in ("When do I get my refund?", "a refund for kayaks in Norway", "zzz")
    ]
    assert 1 >= sure.confidence > unsure.confidence > nothing.confidence >= 0
    assert all(0 <= passage.score <= 1.01 for passage in (*sure.passages, *unsure.passages))


@pytest.mark.parametrize("question", ["", " ", "?!", "🙂", "\0", "a" * 50_000, "(*)["])
async def test_what_is_no_question_breaks_nothing(house: House, question: str):
    await house.embed_all()
    found = await house.retriever.find(question, public_only=True)
    assert found.confidence <= 1


async def test_an_article_that_changed_or_went_is_found_as_it_is_now(house: House):
    await house.embed_all()
    await house.retriever.put([(BIKE._replace(title="Winter", body="Snow."), 2)], ["refund"])

    assert "bike" not in ids(await house.retriever.find("bicycle", public_only=True))
    assert "refund" not in ids(await house.retriever.find("refund", public_only=True))
    found = await house.retriever.find("snow", public_only=True)
    assert found.passages[0].chunk.id == "bike:2:0"


async def test_an_article_without_vectors_yet_is_found_beside_those_that_have_them(house: House):
    await house.embed_all()
    await house.retriever.put([(Text("new", "Kayaks", "", "We rent kayaks.", "en", True), 1)])
    found = await house.retriever.find("kayaks", public_only=True)
    assert ids(found)[0] == "new"
    assert house.retriever.waiting == 1


async def test_what_changes_while_it_is_embedded_keeps_nothing_of_the_old(house: House):
    await house.embeddings.run()
    house.model.held.clear()
    embedding = asyncio.create_task(house.retriever.embed_some())
    await until(lambda: bool(house.model.runs), "it works")
    await house.retriever.put([(REFUND._replace(body="Snow."), 2)])
    house.model.held.set()
    await embedding

    assert house.retriever.waiting == len(ALL)
    await house.embed_all()
    found = await house.retriever.find("snow", public_only=True)
    assert found.passages[0].chunk.id == "refund:2:0"


async def test_a_restart_embeds_nothing_anew(house: House, tmp_path: Path):
    await house.embed_all()
    again = House(tmp_path)
    await again.retriever.put([(text, 2) for text, _ in ALL])
    await again.embed_all()
    found = await again.retriever.find("bicycle", public_only=True)
    await again.close()

    assert ids(found)[0] == "bike"
    assert again.model.runs == [["bicycle"]]


async def test_a_file_of_vectors_that_is_broken_is_begun_anew(house: House, tmp_path: Path):
    await house.embed_all()
    (tmp_path / "other.db").write_bytes(b"no such file" * 1_000)
    kept = KeptVectors(tmp_path / "other.db")
    assert kept.get("hashing", [b"x"]) == {}
    kept.close()


async def test_another_model_has_vectors_of_its_own(house: House, tmp_path: Path):
    await house.embed_all()
    again = House(tmp_path, HashingEmbedder("another"))
    await again.retriever.put(ALL)
    await again.embed_all()
    await again.close()
    assert sum(map(len, again.model.runs)) == 5


async def test_tidying_lets_go_what_no_article_says(house: House, tmp_path: Path):
    await house.embed_all()
    await house.retriever.put([], gone=["bike"])
    await house.retriever.tidy()

    again = House(tmp_path)
    await again.retriever.put(ALL)
    await again.embed_all()
    await again.close()
    assert [text for run in again.model.runs for text in run] == [
        "My bike was stolen\nCall the police first."
    ]


async def test_a_language_that_the_model_does_not_speak_is_searched_by_words(house: House):
    house.model.languages = frozenset({"en"})
    await house.embed_all()
    found = await house.retriever.find("reembolso", public_only=True, language="es")
    assert (ids(found), found.by_meaning) == (["es"], False)
    assert not any("reembolso" in text for run in house.model.runs for text in run)
    assert house.retriever.waiting == 0


async def test_a_model_that_breaks_leaves_the_words(house: House):
    await house.embed_all()
    text = "what no model reads"
    found = await house.retriever.find(text, public_only=True)
    assert not found.by_meaning


async def test_a_part_that_is_missing_is_a_state_and_looked_for_again(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("ai.retrieval.loading.AGAIN_SECONDS", 0.01)
    there = False

    def load() -> Embedder:
        if not there:
            raise Absent("torch is not installed")
        return HashingEmbedder()

    embeddings = Embeddings(load)
    running = asyncio.create_task(embeddings.run())
    await until(lambda: bool(embeddings.why), "it says what is missing")
    assert await embeddings.embed(["x"]) is None
    assert embeddings.why == "torch is not installed"

    there = True
    await running
    assert (embeddings.state, embeddings.why, embeddings.name) == ("ready", "", "hashing")
    await embeddings.close()


async def test_no_model_wanted_is_a_state_too():
    embeddings = Embeddings(None)
    await embeddings.run()
    assert (embeddings.state, embeddings.why) == ("none", "switched off")
