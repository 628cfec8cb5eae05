"""What is left of somebody's preferences when they are erased: nothing."""

from __future__ import annotations

from domain.message import Id
from domain.notification.state import Preferences
from domain.people.state import User
from domain.people.users import is_erased
from server.store.connect import Raw, Store
from server.store.documents import find, kind_of


async def forget_preferences(store: Store, contact_id: Id) -> None:
    """Take away a contact's, and those of the erased user whose contact it was; repeatable.

    What still owes an audit entry stays as a mark until that is paid.
    """
    users = await find(store, User, {"state.contact_id": contact_id})
    ids = [contact_id, *(user.id for user in users if is_erased(user))]
    kept = store[kind_of(Preferences).model]
    for identity in ids:
        mark: Raw = {"state": {}, "key": identity, "gone": True}
        await kept.update_one({"_id": identity, "gone": False}, {"$set": mark})
        await kept.delete_one({"_id": identity, "gone": True, "pending": []})
