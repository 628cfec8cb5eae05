"""Articles: who writes them, who finds them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from domain.access import DEFAULT_ROLES, Actor
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.knowledge.commands import CreateArticle, DeleteArticle, UpdateArticle
from domain.knowledge.decide import decide
from domain.knowledge.facts import Facts
from domain.knowledge.state import Article, Reach, Stage, Words
from domain.message import ActorKind
from tests.domain.people.house import NOW, new_id, staff

CLIENT = Actor(
    kind=ActorKind.CLIENT, id=new_id(), role="client", permissions=DEFAULT_ROLES["client"]
)
ARTICLE = Article(
    id=new_id(),
    version=3,
    title="How long do refunds take?",
    body="Five working days.",
    author_id=new_id(),
    created_at=1,
    updated_at=1,
)


def test_an_agent_writes_a_draft():
    command = CreateArticle(command_id=new_id(), title=" Refunds ", body="Five\r\ndays.")
    writer = staff("agent")
    article = decide(None, command, writer, NOW, Facts())
    assert article is not None
    assert (article.title, article.body) == ("Refunds", "Five\ndays.")
    assert (article.stage, article.reach) == (Stage.DRAFT, Reach.PUBLIC)
    assert (article.author_id, article.created_at, article.updated_at) == (writer.id, NOW, NOW)


def test_clients_write_none():
    with pytest.raises(Forbidden, match=r"article\.manage"):
        decide(None, CreateArticle(command_id=new_id(), title="x", body="y"), CLIENT, NOW, Facts())


def test_a_category_that_is_not_there_is_refused():
    command = CreateArticle(command_id=new_id(), title="x", body="y", category=new_id())
    with pytest.raises(Invalid) as refused:
        decide(None, command, staff(), NOW, Facts(category_known=False))
    assert "category" in refused.value.fields


def test_a_change_moves_its_moment_and_none_does_not():
    same = UpdateArticle(command_id=new_id(), article_id=ARTICLE.id, title=ARTICLE.title)
    assert decide(ARTICLE, same, staff(), NOW, Facts()) == ARTICLE

    publish = UpdateArticle(command_id=new_id(), article_id=ARTICLE.id, stage=Stage.PUBLISHED)
    after = decide(ARTICLE, publish, staff(), NOW, Facts())
    assert after is not None
    assert (after.stage, after.updated_at, after.body) == (Stage.PUBLISHED, NOW, ARTICLE.body)


PUBLISHED = ARTICLE.model_copy(update={"stage": Stage.PUBLISHED})
BETTER = Words(title="Refunds", body="Three working days.")


def changed(article: Article, **fields: object) -> Article:
    command = UpdateArticle.model_validate(
        {"command_id": new_id(), "article_id": article.id, **fields}
    )
    after = decide(article, command, staff(), NOW, Facts())
    assert after is not None
    return after


def test_what_is_kept_for_later_changes_nothing_for_readers():
    after = changed(PUBLISHED, revision=BETTER)
    assert after == PUBLISHED.model_copy(update={"revision": BETTER})
    published = changed(after, title=BETTER.title, body=BETTER.body, revision=None)
    assert (published.body, published.revision) == (BETTER.body, None)
    assert published.updated_at == NOW


def test_a_draft_keeps_nothing_from_anybody():
    assert changed(ARTICLE, revision=BETTER).body == BETTER.body
    waiting = PUBLISHED.model_copy(update={"revision": BETTER})
    withdrawn = changed(waiting, stage=Stage.DRAFT)
    assert (withdrawn.title, withdrawn.body, withdrawn.revision) == ("Refunds", BETTER.body, None)


def test_an_editor_who_has_not_seen_the_last_change_is_told():
    command = UpdateArticle(command_id=new_id(), article_id=ARTICLE.id, version=2, title="New")
    with pytest.raises(Conflict) as refused:
        decide(ARTICLE, command, staff(), NOW, Facts())
    assert refused.value.fields == {"version": 3}


def test_what_is_deleted_is_no_more_and_cannot_be_changed():
    command = DeleteArticle(command_id=new_id(), article_id=ARTICLE.id)
    assert decide(ARTICLE, command, staff(), NOW, Facts()) is None
    with pytest.raises(NotFound):
        decide(None, command, staff(), NOW, Facts())


@pytest.mark.parametrize(
    ("reach", "stage", "found"),
    [
        (Reach.PUBLIC, Stage.PUBLISHED, True),
        (Reach.PUBLIC, Stage.DRAFT, False),
        (Reach.STAFF, Stage.PUBLISHED, False),
        (Reach.STAFF, Stage.DRAFT, False),
    ],
)
def test_a_client_finds_what_is_public_and_published(reach: Reach, stage: Stage, found: bool):
    article = ARTICLE.model_copy(update={"reach": reach, "stage": stage})
    assert article.seen_by(CLIENT) is found
    assert article.seen_by(staff("agent"))


@pytest.mark.parametrize("language", ["", "EN", "english", "e", "../x"])
def test_a_language_is_a_code(language: str):
    with pytest.raises(ValidationError):
        CreateArticle(command_id=new_id(), title="x", body="y", language=language)
