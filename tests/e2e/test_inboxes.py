"""Admins look after inboxes: made, changed by two at once, taken along to a site."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.test_live import fresh
from tests.e2e.test_pages import WIDTH, faults
from tests.e2e.visitor import Visitor


def make_inbox(admin: Visitor) -> tuple[str, str]:
    """The name and the id of an inbox that an admin makes and then looks at."""
    page = admin.page
    name = fresh("Corner Shop")
    page.goto("/admin/inboxes")
    page.get_by_role("link", name="Add inbox").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Team", exact=True).select_option(index=1)
    page.get_by_role("button", name="Add inbox").click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    return name, page.url.rsplit("/", 1)[-1]


def save_once_more(page: Page) -> None:
    """Save what was made just now: that it is saved was said then, too."""
    with page.expect_response(lambda answer: answer.request.method == "PUT" and answer.ok):
        page.get_by_role("button", name="Save").click()


def test_an_admin_makes_an_inbox_and_takes_its_script_and_its_secret_along(visit: Visit):
    admin = visit("admin")
    page = admin.page
    name, inbox = make_inbox(admin)
    script = page.get_by_role("group", name="The chat on your site").locator("code")
    expect(script).to_have_text(
        f'<script src="{admin.url}/widget.js" data-inbox="{inbox}" async></script>'
    )

    secret = page.get_by_role("group", name="Identity secret", exact=True).locator("code")
    page.get_by_role("button", name="Show it").click()
    expect(secret).to_have_count(1)
    before = secret.inner_text()
    page.get_by_role("button", name="Renew…").click()
    assert faults(page) == []
    page.get_by_role("button", name="Renew it").click()
    expect(page.get_by_text("This secret is new.")).to_be_visible()
    expect(secret).not_to_have_text(before)

    # The secret's renewal has changed the inbox, but nothing that is written here.
    page.get_by_label("E-mail", exact=True).fill("corner@demo.test")
    save_once_more(page)
    page.get_by_role("link", name="To all inboxes").click()
    expect(page.get_by_role("link", name=name)).to_contain_text("corner@demo.test")


def test_an_admin_names_the_sites_of_an_inbox_by_any_address_of_theirs(visit: Visit):
    admin = visit("admin")
    page = admin.page
    make_inbox(admin)
    sites, save = page.get_by_label("Sites"), page.get_by_role("button", name="Save")
    sites.fill("https://Corner.example/cart?from=mail\na shop\ncorner.example")
    save.click()
    expect(page.get_by_text("This is not the address of a site: a shop")).to_be_visible()
    expect(sites).to_have_value("https://corner.example\na shop")
    assert faults(page) == []
    sites.fill("https://corner.example\nhttp://localhost:5173/")
    save_once_more(page)
    page.reload()
    expect(sites).to_have_value("https://corner.example\nhttp://localhost:5173")


def test_two_who_change_one_inbox_choose_and_nothing_is_lost(visit: Visit):
    one, other = visit("admin"), visit("admin")
    name, inbox = make_inbox(one)
    other.page.goto(f"/admin/inboxes/{inbox}")
    sites = other.page.get_by_label("Sites")
    sites.fill("https://mine.example")

    one.page.get_by_label("Sites").fill("https://theirs.example")
    save_once_more(one.page)

    expect(other.page.get_by_text("Somebody changed this while")).to_be_visible()
    expect(other.page.locator("dd", has_text="https://theirs.example")).to_be_visible()
    expect(sites).to_have_value("https://mine.example")
    assert faults(other.page) == []
    other.page.get_by_role("button", name="Take theirs").click()
    expect(sites).to_have_value("https://theirs.example")
    other.page.get_by_role("button", name="Undo").click()
    other.page.get_by_role("button", name="Go on with mine").click()
    other.page.get_by_role("button", name="Save").click()
    expect(other.page.get_by_text("The inbox is saved.")).to_be_visible()
    one.page.reload()
    expect(one.page.get_by_label("Name", exact=True)).to_have_value(name)
    expect(one.page.get_by_label("Sites")).to_have_value("https://mine.example")


@pytest.mark.parametrize(("language", "title"), [("en", "Inboxes"), ("es", "Bandejas")])
def test_the_inboxes_fit_and_axe_finds_nothing(visit: Visit, language: str, title: str):
    admin = visit("admin", phone=language == "es")
    page = admin.page
    _, inbox = make_inbox(admin)
    admin.evaluate(f"localStorage['deskwire.language'] = '{language}'")
    page.goto("/admin")
    page.get_by_role("link", name=title).click()
    for path in ("", "/new", f"/{inbox}"):
        page.goto(f"/admin/inboxes{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator("main [role=status]")).to_have_count(0)  # Nothing is on its way.
        assert admin.evaluate(WIDTH) <= admin.evaluate("window.innerWidth")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert faults(page) == []
