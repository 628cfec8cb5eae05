"""What somebody writes can do nothing to who reads it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.test_live import fresh

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
