"""A store that is out of reach is no error of whoever asks: they may ask again."""

from __future__ import annotations

import functools
import logging
from collections.abc import Awaitable, Callable
from types import CoroutineType
from typing import Any, ParamSpec, TypeVar

from pymongo.errors import ConnectionFailure, ExecutionTimeout

from domain.errors import Retryable

logger = logging.getLogger(__name__)

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


def retryable_when_away(
    question: Callable[Asked, Awaitable[Answer]],
) -> Callable[Asked, CoroutineType[Any, Any, Answer]]:
    """Let a question to the store raise Retryable while it is failing over or down."""

    @functools.wraps(question)
    async def ask(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        try:
            return await question(*args, **kwargs)
        except (ConnectionFailure, ExecutionTimeout) as error:
            logger.warning("the store is out of reach: %s", error)
            raise Retryable("The store is out of reach for a moment; ask again.") from None

    return ask
