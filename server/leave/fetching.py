"""Reading a calendar from the web: so much of it, within so long, and from nowhere of ours."""

from __future__ import annotations

from urllib.parse import urljoin

import aiohttp
from yarl import URL

from server.addresses import (
    Permits,
    careful_connector,
    is_public,
    require_permitted,
    was_not_allowed,
)

MOST_BYTES = 2 * 1024 * 1024
SECONDS = 15.0
REDIRECTS = 3
_MOVED = frozenset({301, 302, 303, 307, 308})


class NotFetched(Exception):
    """Why a calendar could not be had, in words for its owner."""


async def fetch_calendar(url: str, permits: Permits = is_public) -> bytes:
    """The bytes of a calendar; raises NotFetched.

    It is asked for as it is, so that what is counted is what is kept; not even the first byte
    beyond the limit is.
    """
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    headers = {"Accept": "text/calendar", "Accept-Encoding": "identity", "User-Agent": "Deskwire"}
    try:
        async with aiohttp.ClientSession(
            connector=careful_connector(permits),
            timeout=timeout,
            headers=headers,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
        ) as session:
            return await _follow(session, url, permits)
    except NotFetched:
        raise
    except TimeoutError:
        raise NotFetched(f"The calendar did not come within {SECONDS:.0f} seconds.") from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        if was_not_allowed(error):
            message = "The calendar's address is not on the open internet."
            raise NotFetched(message) from None
        raise NotFetched("The calendar's server could not be reached.") from None


async def _follow(session: aiohttp.ClientSession, url: str, permits: Permits) -> bytes:
    for _ in range(REDIRECTS + 1):
        _check(url, permits)
        async with session.get(URL(url), allow_redirects=False) as response:
            if response.status in _MOVED and "Location" in response.headers:
                url = urljoin(url, response.headers["Location"])
                continue
            if response.status != 200:
                raise NotFetched(f"The calendar's server answered {response.status}.")
            return await _take_in(response)
    raise NotFetched("The calendar's address leads on and on.")


def _check(url: str, permits: Permits) -> None:
    parsed = URL(url)
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.user:
        raise NotFetched("The calendar's address must begin with http:// or https://.")
    require_permitted(parsed, permits)


async def _take_in(response: aiohttp.ClientResponse) -> bytes:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise NotFetched("The calendar's server sends it packed, though it was asked not to.")
    too_large = NotFetched(
        f"The calendar is larger than the {MOST_BYTES // 1024 // 1024} MB that are read."
    )
    if (response.content_length or 0) > MOST_BYTES:
        raise too_large
    taken = bytearray()
    async for chunk in response.content.iter_any():
        taken += chunk
        if len(taken) > MOST_BYTES:
            raise too_large
    return bytes(taken)
