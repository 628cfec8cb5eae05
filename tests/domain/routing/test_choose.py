"""Who gets it: skills, who knows them, language, load, idleness; and why each other does not."""

from __future__ import annotations

from typing import Any

from domain.routing.balance import Movable, Move, plan_moves
from domain.routing.choose import SHOWN, Option, Wanted, choose, least_full
from domain.routing.state import Lack
from domain.routing.waits import WINDOW, estimated_wait
from tests.domain.desk import uid

GERMAN = uid("german")


def option(name: str, load: int = 0, **fields: Any) -> Option:
    given: dict[str, Any] = {"agent_id": uid(name), "load": load, "capacity": 10, **fields}
    return Option(**given)


_WHO = "third half early late a b c d e f busy free knows one other best good full empty"
NAMES = {uid(name): name for name in _WHO.split()}


def reasons(wanted: Wanted, *options: Option) -> dict[str, str | None]:
    return {NAMES[each.agent_id]: each.reason for each in choose(wanted, options).candidates}


def chosen_of(wanted: Wanted, *options: Option) -> str | None:
    return NAMES.get(choose(wanted, options).agent_id or "")


def ids(names: str) -> frozenset[str]:
    return frozenset(map(uid, names.split()))


def test_the_least_loaded_for_what_they_can_carry_gets_it():
    half, third = option("half", 5), option("third", 6, capacity=20)
    assert reasons(Wanted(2), half, third) == {"third": None, "half": "more_load"}


def test_among_equals_who_has_waited_longest():
    early, late = option("early", given_at=1), option("late", given_at=2)
    assert reasons(Wanted(1), late, early) == {"early": None, "late": "less_idle"}


def test_an_idle_team_gives_to_who_carried_least_of_late():
    early, late = option("early", given_at=1, carried=2.0), option("late", given_at=2, carried=1.5)
    assert reasons(Wanted(1), late, early) == {"late": None, "early": "carried_more"}


def test_what_was_carried_of_late_counts_as_a_high_ticket_at_most():
    half, third = option("half", 2), option("third", carried=9.0)
    assert reasons(Wanted(1), half, third) == {"half": None, "third": "carried_more"}
    fuller = option("half", 4)
    assert reasons(Wanted(1), fuller, third) == {"third": None, "half": "more_load"}


def test_who_knows_it_better_is_not_evened_out_with_who_knows_it_less():
    best, good = option("best", skills={GERMAN: 5}, carried=3.0), option("good", skills={GERMAN: 3})
    assert chosen_of(Wanted(1, skills={GERMAN: 1}), good, best) == "best"


def test_ten_tickets_over_five_equals_are_two_each():
    options = {name: option(name) for name in "abcde"}
    for clock in range(1, 11):
        chosen = chosen_of(Wanted(2), *options.values())
        assert chosen is not None
        before = options[chosen]
        options[chosen] = before._replace(load=before.load + 2, given_at=clock)
    assert {each.load for each in options.values()} == {4}


def test_each_who_cannot_take_it_is_told_apart():
    wanted = Wanted(3, skills={GERMAN: 1}, only=ids("a b c d f"))
    knows = {GERMAN: 3}
    found = reasons(
        wanted,
        option("a", skills=knows),
        option("b", skills=knows, load=8),
        option("c"),
        option("d", skills=knows, kept_by="on_break"),
        option("e", skills=knows),
        option("f", skills={GERMAN: 2}),
    )
    assert found == {
        "a": None,
        "b": "full",
        "c": "not_skilled",
        "d": "on_break",
        "e": "not_named",
        "f": "more_load",
    }


def test_who_knows_it_less_well_than_is_asked_does_not_get_it_and_is_told_how_well():
    good, best = option("good", skills={GERMAN: 2}), option("best", 8, skills={GERMAN: 3})
    found = choose(Wanted(1, skills={GERMAN: 3}), [good, best, option("other")])

    assert found.agent_id == uid("best")
    assert {NAMES[each.agent_id]: (each.reason, each.lack) for each in found.candidates} == {
        "best": (None, None),
        "good": ("low_level", Lack(skill_id=GERMAN, level=2, least=3)),
        "other": ("not_skilled", Lack(skill_id=GERMAN, level=0, least=3)),
    }


def test_nothing_is_moved_to_who_knows_it_less_well_than_is_asked():
    full, free = option("full", 10, skills={GERMAN: 5}), option("free", skills={GERMAN: 2})
    movable = [Movable("t", uid("full"), 5, {GERMAN: 3})]
    assert plan_moves([full, free], movable) == []
    assert plan_moves([full, free._replace(skills={GERMAN: 3})], movable)


def test_nothing_is_moved_to_whom_its_category_does_not_name():
    full, free = option("full", 8), option("free")
    assert plan_moves([full, free], [Movable("t", uid("full"), 5, only=ids("full"))]) == []
    assert plan_moves([full, free], [Movable("t", uid("full"), 5, only=ids("full free"))])


