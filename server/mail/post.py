"""How a letter leaves: by a mail server, or in the demo into a drawer where it can be looked at."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from domain.ports import Clock
from server.mail.letters import Letter, NotMailable, address_of
from server.settings import Settings
from server.store.connect import Store
from server.store.effects import DONE, Outcome, dead, failed
from server.store.letters import KeptLetter, Letters

ANSWER_SECONDS = 30.0
REFUSED = 500
"""From this code on a server's no is for good."""

NOT_LET_IN = (
    aiosmtplib.SMTPAuthenticationError,
    aiosmtplib.SMTPConnectResponseError,
    aiosmtplib.SMTPHeloError,
    aiosmtplib.SMTPSenderRefused,
)
"""What has to do with us and not with the letter: somebody mends it, and the letter goes out."""

Write = Callable[[], Awaitable[Letter | Outcome]]
"""Composes a letter from what is there now, or says what became of it without one."""


class Post(Protocol):
    """Where letters go out."""

    async def send(self, write: Write) -> Outcome:
        """Send a letter as it is now; what became of it."""
        ...


def post_of(settings: Settings, store: Store, clock: Clock) -> Post | None:
    """The way out that a deployment has; None where no letter leaves it."""
    if settings.smtp_url:
        return SmtpPost(settings.smtp_url, settings.mail_from)
    return Drawer(Letters(store), clock, settings.mail_from) if settings.keeps_letters else None


class SmtpPost:
    """Brings each letter to a mail server over a connection of its own.

    Who logs in does so under TLS, unless the server is on this machine.
    """

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        hostname = parts.hostname or "localhost"
        logs_in = parts.username is not None
        self._sender = sender
        self._server: dict[str, Any] = {
            "hostname": hostname,
            "port": parts.port,
            "username": unquote(parts.username or "") or None,
            "password": unquote(parts.password or "") or None,
            "use_tls": parts.scheme == "smtps",
            "start_tls": True if logs_in and not _is_local(hostname) else None,
            "local_hostname": sender.rpartition("@")[2],
            "timeout": ANSWER_SECONDS,
        }
        if self._server["use_tls"]:
            self._server["start_tls"] = False

    async def send(self, write: Write) -> Outcome:
        letter = await write()
        if isinstance(letter, Outcome):
            return letter
        try:
            mail, recipient = letter.to_mail(self._sender), address_of(letter.to)
        except NotMailable:
            return dead("no mail can be sent to such an address")
        return await self._speak(
            lambda server: server.send_message(mail, sender=self._sender, recipients=[recipient])
        )

    async def greet(self) -> Outcome:
        """Log in and send nothing; DONE where letters would be taken."""
        return await self._speak(lambda server: server.noop())

    async def _speak(self, words: Callable[[aiosmtplib.SMTP], Awaitable[object]]) -> Outcome:
        try:
            async with aiosmtplib.SMTP(**self._server) as server:
                await words(server)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _refused(error.recipients[0].code)
        except NOT_LET_IN as error:
            return failed(f"the mail server does not let us in ({error.code})")
        except aiosmtplib.SMTPResponseException as error:
            return _refused(error.code)
        except (aiosmtplib.SMTPException, OSError) as error:  # Their texts may hold addresses.
            return failed(f"the mail server cannot be reached ({type(error).__name__})")
        return DONE


class Drawer:
    """Keeps letters in the place of sending them."""

    def __init__(self, letters: Letters, clock: Clock, sender: str) -> None:
        self._letters = letters
        self._clock = clock
        self._sender = sender

    async def send(self, write: Write) -> Outcome:
        """Keep a letter, unless what it says was taken back while it was put in."""
        letter = await write()
        while isinstance(letter, Letter):
            await self._letters.keep(self._kept(letter))
            kept, letter = letter, await write()
            if letter == kept:
                return DONE
            await self._letters.erase({"_id": kept.id})
        return letter

    def _kept(self, letter: Letter) -> KeptLetter:
        return KeptLetter(
            id=letter.id,
            message_id=letter.message_id(self._sender),
            to=letter.to,
            subject=letter.line,
            text=letter.text,
            html=letter.html,
            at=self._clock.now(),
            ticket_id=letter.ticket_id,
            contact_id=letter.contact_id,
            messages=letter.messages,
            tickets=letter.tickets,
        )


def _refused(code: int) -> Outcome:
    if code >= REFUSED:
        return dead(f"the mail server refused it for good ({code})")
    return failed(f"the mail server refused it for now ({code})")


def _is_local(hostname: str) -> bool:
    try:
        return ip_address(hostname).is_loopback
    except ValueError:
        return hostname == "localhost"
