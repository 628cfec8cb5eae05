"""The kinds of effects that have to do with mail, by name: a new kind of letter goes in here."""

from __future__ import annotations

from collections.abc import Mapping

from domain.ports import Clock
from server.auth.proofs import Proofs
from server.dispatch.owing import FORGET, WELCOME
from server.jobs.effects import Perform
from server.mail.codes import CODE, CodeMail
from server.mail.notices import NoticeMail
from server.mail.post import post_of
from server.mail.taking_back import TakingBack
from server.mail.tickets import RECEIPT, REPLY, TicketMail
from server.notices.accounts import NewAccounts
from server.notices.desk import NOTICE, NoticeDesk
from server.settings import Settings
from server.store.connect import Store


def mail_kinds(
    settings: Settings, store: Store, clock: Clock, taking_back: TakingBack, desk: NoticeDesk
) -> Mapping[str, Perform]:
    """Who performs what; letters stay owed while there is no way to send them."""
    kinds: dict[str, Perform] = {
        FORGET: taking_back.contact,
        WELCOME: NewAccounts(store, desk).tell,
    }
    post = post_of(settings, store, clock)
    if post is not None:
        tickets = TicketMail(store, post, settings)
        kinds |= {RECEIPT: tickets.tell, REPLY: tickets.tell}
        kinds[NOTICE] = NoticeMail(store, post, settings, clock).tell
        proofs = Proofs(store, clock, settings.secret_key.encode())
        kinds[CODE] = CodeMail(store, post, proofs, clock, settings).tell
    return kinds
