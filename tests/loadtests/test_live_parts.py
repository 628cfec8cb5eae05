"""What load-test users are made of: rooms that notice what is missing, tallies, budgets, a page."""

from pathlib import Path
from typing import Any

import pytest

from loadtests.live.budgets import UnknownBudget, judge, load_budgets
from loadtests.live.followed import Followed, HoleError
from loadtests.live.histogram import Histogram
from loadtests.live.page import page
from loadtests.live.people import counts_of, load_people
from loadtests.live.scenarios import SCENARIOS
from loadtests.live.tally import Tally

ROOM = "ticket:t"


def envelope(seq: int, prev: int | None = None, epoch: str = "e", **more: Any) -> dict[str, Any]:
    """A message in a ticket's room; its ids are made of its seq."""
    return {
        "room": ROOM,
        "epoch": epoch,
        "seq": seq,
        "prev": seq - 1 if prev is None else prev,
        "command_id": f"c{seq}",
        "events": [{"type": "message.posted", "message_id": f"m{seq}"}],
        **more,
    }


def joined(seq: int = 2) -> Followed:
    """A room that was joined when its head was this."""
    room = Followed(ROOM)
    room.enter({"epoch": "e", "seq": seq, "snapshot": {}, "envelopes": [], "more": False})
    return room


LOG = [envelope(1), envelope(2), envelope(3), envelope(4)]

# A room.


def test_envelopes_that_come_early_wait_for_what_is_before_them():
    room = joined()

    assert room.take(envelope(5)) == []
    assert room.take(envelope(4)) == []
    assert [each["seq"] for each in room.take(envelope(3))] == [3, 4, 5]
    assert not room.early


def test_a_repeat_is_dropped_and_another_epochs_envelope_too():
    room = joined()

    room.take(envelope(3))
    assert room.take(envelope(3)) == []
    assert room.take(envelope(4, epoch="other")) == []
    assert room.seq == 3


def test_a_replay_goes_on_from_the_cursor():
    room = joined()
    answer = {"epoch": "e", "seq": 4, "snapshot": None, "more": False}

    taken = room.enter({**answer, "envelopes": [envelope(3), envelope(4)]})

    assert [each["seq"] for each in taken] == [3, 4]
    assert room.cursor() == {"room": ROOM, "epoch": "e", "after": 4}


@pytest.mark.parametrize("replayed", [[], [envelope(3)], [envelope(4)]])
def test_an_answer_that_leaves_something_out_is_a_hole(replayed: list[dict[str, Any]]):
    answer = {"epoch": "e", "seq": 4, "snapshot": None, "more": False}

    with pytest.raises(HoleError):
        joined().enter({**answer, "envelopes": replayed})


# The comparison with the log.


def test_what_came_whole_is_compared_and_nothing_is_found():
    room = joined()
    room.take(envelope(3))
    room.take(envelope(4))

    assert not room.behind(LOG)
    assert room.compare(LOG, ["m3"]) == (2, 0, 0, 0)


def test_what_is_in_the_log_and_did_not_come_is_lost():
    room = joined()
    room.take(envelope(3))

    assert room.behind(LOG)
    assert room.compare(LOG, []).lost == 1


def test_what_was_acknowledged_and_is_not_in_the_log_is_lost():
    room = joined()
    room.take(envelope(3))
    room.take(envelope(4))

    assert room.compare(LOG, ["m3", "m9"]).lost == 1


@pytest.mark.parametrize("twice", ["message_id", "command_id"])
def test_what_is_in_the_log_twice_is_doubled(twice: str):
    room = joined()
    again = envelope(5)
    if twice == "command_id":
        again["command_id"] = "c4"
    else:
        again["events"] = LOG[3]["events"]
    for each in (envelope(3), envelope(4), again):
        room.take(each)

    assert room.compare([*LOG, again], []).doubled >= 1


def test_what_came_and_is_not_in_the_log_is_strange():
    room = joined()
    for each in (envelope(3), envelope(4)):
        room.take(each)

    assert room.compare([*LOG[:2], LOG[3]], []).strange == 1


def test_what_was_before_a_snapshot_need_not_have_come():
    room = joined()
    room.take(envelope(3))
    room.enter({"epoch": "e", "seq": 4, "snapshot": {}, "envelopes": [], "more": False})

    assert room.snapshots == 2
    assert room.compare(LOG, ["m3"]).lost == 0


def test_a_feeds_rows_are_the_newest_of_each_ticket():
    room = Followed("team:x")
    rows = [{"ticket_id": "t", "seq": 5, "row": {"title": "new"}}]
    room.enter({"epoch": "e", "seq": 7, "snapshot": {"rows": rows}, "envelopes": [], "more": False})

    late = {"type": "feed.row", "ticket_id": "t", "seq": 4, "row": {"title": "old"}}
    gone = {"type": "feed.row", "ticket_id": "u", "seq": 1, "row": None}
    room.take(envelope(8, 7, events=[late, gone]))

    assert room.rows == {"t": (5, {"title": "new"}), "u": (1, None)}


