"""Every command and every event, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Union, cast, get_args

from pydantic import Field, TypeAdapter, ValidationError

from domain.approval import commands as approval
from domain.approval import events as asked
from domain.assistant import commands as assist
from domain.assistant import events as assisted
from domain.contact import commands as contact
from domain.errors import Invalid, Retryable
from domain.inbox import commands as inbox
from domain.knowledge import commands as knowledge
from domain.leave import commands as leave
from domain.message import Command, Event, canonical_uuid
from domain.notification import commands as notification
from domain.people import commands as people
from domain.routing import commands as routing
from domain.routing import events as routed
from domain.sla import commands as sla
from domain.sla import events as promised
from domain.supervision import commands as supervision
from domain.ticket import commands as ticket
from domain.ticket import events as happened
from domain.triage import commands as triage
from domain.triage import events as triaged
from domain.workforce import commands as workforce
from domain.workforce import events as worked

PersonsTicketCommand = (
    ticket.OpenTicket
    | ticket.Reply
    | ticket.EditMessage
    | ticket.RedactMessage
    | ticket.AssignTicket
    | ticket.SetStatus
    | ticket.SetPriority
    | ticket.UpdateTicket
    | ticket.DeleteTicket
    | routing.AcceptOffer
    | routing.DeclineOffer
    | routing.TransferTicket
    | routing.SnoozeTicket
    | supervision.Observe
    | supervision.Whisper
    | supervision.Barge
    | supervision.TakeOver
    | approval.Approve
    | approval.Refuse
    | assist.AskPerson
    | assist.RateAnswer
    | triage.JudgeGuess
)
"""What a person may ask of a ticket, through any door."""

PersonsAgentCommand = workforce.SetAgentStatus | workforce.StartBreak | workforce.EndBreak
"""What a person may ask of an agent's stream, through any door: their own, or who manages them."""

PersonsDocumentCommand = (
    people.CreateUser
    | people.UpdateUser
    | people.DeleteUser
    | people.CreateRole
    | people.UpdateRole
    | people.DeleteRole
    | people.CreateTeam
    | people.UpdateTeam
    | people.AddMember
    | people.RemoveMember
    | people.DeleteTeam
    | people.CreateSkill
    | people.UpdateSkill
    | people.DeleteSkill
    | inbox.CreateInbox
    | inbox.UpdateInbox
    | inbox.RenewIdentitySecret
    | inbox.DeleteInbox
    | inbox.CreateCategory
    | inbox.UpdateCategory
    | inbox.DeleteCategory
    | knowledge.CreateArticle
    | knowledge.UpdateArticle
    | knowledge.DeleteArticle
    | sla.CreateCalendar
    | sla.UpdateCalendar
    | sla.DeleteCalendar
    | sla.CreatePolicy
    | sla.UpdatePolicy
    | sla.DeletePolicy
    | contact.CreateContact
    | contact.UpdateContact
    | contact.DeleteContact
    | contact.MergeContact
    | contact.BlockContact
    | contact.UnblockContact
    | leave.CreateLeave
    | leave.FollowCalendar
    | leave.UpdateLeave
    | leave.DeleteLeave
    | notification.SetPreferences
)
"""What a person may ask of a plain document, through any door."""

DocumentCommand = (
    PersonsDocumentCommand
    | contact.RegisterContact
    | contact.IdentifyContact
    | contact.AbsorbContacts
)
"""Every command to a plain document, the machine's too."""

MachineCommand = (
    approval.RemindApproval
    | assist.Answer
    | assist.HandOverTicket
    | assist.WakeAssistant
    | ticket.CloseQuiet
    | routing.EndOffer
    | routing.EndSnooze
    | routing.OfferTicket
    | routing.RouteTicket
    | routing.RequeueTicket
    | sla.SlaTick
    | triage.TriageTicket
    | sla.RecalculateSla
    | ticket.LinkFollowUp
    | ticket.OpenFollowUp
    | workforce.Reserve
    | workforce.Confirm
    | workforce.Reweigh
    | workforce.Release
    | workforce.BreakOver
    | workforce.WarnShiftEnd
)
"""Timers and the steps of processes; no door accepts them."""