def test_a_language_comes_before_load_and_knowing_them_before_both():
    busy = option("busy", 6, languages=("es",))
    free, knows = option("free"), option("knows", 7)
    wanted = Wanted(1, language="es", known_by=uid("knows"))
    assert reasons(wanted, busy, free, knows) == {
        "knows": None,
        "busy": "does_not_know_them",
        "free": "does_not_know_them",
    }
    assert reasons(wanted, busy, free) == {"busy": None, "free": "other_language"}


def test_who_knows_it_better_is_preferred_but_not_for_everything():
    best, good = option("best", skills={GERMAN: 5}), option("good", skills={GERMAN: 3})
    wanted = Wanted(1, skills={GERMAN: 1})
    assert chosen_of(wanted, good, best) == "best"
    assert chosen_of(wanted, good, best._replace(load=2)) == "good"


def test_who_passed_is_asked_again_only_when_all_did():
    one, other = option("one"), option("other", 3)
    passed = Wanted(1, passed=ids("one"))
    assert reasons(passed, one, other) == {"other": None, "one": "passed"}
    everybody = Wanted(1, passed=ids("one other"))
    assert chosen_of(everybody, one, other) == "one"
    assert chosen_of(passed, one, other._replace(kept_by="away")) == "one"


def test_who_all_passed_it_are_not_asked_again_at_once():
    one, other, free = option("one"), option("other", 3), option("free", 9)
    resting = Wanted(1, passed=ids("one other"), again=False)
    assert chosen_of(resting, one, other) is None
    assert reasons(resting, one, other) == {"one": "passed", "other": "passed"}
    assert chosen_of(resting, one, other, free) == "free"


def test_nobody_is_chosen_where_nobody_can_and_so_many_are_kept():
    options = [option(f"{each:03}", 10) for each in range(50)]
    choice = choose(Wanted(1), options)
    assert choice.agent_id is None
    assert len(choice.candidates) == SHOWN
    assert {each.reason for each in choice.candidates} == {"full"}


def test_a_wait_follows_from_how_fast_the_queue_moved():
    now = 10 * WINDOW
    taken = [now - 600_000, now - 300_000, now]
    assert estimated_wait(1, taken, now) == 200_000
    assert estimated_wait(3, taken, now) == 600_000
    assert estimated_wait(1, taken[:2], now) is None
    assert estimated_wait(1, [each - WINDOW for each in taken], now) is None


def test_tickets_move_from_the_fullest_to_the_emptiest_until_it_no_longer_helps():
    options = (option("full", 9), option("empty", 1), option("away", 0, kept_by="away"))
    movable = [Movable(f"t{weight}", uid("full"), weight) for weight in (5, 3, 1)]
    assert plan_moves(options, movable) == [Move("t5", uid("full"), uid("empty"), 5)]
    skilled = [Movable("t", uid("full"), 5, {GERMAN: 1})]
    assert plan_moves(options, skilled) == []


def test_who_is_full_is_found_behind_however_many_are_away():
    away = [option("away", agent_id=uid(f"away {each}"), kept_by="away") for each in range(SHOWN)]
    full, fuller = option("full", 8), option("half", 9)
    small = option("third", 2, capacity=2)

    assert least_full(Wanted(3), [*away, fuller, small, full]) == uid("full")
    assert least_full(Wanted(3), away) is None


def test_who_is_reached_by_push_is_offered_what_nobody_connected_can_take():
    free, late = option("free", kept_by="reachable"), option("late", 9)
    offered, given = Wanted(2, offered=True), Wanted(2)
    assert reasons(offered, free, late) == {"free": None, "late": "full"}
    assert reasons(given, free, late) == {"late": "full", "free": "reachable"}
    assert chosen_of(given, free, late) is None
    assert [each.reachable for each in choose(offered, [free, late]).candidates] == [True, False]


def test_who_is_connected_comes_first_however_full():
    free, busy = option("free", kept_by="reachable"), option("busy", 8)
    wanted = Wanted(2, offered=True)
    assert reasons(wanted, free, busy) == {"busy": None, "free": "reachable"}


def test_who_passed_it_is_asked_again_only_after_who_is_reached_by_push():
    free, busy = option("free", kept_by="reachable"), option("busy")
    once = Wanted(2, offered=True, passed=ids("busy"))
    assert reasons(once, free, busy) == {"free": None, "busy": "passed"}
    both = once._replace(passed=ids("busy free"))
    assert reasons(both, free, busy) == {"busy": None, "free": "passed"}
    assert reasons(both._replace(again=False), free, busy) == {"busy": "passed", "free": "passed"}


def test_a_phone_does_not_make_somebody_fit():
    wanted = Wanted(3, offered=True, skills={GERMAN: 2})
    some = option("a", kept_by="reachable"), option("b", 9, kept_by="reachable", skills={GERMAN: 3})
    assert reasons(wanted, *some) == {"a": "not_skilled", "b": "full"}
    assert reasons(wanted._replace(offered=False), *some)["b"] == "reachable"
