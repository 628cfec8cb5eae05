"""This browser as a device: turned on where something delivers, or told why not; what is shown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.test_pages import WIDTH, faults

HERE = "/me/notifications"
NOTIFICATIONS = """async () => {
    const registration = await navigator.serviceWorker.ready;
    let shown = [];
    for (let tries = 0; tries < 100 && shown.length === 0; tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        shown = await registration.getNotifications();
    }
    return shown.map(
        ({ title, body, tag, lang, data }) => ({ title, body, tag, lang, path: data.path }),
    );
}"""


def on_this_device(page: Page):
    return page.get_by_role("region", name="On this device")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_browser_that_reaches_no_push_service_says_so(visit: Visit, phone: bool):
    # Given a browser that may notify; on this machine nothing delivers to it
    page = visit("agent", phone=phone).page
    page.context.grant_permissions(["notifications"])
    page.goto(HERE)
    expect(on_this_device(page)).to_contain_text("not told anything while Deskwire is closed")

    on_this_device(page).get_by_role("button", name="Turn on").click()

    expect(on_this_device(page)).to_contain_text("could not reach its push service")
    expect(on_this_device(page).get_by_role("button", name="Turn on")).to_be_enabled()
    page.evaluate("scrollTo(0, 0)")  # What the bar covers half is no target.
    assert faults(page) == []
    assert page.evaluate(WIDTH) <= page.evaluate("window.innerWidth")


def test_a_browser_whose_owner_said_no_says_so(visit: Visit):
    page = visit("agent").page
    page.goto(HERE)
    on_this_device(page).get_by_role("button", name="Turn on").click()
    expect(on_this_device(page)).to_contain_text("does not allow Deskwire")
    expect(on_this_device(page).get_by_role("button", name="Turn on")).to_have_count(0)
    assert faults(page) == []


def test_what_is_pushed_is_one_s_own_choice_and_stays(visit: Visit):
    page = visit("agent2").page
    page.goto(HERE)
    offered = page.get_by_role("checkbox", name="Push: A ticket is offered to me")
    answered = page.get_by_role("checkbox", name="Push: Somebody answers")
    expect(offered).to_be_checked()
    expect(answered).not_to_be_checked()

    offered.uncheck()
    answered.check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved")).to_be_visible()

    page.reload()
    expect(answered).to_be_checked()
    expect(offered).not_to_be_checked()


def test_clients_are_not_asked(visit: Visit):
    page = visit("client").page
    page.goto(HERE)
    expect(page.get_by_role("checkbox", name="Here: Somebody answers")).to_be_visible()
    expect(on_this_device(page)).to_have_count(0)
    expect(page.get_by_role("checkbox", name="Push: Somebody answers")).to_have_count(0)


def test_what_is_pushed_is_shown(visit: Visit):
    page = visit("agent").page
    page.context.grant_permissions(["notifications"])
    page.goto(HERE)
    found: list[dict[str, Any]] = []
    devtools = page.context.new_cdp_session(page)
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    page.evaluate(
        "navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)"
    )
    page.wait_for_function("() => navigator.serviceWorker.getRegistration('/')")
    assert found, "the browser tells of the worker"
    words = {
        "title": "#7",
        "body": "It is offered to you.",
        "tag": "seven",
        "path": "/console/t/7",
        "language": "en",
        "at": 1_800_000_000_000,
    }
    pushed = {
        "origin": page.evaluate("location.origin"),
        "registrationId": found[-1]["registrationId"],
        "data": json.dumps(words),
    }

    devtools.send("ServiceWorker.deliverPushMessage", pushed)

    (shown,) = page.evaluate(NOTIFICATIONS)
    assert shown == {
        **{name: words[name] for name in ("title", "body", "tag", "path")},
        "lang": "en",
    }
