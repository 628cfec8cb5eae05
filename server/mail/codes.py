"""The letter with the code that proves an address; the code is made while it is written."""

from __future__ import annotations

from collections.abc import Sequence

from domain.inbox.state import Inbox
from domain.message import Id, Millis
from domain.ports import Clock
from server.auth.proofs import CODE_MS, Proofs
from server.mail.letters import Letter
from server.mail.post import Post
from server.settings import Settings
from server.store.connect import Raw, Store
from server.store.documents import find
from server.store.effects import Effect, Outcome, dropped, effect_id
from server.store.people import is_staff_address
from server.store.sessions import Proof

CODE = "mail.code"


def code_owed(proof_id: Id, guest_id: Id, now: Millis) -> Effect:
    """The letter that a proof waits for; only ids, so that the code stands nowhere."""
    return Effect(
        id=effect_id(f"proof:{proof_id}", CODE, guest_id),
        kind=CODE,
        about={"proof_id": proof_id, "contact_id": guest_id},
        at=now,
        due_at=now,
    )


class CodeMail:
    """Performs the effects of this kind."""

    def __init__(
        self, store: Store, post: Post, proofs: Proofs, clock: Clock, settings: Settings
    ) -> None:
        self._store = store
        self._proofs = store[Proof]
        self._post = post
        self._codes = proofs
        self._clock = clock
        self._public_url = settings.public_url

    async def tell(self, effects: Sequence[Effect]) -> Outcome:
        """Send the code of a proof, as long as it is good for something."""
        return await self._post.send(lambda: self._write(effects[0]))

    async def _write(self, effect: Effect) -> Letter | Outcome:
        proof_id = effect.about["proof_id"]
        proof: Raw | None = await self._proofs.find_one({"_id": proof_id, "accepted_at": None})
        if proof is None or proof["created_at"] + CODE_MS <= self._clock.now():
            return dropped("the code was used, or has run out")
        if await self._is_ours(proof["email"]):
            return dropped("it would come to people who work here")
        return Letter(
            id=effect.id,
            to=proof["email"],
            subject="Your code",
            parts=(
                f"Your code is {self._codes.code_of(proof_id)}",
                f"It is good for {CODE_MS // 60_000} minutes. Who asked for it, at "
                f"{self._public_url}, said that this address is theirs. If it was not you, there "
                "is nothing to do, and nobody to tell the code.",
            ),
            contact_id=effect.about["contact_id"],
        )

    async def _is_ours(self, email: str) -> bool:
        """Whether mail to an address comes to people who work here, who are nobody's clients."""
        if await find(self._store, Inbox, {"state.address": email}, limit=1):
            return True
        return await is_staff_address(self._store, email)
