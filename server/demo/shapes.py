"""What the demo company's files hold, as frozen values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from domain.inbox.state import Colour, Text
from domain.people.shifts import Shifts, Zone
from domain.people.state import Email, Name, OfferSeconds, RoleName, Routing
from domain.ticket.state import Body, Channel, Priority, Status, Tag, Title

REQUESTER = "requester"
"""Who a step is `by` where the customer takes it."""
NOBODY = "nobody"
"""Whom a ticket is given to where it is given back."""

_UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000}
_PIECE = re.compile(r"(\d+)([dhms])")
_MENTION = re.compile(r"(?<![\w@])@(\w+)")


def milliseconds(text: str) -> int:
    """`"2d 3h"`, `"12m"`, `"40s"` in milliseconds; ValueError for anything else."""
    pieces = [_PIECE.fullmatch(word) for word in text.split()]
    if not pieces or None in pieces:
        raise ValueError(f"{text!r} is no duration; write it like '2d 3h' or '12m'.")
    return sum(int(piece[1]) * _UNITS[piece[2]] for piece in pieces if piece)


def _duration(given: Any) -> Any:  # noqa: ANN401
    return milliseconds(given) if isinstance(given, str) else given


Duration = Annotated[int, Field(ge=0), BeforeValidator(_duration)]
"""In milliseconds; in the files as text."""
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
"""What one thing is called by another in the files; never shown."""
Language = Literal["en", "es"]


class Content(BaseModel):
    """A value from a file; a field it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Team(Content):
    key: Key
    name: Name
    routing: Routing = Routing.MANUAL
    offer_seconds: OfferSeconds = 45


class Skill(Content):
    key: Key
    name: Name


class Category(Content):
    """`members` are the agents whom the router gives its tickets; empty for all of the team."""

    key: Key
    name: Name
    team: Key
    members: tuple[Key, ...] = ()
    keywords: tuple[Name, ...]


class Inbox(Content):
    key: Key
    name: Name
    team: Key
    address: Email
    colour: Colour
    signature: Text
    auto_reply: Text
    assistant: bool = False


class Agent(Content):
    """Somebody who works here. `skills` are levels from 1 to 5 by the skill's key."""

    key: Key
    name: Name
    email: Email
    role: RoleName
    teams: tuple[Key, ...]
    skills: dict[Key, Annotated[int, Field(ge=1, le=5)]] = {}
    languages: tuple[str, ...]
    zone: Zone
    shifts: Shifts


class Company(Content):
    """Where customers work."""

    key: Key
    name: Name


class Customer(Content):
    """A contact. Only the one with the key `client` has a log-in."""

    key: Key
    name: Name
    emails: tuple[Email, ...]
    company: Key | None = None
    language: Language = "en"
    notes: str = ""


class House(Content):
    """All of company.toml."""

    teams: tuple[Team, ...] = Field(alias="team")
    skills: tuple[Skill, ...] = Field(alias="skill")
    categories: tuple[Category, ...] = Field(alias="category")
    inboxes: tuple[Inbox, ...] = Field(alias="inbox")
    agents: tuple[Agent, ...] = Field(alias="agent")
    companies: tuple[Company, ...] = Field(alias="company")
    customers: tuple[Customer, ...] = Field(alias="customer")

    def mentioned(self, note: str) -> tuple[str, ...]:
        """The keys of the agents whom a note names as `@Firstname`; KeyError for a stranger."""
        first_names = {agent.name.split()[0]: agent.key for agent in self.agents}
        return tuple(dict.fromkeys(first_names[name] for name in _MENTION.findall(note)))