# The tally.


def test_quantiles_are_exact_to_two_percent():
    sizes = Histogram()
    for ms in range(1, 1_001):
        sizes.add(ms)

    assert sizes.quantile(0.5) == pytest.approx(500, rel=0.02)
    assert sizes.quantile(0.99) == pytest.approx(990, rel=0.02)
    assert Histogram().quantile(0.5) is None
    assert sum(sizes.columns([10.0, 100.0])) == 1_000


def test_what_processes_tell_is_added_up():
    whole, part = Tally(), Tally()
    part.measuring = True
    for second in (10, 11, 11):
        part.count("acks", second + 0.5)
        part.took("ack", second + 0.5, 7.0)
    part.check("lost")

    whole.merge(part.take())
    whole.merge(part.take())

    assert whole.total("acks") == 3
    assert whole.whole("ack").total == 3
    assert whole.checks["lost"] == 1
    assert whole.seconds() == range(10, 12)


def test_while_people_arrive_only_what_is_wrong_counts():
    tally = Tally()
    tally.count("acks", 1.0)
    tally.took("ack", 1.0, 5.0)
    tally.check("lost")

    assert tally.total("acks") == 0
    assert tally.whole("ack").total == 0
    assert tally.checks["lost"] == 1


# Budgets.


@pytest.fixture
def measured() -> Tally:
    tally = Tally()
    tally.measuring = True
    for _ in range(200):
        tally.count("acks", 1.0)
        tally.took("ack", 1.0, 40.0)  # Told as the end of its column.
    return tally


def test_every_budget_of_the_file_is_something_that_is_measured():
    for name in SCENARIOS:
        budgets = load_budgets(name)
        assert {"lost", "doubled", "ack_p95", "ack_p99", "delivery_p95", "delivery_p99"} <= set(
            budgets
        )
        assert (budgets["lost"], budgets["doubled"]) == (0, 0)


def test_a_misspelt_budget_is_refused_before_the_run(tmp_path: Path):
    file = tmp_path / "budgets.toml"
    file.write_text("[every]\nack_p59 = 3\n")

    with pytest.raises(UnknownBudget, match="ack_p59"):
        load_budgets("steady", file)


@pytest.mark.parametrize(
    ("budgets", "said"),
    [
        ({"ack_p95": 50}, None),
        ({"ack_p95": 30}, "ack p95: 41 ms, at most 30 ms"),
        ({"delivery_p95": 30}, "delivery p95: nothing was measured, at most 30 ms"),
        ({"acks_at_least": 200}, None),
        ({"acks_at_least": 201}, "acks: 200, at least 201"),
        ({"lost": 0}, None),
    ],
)
def test_a_budget_is_met_or_says_how_it_is_not(
    measured: Tally, budgets: dict[str, float], said: str | None
):
    failed = [str(line) for line in judge(measured, budgets) if not line.met]

    assert failed == ([said] if said else [])


def test_one_lost_message_fails_a_run(measured: Tally):
    measured.check("lost")

    [line] = judge(measured, {"lost": 0})

    assert not line.met
    assert str(line) == "lost: 1, at most 0"


# The page.


def test_the_page_is_whole_in_itself_and_escapes_what_it_shows(measured: Tally):
    for second in range(2, 10):
        measured.count("acks", second)
        measured.took("delivery", second, 3.0 * second)
    measured.mark(4.0, "killed: <node>")

    html = page("kill: a <b>", ["1 × Agent"], measured, judge(measured, {"lost": 0}))

    assert "a &lt;b&gt;" in html
    assert "killed: &lt;node&gt;" in html
    assert html.count("<polyline") >= 3
    assert "http" not in html.replace("http-equiv", "")  # Nothing comes from anywhere else.


def test_a_run_in_which_nothing_happened_has_a_page_too():
    assert "Nothing was measured." in page("steady: x", [], Tally(), [])


# Who takes part.


def test_the_demos_people_are_there_without_a_file():
    people = load_people(None)

    assert all(people[role] for role in ("client", "agent", "supervisor"))


def test_a_file_without_a_role_is_refused(tmp_path: Path):
    file = tmp_path / "people.json"
    file.write_text('[{"email": "a@b.test", "password": "p", "role": "client"}]')

    with pytest.raises(SystemExit, match="agent or supervisor"):
        load_people(file)


def test_how_many_to_make_is_said_by_role():
    assert counts_of(["agent=3"])["agent"] == 3
    with pytest.raises(SystemExit, match="boss=3"):
        counts_of(["boss=3"])
