"""Which addresses of the network may be fetched from: nobody reaches our own house through us."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from aiohttp import TCPConnector, ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

_NAT64 = IPv6Network("64:ff9b::/96")

Permits = Callable[[str], bool]
"""Whether an address, such as 192.0.2.1, may be connected to."""


class NotAllowed(OSError):
    """A name or address leads to where nothing may be fetched from."""


def is_public(address: str) -> bool:
    """Whether an address is of the open internet, in whatever way it is written."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return all(each.is_global and not each.is_multicast for each in _meant(parsed))


def _meant(address: IPv4Address | IPv6Address) -> tuple[IPv4Address | IPv6Address, ...]:
    """An address, and those of the older kind that it stands for."""
    if isinstance(address, IPv4Address):
        return (address,)
    teredo = address.teredo[1] if address.teredo else None
    within: list[IPv4Address | IPv6Address] = [
        each for each in (address.ipv4_mapped, address.sixtofour, teredo) if each is not None
    ]
    if address in _NAT64:
        within.append(IPv4Address(int(address) & 0xFFFF_FFFF))
    return (*within, address) if not address.ipv4_mapped else tuple(within)


def require_permitted(url: URL, permits: Permits) -> None:
    """Raise NotAllowed for an address that is written as numbers: it is looked up by nobody, so it
    is judged here."""
    try:
        ip_address(url.host or "")
    except ValueError:
        return
    if not permits(url.host or ""):
        raise NotAllowed(url.host)


def careful_connector(permits: Permits) -> TCPConnector:
    """Connects to no name that leads to where nothing may be fetched from."""
    return TCPConnector(resolver=CarefulResolver(permits), use_dns_cache=False)


def was_not_allowed(error: BaseException) -> bool:
    """Whether the guard is why something could not be reached."""
    return any(isinstance(each, NotAllowed) for each in (error, error.__cause__, error.__context__))


class CarefulResolver(AbstractResolver):
    """Looks a name up once, and gives the connection only the addresses that may be reached: what
    was looked at is what is connected to."""

    def __init__(self, permits: Permits) -> None:
        self._permits = permits
        self._really = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._really.resolve(host, port, family)
        if not found or not all(self._permits(each["host"]) for each in found):
            raise NotAllowed(f"{host} is not on the open internet.")
        return found

    async def close(self) -> None:
        await self._really.close()
