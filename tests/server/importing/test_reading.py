"""Files as articles: what they say of themselves, what their place says, and what is bad."""

from __future__ import annotations

import pytest

from domain.knowledge.state import Reach, Stage
from server.importing.files import Bad, File, Wrong
from server.importing.reading import Read, read


def one(path: str, text: str | bytes) -> Read:
    content = text if isinstance(text, bytes) else text.encode()
    [found] = read(File(path, content))
    assert isinstance(found.article, Read), found
    return found.article


def wrong(path: str, text: str | bytes) -> tuple[Wrong, str]:
    content = text if isinstance(text, bytes) else text.encode()
    [found] = read(File(path, content))
    assert isinstance(found.article, Bad), found
    return found.article.wrong, found.article.detail


def test_markdown_says_by_its_front_matter_what_it_is():
    article = one(
        "en/money/refunds.md",
        "---\ntitle: Refunds\ncategory: Payments\nstage: published\nreach: staff\nowner: ada\n"
        "summary: When it comes\nlanguage: es\n---\n\nFive days.\n\n## Later\n",
    )
    assert article == Read(
        source="en/money/refunds.md",
        title="Refunds",
        body="Five days.\n\n## Later",
        summary="When it comes",
        category="Payments",
        language="es",
        reach=Reach.STAFF,
        stage=Stage.PUBLISHED,
    )


def test_without_it_the_heading_and_the_folders_do():
    article = one("es/Pagos y facturas/cobro.md", "# ¿Cobrado dos veces?\r\n\r\nEspere.\r\n")
    assert (article.title, article.body) == ("¿Cobrado dos veces?", "Espere.")
    assert (article.language, article.category) == ("es", "Pagos y facturas")
    assert (article.reach, article.stage) == (None, None)
    assert one("wash-a_jacket.md", "Cold.").title == "Wash a jacket"


def test_html_becomes_markdown_and_nothing_of_it_is_carried_out():
    article = one(
        "tents.html",
        """<html lang="en-GB"><head><title>Shop | Tents</title>
        <meta name="description" content="How to dry them"><style>p{}</style></head><body>
        <nav>Home</nav><main><h1>Tents</h1><p onclick="x()">Dry <b>first</b>.</p>
        <script>alert(1)</script><img src="https://spy.test/p.gif" onerror="alert(2)">
        <ul><li><a href="https://a.test/x">good</a></li>
        <li><a href=" javascript:alert(3)">bad</a></li>
        <li><a href="data:text/html,x">d</a></li></ul>
        <iframe src="https://evil.test"></iframe><svg><script>alert(4)</script></svg></main></body>""",
    )
    assert (article.title, article.summary, article.language) == ("Tents", "How to dry them", "en")
    assert "Dry **first**." in article.body
    assert "[good](https://a.test/x)" in article.body
    for harm in ("alert", "javascript", "data:", "spy", "evil", "onclick", "Home", "Shop"):
        assert harm not in article.body


def test_each_row_of_a_table_is_an_article():
    table = 'Title,Body,Category,Stage\nOne,"First\n\nline",Money,published\n,empty,,\nTwo,,,\n'
    found = list(read(File("all.csv", table.encode())))
    first = found[0].article
    assert isinstance(first, Read)
    assert (first.source, first.body, first.category) == ("all.csv#One", "First\n\nline", "Money")
    assert isinstance(found[1].article, Read)
    assert isinstance(found[2].article, Bad)
    assert found[2].article.wrong is Wrong.NO_TEXT


@pytest.mark.parametrize(
    ("path", "text", "why"),
    [
        ("a.md", b"\xff\xfe\x00", (Wrong.NOT_UTF8, "")),
        ("a.md", "---\ntitle: [a, b]\n---\nText", (Wrong.FRONT_MATTER, "title")),
        ("a.md", "---\ntitle: 'open\n---\nText", (Wrong.FRONT_MATTER, "line 3")),
        ("a.md", "---\n- a list\n---\nText", (Wrong.FRONT_MATTER, "")),
        (
            "a.md",
            "---\nx: !!python/name:os.system\n---\nText",
            (Wrong.FRONT_MATTER, "line 2"),
        ),
        ("a.md", f"---\nx: {'y' * 9_000}\n---\nText", (Wrong.FRONT_MATTER, "too long")),
        ("a.md", "---\ntitle: Only\n---\n", (Wrong.NO_TEXT, "")),
        (
            "a.md",
            "---\nlanguage: english\nstage: soon\n---\nText",
            (Wrong.INVALID, "language, stage"),
        ),
        ("a.md", "x" * 100_001, (Wrong.INVALID, "body")),
        ("a.html", "<script>only()</script>", (Wrong.NO_TEXT, "")),
        ("a.csv", "name,text\na,b\n", (Wrong.NO_COLUMNS, "title, body")),
    ],
)
def test_a_bad_file_says_what_is_wrong(path: str, text: str | bytes, why: tuple[Wrong, str]):
    assert wrong(path, text) == why
