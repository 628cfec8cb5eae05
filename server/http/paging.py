"""Pages of a list: some items, and where the next ones begin."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, Field

from domain.message import Record

Item = TypeVar("Item", bound=BaseModel)
Limit = Annotated[int, Field(ge=1, le=100)]


class Page(BaseModel, Generic[Item]):
    """`next` is to be given as `after` for the items behind these; null at the end."""

    items: tuple[Item, ...]
    next: str | None


class PageQuery(Record):
    after: str | None = None
    limit: Limit = 50
