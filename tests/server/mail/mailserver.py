"""A real mail server of a test's own, which may refuse, go away and come back."""

from __future__ import annotations

import asyncio
import email
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

TAKEN = "250 OK"


class MailServer:
    """Listens on one port of this machine; `refusal` is its answer to every recipient."""

    protocol = SMTP

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refusal: str | None = None
        self.port = 0
        self.arrived = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._sessions: list[SMTP] = []

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def listens(self) -> bool:
        return self._server is not None

    async def start(self, **options: Any) -> None:
        """Listen, on the same port as before; `options` are those of aiosmtpd's SMTP."""
        loop = asyncio.get_running_loop()

        def meet() -> SMTP:
            self._sessions.append(self.protocol(self, hostname="mail.test", loop=loop, **options))
            return self._sessions[-1]

        self._server = await loop.create_server(meet, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def kill(self) -> None:
        """Stop as if the power went: who is connected gets no answer any more."""
        await self.stop()
        for each in self._sessions:
            if each.transport is not None:
                each.transport.abort()

    async def close(self) -> None:
        """Stop, and leave nobody connected."""
        await self.stop()
        for each in self._sessions:
            if each.transport is not None:
                each.transport.close()

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return TAKEN

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append(email.message_from_bytes(content, EmailMessage, policy=default))
        self.recipients += envelope.rcpt_tos
        self.arrived.set()
        return TAKEN


def text_of(mail: EmailMessage) -> str:
    """What a mail says in plain text."""
    part = mail.get_body(("plain",))
    assert part is not None
    return part.get_content().replace("\r\n", "\n")
