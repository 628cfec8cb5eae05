"""What proves that somebody holds an address: a code mailed there, or their site's signature."""

from __future__ import annotations

import hashlib
import hmac
from uuid import uuid4

from pymongo import DESCENDING

from domain.errors import Forbidden, Invalid
from domain.inbox.state import Inbox
from domain.message import Id, Millis, derived_id
from domain.ports import Clock
from server.auth.families import GRACE_MS
from server.auth.keys import key_for
from server.store.connect import Raw, Store
from server.store.documents import fetch
from server.store.sessions import Proof

CODE_MS = 10 * 60_000
"""So long is a code good."""
TRIES = 5
KEPT_MS = 3_600_000


class Proofs:
    """The collection `proofs`; codes and sites' secrets follow from the deployment's secret."""

    def __init__(self, store: Store, clock: Clock, secret: bytes) -> None:
        self._store = store
        self._proofs = store[Proof]
        self._clock = clock
        self._codes = key_for(secret, "codes")
        self._sites = key_for(secret, "identity secrets")

    def secret_of(self, inbox: Inbox) -> str:
        """What an inbox's own site signs with, in hex; the next renewal makes another."""
        text = f"{inbox.id}|{inbox.identity_key}"
        return hmac.new(self._sites, text.encode(), hashlib.sha256).hexdigest()

    def code_of(self, proof_id: Id) -> str:
        """The eight digits that are mailed for a proof, and kept nowhere.

        With six, who may guess 25 times an hour would find one in some weeks.
        """
        digest = hmac.new(self._codes, proof_id.encode(), hashlib.sha256).digest()
        return f"{int.from_bytes(digest[:8]) % 100_000_000:08}"

    async def begin(self, guest_id: Id, email: str) -> Id:
        """Begin a proof by code; an earlier code of this guest for this address is void."""
        proof_id, now = str(uuid4()), self._clock.now()
        await self._proofs.insert_one({"_id": proof_id, **_proof("code", guest_id, email, now)})
        return proof_id

    async def try_code(self, guest_id: Id, email: str, code: str) -> Id:
        """The proof that a code is right for: the newest that the guest began; raises Invalid."""
        asked = {"guest_id": guest_id, "email": email, "by": "code"}
        newest: Raw | None = await self._proofs.find_one(asked, sort=[("created_at", DESCENDING)])
        if newest is None:
            raise Invalid("Ask for a code first.", fields={"code": "none was asked for"})
        if newest["created_at"] + CODE_MS <= self._clock.now():
            raise Invalid("This code has run out: ask for another.", fields={"code": "ran out"})
        # Counted before it is looked at, so that many at once are not one try.
        tried = await self._proofs.update_one(
            {"_id": newest["_id"], "tries": {"$lt": TRIES}}, {"$inc": {"tries": 1}}
        )
        if not tried.matched_count:
            raise Invalid(
                "Too many wrong codes: ask for another.", fields={"code": "too many tries"}
            )
        if not hmac.compare_digest(self.code_of(newest["_id"]).encode(), code.encode()):
            raise Invalid("This is not the code that was sent.", fields={"code": "not right"})
        return newest["_id"]

    async def check_signature(self, guest_id: Id, inbox_id: Id, email: str, signature: str) -> Id:
        """The proof that a signature of an inbox's own site is; raises Forbidden for a forged."""
        inbox = await fetch(self._store, Inbox, inbox_id)
        # Nobody knows the secret of an inbox that is not there: the work and the answer are equal.
        secret = self.secret_of(inbox or Inbox(id=inbox_id, name="None", team_id=inbox_id))
        right = hmac.new(secret.encode(), email.encode(), hashlib.sha256).hexdigest()
        same = hmac.compare_digest(right.encode(), signature.lower().encode())
        if inbox is None or not same:
            raise Forbidden("The signature does not fit the address and the inbox.")
        return derived_id(guest_id, email, "signature")

    async def accept(self, proof_id: Id, guest_id: Id, email: str) -> None:
        """Note that a guest's proof was right, just now."""
        now = self._clock.now()
        fields = _proof("signature", guest_id, email, now)
        accepted = {"accepted_at": now, "tries": 0}
        begun = {name: value for name, value in fields.items() if name not in accepted}
        await self._proofs.update_one(
            {"_id": proof_id}, {"$set": accepted, "$setOnInsert": begun}, upsert=True
        )

    async def accepted_lately(self, proof_id: Id) -> bool:
        """Whether a proof was right so short ago that the answer may have been lost."""
        since = self._clock.now() - GRACE_MS
        lately = {"_id": proof_id, "accepted_at": {"$gte": since}}
        return await self._proofs.find_one(lately) is not None

    async def forget(self, guest_id: Id) -> None:
        """Keep no address that somebody claimed who is erased."""
        await self._proofs.delete_many({"guest_id": guest_id})


def _proof(by: str, guest_id: Id, email: str, now: Millis) -> Raw:
    return {
        "by": by,
        "guest_id": guest_id,
        "email": email,
        "created_at": now,
        "tries": 0,
        "accepted_at": None,
    }
