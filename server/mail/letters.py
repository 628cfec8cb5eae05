"""A letter: what it says, and how it is put into a mail. Nothing in it is trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime
from hashlib import sha256
from re import fullmatch

from domain.notification.state import Language
from server.mail.page import page_of
from server.mail.parts import Part, in_plain_text

DESKWIRE = "#3b5bdb"


class NotMailable(Exception):
    """No mail can be sent to an address like this one."""


@dataclass(frozen=True)
class Letter:
    """A letter to one person.

    `id` is its effect's, from which its Message-ID is made. `link` is where it goes on, `action`
    what the button to it says; `colour` is the brand's. `ticket_id`, `tickets`, `contact_id` and
    `messages` say what it is about, for who must take it away again; letters of one `ticket_id`
    stand together in a reader's list. One that is not `to_staff` says nothing that is only theirs.
    """

    id: str
    to: str
    subject: str
    parts: tuple[Part, ...]
    link: str | None = None
    action: str = "Open it"
    sender_name: str = ""
    colour: str = DESKWIRE
    reply_to: str | None = None
    ticket_id: str | None = None
    contact_id: str | None = None
    messages: tuple[str, ...] = field(default=())
    tickets: tuple[str, ...] = field(default=())
    language: Language = Language.EN
    to_staff: bool = False

    @property
    def line(self) -> str:
        """The subject, on one line."""
        return one_line(self.subject)

    @property
    def text(self) -> str:
        parts = [in_plain_text(part, self.language) for part in self.parts]
        return "\n\n".join([*parts, *([self.link] if self.link else [])]) + "\n"

    @property
    def html(self) -> str:
        return page_of(
            title=self.line,
            brand=one_line(self.sender_name),
            colour=self.colour,
            parts=self.parts,
            link=self.link,
            action=self.action,
            language=self.language,
        )

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
