"""A letter: what it says, and how it is put into a mail. Nothing in it is trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime
from hashlib import sha256
from html import escape
from re import fullmatch

_PAGE = '<!doctype html><html><body style="font-family:sans-serif">{}</body></html>'
_PART = '<p style="white-space:pre-wrap">{}</p>'


class NotMailable(Exception):
    """No mail can be sent to an address like this one."""


@dataclass(frozen=True)
class Letter:
    """A letter to one person.

    `id` is its effect's, from which its Message-ID is made. `parts` are paragraphs of plain
    text. `ticket_id`, `contact_id` and `messages` say what it is about, for who must take it
    away again; letters of one ticket stand together in a reader's list.
    """

    id: str
    to: str
    subject: str
    parts: tuple[str, ...]
    link: str | None = None
    sender_name: str = ""
    reply_to: str | None = None
    ticket_id: str | None = None
    contact_id: str | None = None
    messages: tuple[str, ...] = field(default=())

    @property
    def line(self) -> str:
        """The subject, on one line."""
        return one_line(self.subject)

    @property
    def text(self) -> str:
        parts = (*self.parts, *((self.link,) if self.link else ()))
        return "\n\n".join("\n".join(part.splitlines()) for part in parts) + "\n"

    @property
    def html(self) -> str:
        parts = [_PART.format(escape(part)) for part in self.parts]
        if self.link:
            parts.append(_PART.format(f'<a href="{escape(self.link)}">{escape(self.link)}</a>'))
        return _PAGE.format("".join(parts))

    def message_id(self, sender: str) -> str:
        """The same for every repeat, so that whoever got it twice may show it once."""
        return f"<{sha256(self.id.encode()).hexdigest()[:32]}@{_domain_of(sender)}>"

    def to_mail(self, sender: str) -> EmailMessage:
        """The mail as it goes out; raises NotMailable."""
        mail = EmailMessage(policy=SMTP)
        mail["From"] = _mailbox(sender, self.sender_name)
        mail["To"] = _mailbox(self.to)
        mail["Subject"] = self.line
        mail["Date"] = localtime()
        mail["Message-ID"] = self.message_id(sender)
        for name, value in self._more_headers(sender).items():
            mail[name] = value
        mail.set_content(self.text)
        mail.add_alternative(self.html, subtype="html")
        return mail

    def _more_headers(self, sender: str) -> Mapping[str, str | Address]:
        """What threads letters of one ticket, and keeps machines from answering."""
        headers: dict[str, str | Address] = {
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        }
        if self.reply_to:
            headers["Reply-To"] = _mailbox(self.reply_to)
        if self.ticket_id:
            thread = f"<ticket.{self.ticket_id}@{_domain_of(sender)}>"
            headers |= {"In-Reply-To": thread, "References": thread}
        return headers


def one_line(text: str) -> str:
    """A text without line breaks and whatever else cannot be seen."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def address_of(email: str) -> str:
    """An address as mail servers know it; raises NotMailable."""
    return _mailbox(email).addr_spec


def _mailbox(email: str, name: str = "") -> Address:
    local, _, domain = email.rpartition("@")
    try:
        local.encode("ascii")
        domain = domain.encode("idna").decode()
    except UnicodeError:
        raise NotMailable from None
    if not local.isprintable() or not fullmatch(r"[A-Za-z0-9.\-]+", domain):
        raise NotMailable
    return Address(display_name=one_line(name), username=local, domain=domain)


def _domain_of(sender: str) -> str:
    return sender.rpartition("@")[2]
