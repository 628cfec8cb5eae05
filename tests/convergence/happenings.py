"""What can happen to a ticket by itself, whatever led to it: for views that must follow it."""

from __future__ import annotations

from domain.approval.events import (
    ApprovalAsked,
    ApprovalChanged,
    ApprovalDecided,
    ApprovalDelegated,
    ApprovalReminded,
)
from domain.approval.state import ApprovalStatus, Level, Rule
from domain.message import Event
from domain.routing.events import (
    Ended,
    Intervention,
    OfferEnded,
    RequeueReason,
    TicketOffered,
    TicketRequeued,
    TicketRouted,
    TicketSnoozed,
    TicketSupervised,
)
from domain.routing.state import Candidate
from domain.sla.events import Act, SlaBreached, SlaChanged, SlaEscalated, SlaWarned
from domain.sla.state import Metric, SlaClock
from domain.ticket.state import Ticket
from domain.triage.events import GuessJudged, TicketTriaged
from domain.triage.state import (
    Duplicate,
    Excerpt,
    Guess,
    Guessed,
    GuessState,
    Mood,
    TriageLevel,
    Verdict,
)
from tests.domain.desk import uid

ADA, BOB, CY = uid("ada"), uid("bob"), uid("cy")
RUNNING = SlaClock(
    metric=Metric.FIRST_RESPONSE,
    target=60_000,
    started_at=5,
    since=5,
    due_at=60_005,
    wake_at=45_005,
)
PAUSED = SlaClock(metric=Metric.RESOLUTION, target=90_000, started_at=5, consumed=17)
LATE = RUNNING.model_copy(update={"breached_at": 60_005, "warned": (75, 90), "escalated": 1})

HAPPENINGS: tuple[Event, ...] = (
    TicketOffered(agent_id=ADA, until=90_000),
    TicketOffered(agent_id=BOB, until=95_000),
    OfferEnded(agent_id=ADA, outcome=Ended.DECLINED),
    OfferEnded(agent_id=BOB, outcome=Ended.EXPIRED),
    OfferEnded(agent_id=BOB, outcome=Ended.ACCEPTED),
    OfferEnded(agent_id=ADA, outcome=Ended.WITHDRAWN),
    TicketRouted(agent_id=ADA, candidates=(Candidate(agent_id=ADA, score=0.5, knows=True),)),
    TicketRouted(agent_id=None, candidates=(Candidate(agent_id=BOB, reason="full"),)),
    TicketRequeued(agent_id=BOB, reason=RequeueReason.SHIFT_END),
    TicketSnoozed(until=2_000_000),
    TicketSnoozed(until=None),
    TicketSupervised(kind=Intervention.OBSERVE),
    SlaChanged(
        policy_id=uid("gold"),
        policy_version=1,
        calendar_id=uid("hours"),
        clocks=(RUNNING, PAUSED),
    ),
    SlaChanged(policy_id=None, policy_version=0, calendar_id=None, clocks=()),
    SlaWarned(metric=Metric.FIRST_RESPONSE, percent=75, due_at=60_005, clocks=(RUNNING,)),
    SlaBreached(metric=Metric.FIRST_RESPONSE, due_at=60_005, clocks=(LATE, PAUSED)),
    SlaEscalated(metric=Metric.FIRST_RESPONSE, act=Act.NOTIFY, notify=(CY,), clocks=(LATE,)),
    ApprovalAsked(
        levels=(Level(approver_ids=(ADA, BOB)), Level(approver_ids=(CY,), rule=Rule.ANY)),
        wake_at=70_000,
    ),
    ApprovalDecided(
        approver_id=ADA,
        for_id=ADA,
        level=0,
        approved=True,
        reason=None,
        next_level=0,
        wake_at=70_000,
    ),
    ApprovalDecided(
        approver_id=BOB,
        for_id=CY,
        level=0,
        approved=True,
        reason="Fine.",
        next_level=1,
        wake_at=None,
    ),
    ApprovalReminded(approver_ids=(ADA,), wake_at=80_000),
    ApprovalDelegated(from_id=ADA, to_id=CY),
    ApprovalChanged(approval=ApprovalStatus.REFUSED, reason="Too dear."),
    ApprovalChanged(approval=None, reason=None),
    TicketTriaged(
        level=TriageLevel.MEANING,
        guesses=(
            Guess(field=Guessed.PRIORITY, values=("high",), confidence=0.5),
            Guess(
                field=Guessed.SKILLS,
                values=(CY,),
                confidence=0.9,
                state=GuessState.APPLIED,
            ),
        ),
        mood=Mood.UPSET,
        language="en",
        summary=Excerpt(start=0, end=7),
        duplicates=(Duplicate(ticket_id=uid("other"), number=7, likeness=0.75),),
    ),
    GuessJudged(field=Guessed.PRIORITY, verdict=Verdict.TAKE),
    GuessJudged(field=Guessed.SKILLS, verdict=Verdict.DISMISS),
)
"""At least one of each kind that no command of these histories leads to."""

_WAITING = ApprovalChanged(approval=ApprovalStatus.WAITING, reason=None)
_OF_A_ROUND = (ApprovalDecided, ApprovalReminded, ApprovalDelegated, ApprovalChanged)


def commits_of(event: Event, ticket: Ticket) -> list[tuple[Event, ...]]:
    """What happens to a ticket, commit by commit: a round of approval begins before it goes on."""
    if isinstance(event, ApprovalAsked):
        return [(_WAITING, event)]
    begun = ticket.approval is ApprovalStatus.WAITING or not isinstance(event, _OF_A_ROUND)
    asked = next(each for each in HAPPENINGS if isinstance(each, ApprovalAsked))
    return [(event,)] if begun else [(_WAITING, asked), (event,)]
