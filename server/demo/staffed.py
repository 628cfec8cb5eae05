"""Whether visitors play the staff: then what they ask is for each other."""

from __future__ import annotations

from realtime.cluster import AnyRedis
from realtime.presence import present
from server.demo.people import log_ins
from server.demo.plot import Cast


async def is_staffed(redis: AnyRedis, cast: Cast) -> bool:
    """Whether somebody real may answer, whatever team they are in."""
    staff = {cast.agents[each.key] for each in log_ins() if each.key in cast.agents}
    return not staff.isdisjoint(await present(redis))