class Step(Content):
    """One act, `after` so long since the one before; exactly one of the acts is there.

    `by` is an agent's key or "requester". `assign` names an agent or "nobody"; `team` hands the
    ticket to a team and takes it from its owner. `due` counts from the step. `redact` and `edit`
    name a message by its place: 0 is the ticket's own body, n the n-th step; `edit` puts `body`
    in its place. A reply by the requester to a closed ticket opens a follow-up, and the steps
    after it happen there.
    """

    after: Duration
    by: Key
    reply: Body | None = None
    note: Body | None = None
    status: Status | None = None
    reason: str | None = None
    assign: Key | None = None
    team: Key | None = None
    priority: Priority | None = None
    category: Key | None = None
    tags: tuple[Tag, ...] | None = None
    due: Duration | None = None
    title: Title | None = None
    redact: Annotated[int, Field(ge=0)] | None = None
    edit: Annotated[int, Field(ge=0)] | None = None
    body: Body | None = None

    @property
    def act(self) -> str:
        """The name of what is done."""
        (name,) = (name for name in _ACTS if getattr(self, name) is not None)
        return name

    @model_validator(mode="after")
    def _one_act(self) -> Self:
        acts = [name for name in _ACTS if getattr(self, name) is not None]
        if len(acts) != 1:
            raise ValueError(f"a step is exactly one of {', '.join(_ACTS)}; this is {acts}")
        if self.reason is not None and self.status is None:
            raise ValueError("only a status has a reason")
        if (self.body is None) is not (self.edit is None):
            raise ValueError("an edit and its body belong together")
        return self


_ACTS = tuple(name for name in Step.model_fields if name not in ("after", "by", "reason", "body"))


class Story(Content):
    """A ticket and what became of it. `opened` so long before now; the steps end before now.

    A ticket by phone is opened by the agent `opened_by` for the requester. `tags` are put on it
    by staff right after it was opened. `article` is the slug of one that would have answered.
    """

    slug: Key
    title: Title
    inbox: Key
    category: Key | None = None
    requester: Key
    channel: Channel
    opened_by: Key | None = None
    priority: Priority = Priority.MEDIUM
    opened: Duration
    language: Language = "en"
    tags: tuple[Tag, ...] = ()
    article: Key | None = None
    body: Body
    steps: tuple[Step, ...] = Field(alias="then", default=())

    @property
    def lasts(self) -> int:
        """Milliseconds from the opening to the last step."""
        return sum(step.after for step in self.steps)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.opened_by is None) is (self.channel is Channel.PHONE):
            raise ValueError("`opened_by` is for tickets by phone, and those need it")
        if self.lasts >= self.opened:
            raise ValueError("its steps go on until after now")
        return self


class Exchange(Content):
    """A question, its answer and perhaps thanks, with `{placeholders}` in the words."""

    category: Key
    inbox: Key
    priority: Priority = Priority.MEDIUM
    language: Language = "en"
    article: Key | None = None
    title: Title
    body: Body
    answer: Body
    thanks: Body | None = None

    def filled(self, values: Mapping[str, str]) -> Exchange:
        """The same with every placeholder replaced."""
        words = ("title", "body", "answer", "thanks")
        text = {name: getattr(self, name) for name in words}
        said = {name: each.format_map(values) for name, each in text.items() if each is not None}
        return self.model_copy(update=said)


class Exchanges(Content):
    """All of short.toml: for each placeholder the values it may take, and the exchanges."""

    values: dict[str, tuple[str, ...]]
    exchanges: tuple[Exchange, ...] = Field(alias="exchange")


class Article(Content):
    """One page of the help centre; `body` is Markdown without the title."""

    slug: Key
    language: Language
    category: Key
    title: Title
    summary: str
    visibility: Literal["public", "staff"]
    body: Body


class Lone(Content):
    """What a visitor hears who plays the client alone: at first, in between, at the end.

    `found` says `{title}`, `{summary}` and `{link}` of an article.
    """

    found: tuple[Body, ...]
    first: tuple[Body, ...]
    then: tuple[Body, ...]
    last: tuple[Body, ...]


class Lines(Content):
    """What simulated people say beside the exchanges; it fits any question."""

    lone: dict[Language, Lone]
    closings: dict[Language, tuple[Body, ...]]
    notes: tuple[Body, ...]
