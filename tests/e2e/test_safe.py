"""What somebody writes can do nothing to who reads it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.test_files import a_file, attach, chips
from tests.e2e.test_live import fresh
from tests.e2e.test_pages import WIDTH

SCRIPTS = """\
<script>window.harmed = 1</script>

<img src=x onerror="window.harmed = 1">

<a href="javascript:window.harmed = 1">plain</a> [linked](javascript:window.harmed=1)

<iframe srcdoc="<script>parent.harmed = 1</script>"></iframe> <svg onload="window.harmed = 1">

![seen](https://pixel.example/seen.png) and **bold** and [a link](https://example.org/)
"""


def test_script_in_markdown_is_text_to_everybody(visit: Visit):
    client, agent = visit("client"), visit("agent")
    title = fresh("<b>Bold</b> <script>window.harmed = 1</script>")
    asked: list[str] = []
    for visitor in (client, agent):
        visitor.page.on("request", lambda request: asked.append(request.url))

    client.open_ticket(title, SCRIPTS)
    agent.enter_ticket(title)

    for visitor in (client, agent):
        text = visitor.page.locator("[data-key] article .text")
        expect(text.locator("strong")).to_have_text("bold")
        expect(text).to_contain_text("<script>window.harmed = 1</script>")
        expect(text.locator("script, img, iframe, svg, [onerror], [onload]")).to_have_count(0)
        expect(text.locator("a[href^='javascript']")).to_have_count(0)
        link = text.get_by_role("link", name="a link")
        expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
        assert visitor.evaluate("window.harmed") is None
    assert not [url for url in asked if "pixel.example" in url]


TRICKS = """\
<svg><script>window.harmed = 1</script><animate onbegin="window.harmed = 1"></svg>

[click](JaVaScRiPt:window.harmed=1) [data](data:text/html,<script>1</script>) <javascript:alert(1)>

[a]: javascript:window.harmed=1
[reference][a] ![x](x "onerror=window.harmed=1")

`</code><script>window.harmed = 1</script>`

<div style="position:fixed;inset:0" class="veil" id="app">over everything</div>
"""
CODE = "```\n" + "\n".join(f"line {at:04} " + "x" * 30 for at in range(1000)) + "\n```"
TURNED = "\u202egnp.exe"
NAMES = (
    f"invoice {TURNED}",
    "<img src=x onerror=harmed>.txt",
    "a" * 150 + ".txt",
    "حساب.txt",
    "a b'\"&;$(rm).txt",
)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_whatever_is_written_stays_in_its_shape(visit: Visit, phone: bool):
    client, agent = visit("client", phone=phone), visit("agent", phone=phone)
    title = fresh("W" * 150)
    client.open_ticket(title, f"{TRICKS}\n\n{'o' * 2_000}\n\nשלום עולם, مرحبا\n\n{CODE}")
    agent.enter_ticket(title)
    shown = [(client, client.page.locator("[data-key]")), (agent, agent.page.locator("[data-key]"))]

    for visitor, line in shown:
        text = line.locator("article .text")
        expect(text).to_contain_text("line 0999")
        expect(text.locator("script, svg, img, iframe, [style], [class], [id]")).to_have_count(0)
        links = text.locator("a").evaluate_all("links => links.map((link) => link.protocol)")
        assert set(links) <= {":", "http:", "https:", "mailto:"}  # ":" leads nowhere.
        inside = text.locator("pre").evaluate("code => [code.scrollHeight, code.clientHeight]")
        assert inside[0] > 10 * inside[1] > 0
        assert visitor.evaluate("window.harmed") is None
        assert visitor.evaluate(WIDTH) <= visitor.evaluate("window.innerWidth")
        assert text.evaluate("text => text.scrollWidth <= text.clientWidth + 1")
    client.page.goto("/portal")
    expect(client.row(title)).to_be_visible()
    assert client.evaluate(WIDTH) <= client.evaluate("window.innerWidth")


TABLE = """\
> | Fahrrad | Batteriekapazität | Reichweite | Turbomodus |
> |---|---|---|---|
> | Hauler | 625 Wh | 80 km | Donaudampfschifffahrt |
"""
BROKEN = """(cells) => cells.filter((cell) => {
  const line = document.createRange();
  line.selectNodeContents(cell);
  return line.getClientRects().length > 1;
}).map((cell) => cell.textContent)"""


def test_a_table_on_a_phone_scrolls_and_breaks_no_word(visit: Visit):
    client = visit("client", phone=True)
    title = fresh("A wide table")

    client.open_ticket(title, TABLE)

    cells = client.page.locator("[data-key] article .text th")
    expect(cells).to_have_count(4)
    assert cells.evaluate_all(BROKEN) == []
    assert client.evaluate(WIDTH) <= 390


def test_odd_names_of_files_are_names_and_nothing_else(visit: Visit):
    client, agent = visit("client", phone=True), visit("agent")
    title = fresh("Odd names")
    client.write_ticket(title, "See these.")
    attach(client, *(a_file(name, b"x") for name in NAMES))
    expect(chips(client, "there")).to_have_count(len(NAMES))
    assert client.evaluate(WIDTH) <= 390
    client.send_ticket()
    agent.enter_ticket(title)

    for visitor in (client, agent):
        files = visitor.line("See these.").get_by_role("button", name=".txt")
        expect(files).to_have_count(len(NAMES) - 1)
        assert visitor.evaluate("window.harmed") is None
        expect(visitor.page.locator("[data-key] [onerror]")).to_have_count(0)
        assert visitor.evaluate(WIDTH) <= visitor.evaluate("window.innerWidth")
    turned = agent.line("See these.").get_by_role("button", name="exe")
    with agent.page.expect_download() as download:
        turned.click()
    assert "\u202e" not in download.value.suggested_filename