TicketEvent = (
    happened.TicketOpened
    | happened.MessagePosted
    | happened.MessageEdited
    | happened.MessageRedacted
    | happened.TicketAssigned
    | happened.StatusChanged
    | happened.PriorityChanged
    | happened.TicketRenamed
    | happened.CategoryChanged
    | happened.DueChanged
    | happened.TagsChanged
    | happened.FieldsChanged
    | happened.SkillsChanged
    | happened.TicketFollowedUp
    | happened.TicketDeleted
    | routed.TicketOffered
    | routed.OfferEnded
    | routed.TicketRouted
    | routed.TicketRequeued
    | routed.TicketSnoozed
    | routed.TicketSupervised
    | promised.SlaChanged
    | promised.SlaWarned
    | promised.SlaBreached
    | promised.SlaEscalated
    | asked.ApprovalAsked
    | asked.ApprovalDecided
    | asked.ApprovalReminded
    | asked.ApprovalDelegated
    | asked.ApprovalChanged
    | assisted.AssistantEngaged
    | assisted.AssistantHandedOver
    | assisted.AssistantRated
    | assisted.AssistantBriefed
    | triaged.TicketTriaged
    | triaged.GuessJudged
)

AgentEvent = (
    worked.AgentReserved
    | worked.AgentConfirmed
    | worked.AgentReweighed
    | worked.AgentReleased
    | worked.AgentStatusSet
    | worked.BreakStarted
    | worked.BreakEnded
    | worked.ShiftEnding
)

DoorCommand = Annotated[
    Union[PersonsTicketCommand, PersonsAgentCommand, PersonsDocumentCommand],  # noqa: UP007 - all are unions already
    Field(discriminator="type"),
]
AnyCommand = Annotated[
    Union[PersonsTicketCommand, PersonsAgentCommand, DocumentCommand, MachineCommand],  # noqa: UP007
    Field(discriminator="type"),
]
AnyEvent = Annotated[Union[TicketEvent, AgentEvent], Field(discriminator="type")]  # noqa: UP007

_door: TypeAdapter[Command] = TypeAdapter(DoorCommand)
_command: TypeAdapter[Command] = TypeAdapter(AnyCommand)
_event: TypeAdapter[Event] = TypeAdapter(AnyEvent)

UPCASTS: dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""By type and older version, what makes an event of it one of the next version, `v` too."""

_MOST_FIELDS = 50
_LONGEST_NAME = 80
"""How much of what was sent comes back in a refusal."""

DOOR_TYPES: frozenset[str] = frozenset(
    member.model_fields["type"].default
    for members in (PersonsTicketCommand, PersonsAgentCommand, PersonsDocumentCommand)
    for member in cast("tuple[type[Command], ...]", get_args(members))
)


def parse_command(data: Any) -> Command:  # noqa: ANN401 - anything may come through a door
    """Read what a person sent through a door; raises Invalid with a message per field."""
    if not isinstance(data, dict):
        raise Invalid("A command is an object with `type` and `command_id`.")
    fields = cast("dict[str, Any]", data)
    kind = str(fields.get("type"))
    if kind not in DOOR_TYPES:
        raise Invalid(f"There is no command {kind[:80]!r}.")
    try:
        identity = canonical_uuid(fields["command_id"])
    except (KeyError, ValueError, AttributeError, TypeError):
        raise Invalid(
            "`command_id` must be a UUID made by the caller.", fields={"command_id": "not a UUID"}
        ) from None
    try:
        return _door.validate_python({**fields, "command_id": identity})
    except ValidationError as error:
        raise invalid(error) from None


def load_command(data: dict[str, Any]) -> Command:
    """Read a command that the machine stored; raises Retryable for one of a newer release."""
    try:
        return _command.validate_python(data)
    except ValidationError:
        raise Retryable(f"This node cannot carry out {data.get('type')!r} yet.") from None


def upcast(data: dict[str, Any]) -> dict[str, Any]:
    """A stored event in the shape of today; what a newer release wrote stays as it is."""
    while lift := UPCASTS.get((data["type"], data["v"])):
        data = lift(data)
    return data


def load_event(data: dict[str, Any]) -> Event:
    """Read a stored event; raises Retryable for one that only a newer release knows."""
    try:
        event = _event.validate_python(upcast(data))
    except ValidationError:
        raise _not_yet(data) from None
    if event.v != type(event).model_fields["v"].default:
        raise _not_yet(data)
    return event


def _not_yet(data: dict[str, Any]) -> Retryable:
    return Retryable(
        f"This node does not know the event {data.get('type')!r} v{data.get('v')} yet."
    )


def invalid(error: ValidationError) -> Invalid:
    """Say what is wrong with each field, by its dotted path; of many only the first."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    fields: dict[str, str] = {}
    for detail in details[:_MOST_FIELDS]:
        path = [str(part)[:_LONGEST_NAME] for part in detail["loc"]]
        fields[".".join(path[1:] if len(path) > 1 else path)] = detail["msg"]
    first = next(iter(fields.items()), ("", "it is not valid"))
    return Invalid(f"{first[0]}: {first[1]}", fields=fields)
