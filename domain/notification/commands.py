"""What can be asked of somebody's preferences: by themselves only."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.document import Change
from domain.message import Id
from domain.notification.state import Channels, Digest, Language, NoticeKind, QuietHours
from domain.people.shifts import Zone


class SetPreferences(Change):
    """Change one's own; what is not named stays. `channels` are all choices there are afterwards.

    null in `zone` and `quiet` empties them.
    """

    type: Literal["preferences.set"] = "preferences.set"
    kind: ClassVar[str] = "preferences"
    language: Language | None = None
    zone: Zone | None = None
    quiet: QuietHours | None = None
    digest: Digest | None = None
    channels: Annotated[dict[NoticeKind, Channels], Field(max_length=50)] | None = None

    @property
    def exclusive(self) -> bool:
        return False

    def document_id(self, principal: str) -> Id:
        return principal

    @property
    def own(self) -> bool:
        return True
