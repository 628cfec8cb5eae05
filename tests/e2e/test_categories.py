"""Admins look after categories: whose tickets they are, and who must agree to them."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.house import House
from tests.e2e.shopper import Staff
from tests.e2e.test_live import fresh
from tests.e2e.test_pages import WIDTH, faults
from tests.e2e.test_promises import ALWAYS
from tests.e2e.test_work import one


@pytest.fixture
def admin(house: House) -> Generator[Staff]:
    admin = Staff(house.nodes[1].url, "admin")
    yield admin
    admin.close()


@pytest.fixture
def category(admin: Staff) -> Generator[dict[str, Any]]:
    made = admin.post("/api/categories", {"name": fresh("Purchases"), "keywords": ["laptop"]})
    yield made
    admin.delete(f"/api/categories/{made['id']}")


def choose(part: Page | Locator, label: str, name: str) -> None:
    """Find somebody by a part of their name, and name them."""
    line = part.get_by_role("combobox", name=label)
    line.click()
    line.press_sequentially(name.split()[0])
    page = part if isinstance(part, Page) else part.page
    page.get_by_role("option", name=name).click()


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_an_admin_makes_a_category_that_two_levels_must_agree_to(
    visit: Visit, admin: Staff, phone: bool
):
    visitor = visit("admin", phone=phone)
    page, name = visitor.page, fresh("Hardware")
    noor, sam, boss = (one(admin, who) for who in ("agent2", "agent", "supervisor"))
    team = next(
        each for each in admin.get("/api/teams")["items"] if sam["id"] in each["member_ids"]
    )
    page.goto("/admin/categories")
    page.get_by_role("link", name="Add category").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Team", exact=True).select_option(team["name"])
    page.get_by_role("textbox", name="Keywords").fill("laptop, screen")
    page.get_by_role("textbox", name="Keywords").press("Enter")
    choose(page, "Who is given its tickets", sam["name"])
    for _ in range(2):
        page.get_by_role("button", name="Add a step").click()
    first, second = (page.get_by_role("group", name=f"Step {place}") for place in (1, 2))
    choose(first, "Who is asked", noor["name"])
    choose(first, "Who is asked", sam["name"])
    first.get_by_label("Who has to agree").select_option("Any of them")
    choose(second, "Who is asked", boss["name"])
    assert faults(page) == []
    assert visitor.evaluate(WIDTH) <= visitor.evaluate("window.innerWidth")
    page.get_by_role("button", name="Add category").click()

    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    made = admin.get(page.url.replace("/admin/", "/api/").removeprefix(visitor.url))
    assert made["approval"] == [
        {"approver_ids": [noor["id"], sam["id"]], "rule": "any"},
        {"approver_ids": [boss["id"]], "rule": "all"},
    ]
    assert (made["keywords"], made["member_ids"]) == (["laptop", "screen"], [sam["id"]])
    page.get_by_role("link", name="To all categories").click()
    expect(page.get_by_role("link", name=name)).to_contain_text("Approval in 2 steps")


def test_a_category_is_renamed_loses_a_level_and_its_approvers_change_places(
    visit: Visit, admin: Staff, category: dict[str, Any]
):
    page = visit("admin").page
    noor, sam = (one(admin, who)["id"] for who in ("agent2", "agent"))
    levels = [{"approver_ids": [noor]}, {"approver_ids": [sam]}, {"approver_ids": [noor, sam]}]
    admin.put(f"/api/categories/{category['id']}", {"approval": levels})
    page.goto(f"/admin/categories/{category['id']}")
    page.get_by_role("button", name="Ask step 2 earlier").click()
    page.get_by_role("button", name="Remove step 3").click()
    name = fresh("Renamed")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("The category is saved.")).to_be_visible()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    after = admin.get(f"/api/categories/{category['id']}")
    assert [each["approver_ids"] for each in after["approval"]] == [[sam], [noor]]


def test_a_category_asks_for_a_skill_at_a_least_level(
    visit: Visit, admin: Staff, category: dict[str, Any]
):
    page = visit("admin").page
    skill = admin.post("/api/skills", {"name": fresh("Wiring")})
    page.goto(f"/admin/categories/{category['id']}")
    page.get_by_role("combobox", name="Skills it needs").press_sequentially(skill["name"])
    page.get_by_role("option", name=skill["name"]).click()
    page.get_by_label(f"Least level of {skill['name']}").select_option("3")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("The category is saved.")).to_be_visible()
    after = admin.get(f"/api/categories/{category['id']}")
    assert after["skills"] == [{"skill_id": skill["id"], "level": 3}]
    assert faults(page) == []


def test_two_who_change_one_category_choose_and_nothing_is_lost(
    visit: Visit, admin: Staff, category: dict[str, Any]
):
    page = visit("admin").page
    noor = one(admin, "agent2")
    page.goto(f"/admin/categories/{category['id']}")
    page.get_by_role("textbox", name="Keywords").fill("mouse")
    page.get_by_role("textbox", name="Keywords").press("Enter")
    admin.put(f"/api/categories/{category['id']}", {"approval": [{"approver_ids": [noor["id"]]}]})

    expect(page.locator("dd", has_text=f"All of them: {noor['name']}")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Take theirs").click()
    expect(page.get_by_role("group", name="Step 1")).to_contain_text(noor["name"])


def test_what_another_admin_changes_is_shown_without_a_reload(
    visit: Visit, admin: Staff, category: dict[str, Any]
):
    page, path = visit("admin").page, f"/api/categories/{category['id']}"
    first, second = fresh("Renamed"), fresh("Renamed anew")
    page.goto("/admin/categories")
    expect(page.get_by_role("link", name=category["name"])).to_be_visible()
    admin.put(path, {"name": first})
    page.get_by_role("link", name=first).click()
    expect(page.get_by_label("Name", exact=True)).to_have_value(first)

    admin.put(path, {"name": second})  # Nothing was written here that could be lost.

    expect(page.get_by_label("Name", exact=True)).to_have_value(second)
    page.goto("/admin/teams")
    expect(page.get_by_role("button", name="Add team")).to_be_visible()
    team = admin.post("/api/teams", {"name": fresh("Night watch")})
    expect(page.get_by_role("heading", name=team["name"])).to_be_visible()
    page.goto("/admin/promises")
    expect(page.get_by_role("heading", level=1, name="Promises")).to_be_visible()
    calendar = admin.post("/api/calendars", {"name": fresh("Always"), **ALWAYS})
    targets = {each: {"resolution": 240} for each in ("low", "medium", "high", "urgent")}
    given = {"name": fresh("Promised"), "calendar_id": calendar["id"], "targets": targets}
    policy = admin.post("/api/sla", {**given, "active": False, "position": 9_000})
    expect(page.get_by_role("link", name=policy["name"])).to_be_visible()
    for made in (f"sla/{policy['id']}", f"calendars/{calendar['id']}"):
        admin.delete(f"/api/{made}")
    expect(page.get_by_role("link", name=policy["name"])).to_have_count(0)


def test_a_level_that_asks_nobody_is_not_sent(visit: Visit, admin: Staff, category: dict[str, Any]):
    page = visit("admin").page
    page.goto(f"/admin/categories/{category['id']}")
    page.get_by_role("button", name="Add a step").click()
    expect(page.get_by_text("Name who is asked")).to_have_count(0)
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Name who is asked, or remove this step.")).to_be_visible()
    assert faults(page) == []
    assert admin.get(f"/api/categories/{category['id']}")["approval"] == []


def test_who_works_here_no_more_is_marked_and_refused_as_an_approver(
    visit: Visit, admin: Staff, category: dict[str, Any]
):
    # Given somebody whose account was closed after they became an approver
    page = visit("admin").page
    leaver = {"name": fresh("Lee"), "email": f"{fresh('lee').replace(' ', '')}@demo.test"}
    user = admin.post("/api/users", {**leaver, "role": "agent"})["user"]
    levels = [{"approver_ids": [user["id"], one(admin, "agent")["id"]]}]
    admin.put(f"/api/categories/{category['id']}", {"approval": levels})
    admin.put(f"/api/users/{user['id']}", {"active": False})

    # When anything of the category is saved
    page.goto(f"/admin/categories/{category['id']}")
    level = page.get_by_role("group", name="Step 1")
    expect(level.get_by_text(f"Does not work here any more: {leaver['name']}")).to_be_visible()
    page.get_by_label("Name", exact=True).fill(fresh("Anew"))
    page.get_by_role("button", name="Save").click()

    # Then it says why not, and goes through without them
    expect(level.get_by_text("Only people who work here.")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="can approve.")).to_be_visible()
    assert faults(page) == []
    level.get_by_role("button", name=f"Remove {leaver['name']}").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The category is saved.")).to_be_visible()


def test_deputies_in_a_circle_are_refused_and_the_category_names_who_stands_in(
    visit: Visit, admin: Staff, category: dict[str, Any]
):
    page = visit("admin").page
    sam, noor = one(admin, "agent"), one(admin, "agent2")
    admin.put(f"/api/users/{sam['id']}", {"deputy_id": noor["id"]})
    levels = [{"approver_ids": [sam["id"]]}]
    admin.put(f"/api/categories/{category['id']}", {"approval": levels})
    try:
        page.goto("/admin")
        page.locator("[data-user]", has_text=noor["email"]).click()
        form = page.get_by_role("dialog", name=noor["name"])
        form.get_by_label("Deputy").select_option(sam["name"])
        form.get_by_role("button", name="Save").click()
        expect(form.get_by_text("Their deputies lead back here")).to_be_visible()
        assert faults(page) == []

        page.goto(f"/admin/categories/{category['id']}")
        said = f"While {sam['name']} is away, {noor['name']} is asked."
        expect(page.get_by_text(said)).to_be_visible()
    finally:
        admin.put(f"/api/users/{sam['id']}", {"deputy_id": None})


def test_a_category_that_is_still_used_stays_and_says_so(visit: Visit, admin: Staff):
    client, page = visit("client"), visit("admin").page
    made = admin.post("/api/categories", {"name": fresh("Used")})
    title = fresh("Uses it")
    client.open_ticket(title, "Please.")
    ticket = f"/api/tickets/{admin.ticket(title)['id']}"
    admin.put(ticket, {"category": made["id"]})
    page.goto(f"/admin/categories/{made['id']}")
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("1 open ticket")
    assert faults(page) == []

    admin.put(ticket, {"category": None})
    page.get_by_role("button", name="Delete it").click()
    expect(page).to_have_url(re.compile("/admin/categories$"))
    expect(page.get_by_text("The category is deleted.")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_categories_fit_and_axe_finds_nothing(
    visit: Visit, admin: Staff, category: dict[str, Any], language: str
):
    long = {"name": "Replacements of hardware " * 4, "keywords": ["x" * 50, "screen"]}
    levels = [{"approver_ids": [one(admin, "agent")["id"]], "rule": "any"}] * 3
    admin.put(f"/api/categories/{category['id']}", {**long, "approval": levels})
    visitor = visit("admin", phone=language == "es")
    page = visitor.page
    visitor.evaluate(f"localStorage['deskwire.language'] = '{language}'")
    for path in ("", "/new", f"/{category['id']}"):
        page.goto(f"/admin/categories{path}")
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator("main [role=status]")).to_have_count(0)  # Nothing is on its way.
        assert visitor.evaluate(WIDTH) <= visitor.evaluate("window.innerWidth")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert faults(page) == []
