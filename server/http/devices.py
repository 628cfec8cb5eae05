"""The browsers in which somebody of the staff is told by push: their own."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from domain.errors import Forbidden, NotFound
from domain.message import Audience, Millis, Record
from mobile_api.push.subscription import Subscription
from server.http.operation import Call, operation
from server.push.service import vapid_of
from server.store.devices import Device, Devices, device_id

Label = Annotated[str, StringConstraints(max_length=80, strip_whitespace=True)]


class PushKey(BaseModel):
    """`key` is what a browser subscribes to (applicationServerKey), base64url."""

    key: str


class NewDevice(Record):
    """What the browser's PushManager gave, and what it is called in the list, such as 'Chrome on
    Android'. It ends with the session."""

    subscription: Subscription
    label: Annotated[Label, Field(min_length=1)]


class DeviceShown(BaseModel):
    """A browser of one's own, without its secrets. `failures` are pushes in a row that it did not
    take; `current` is whether it is of the asker's own session."""

    id: str
    label: str
    created_at: Millis
    seen_at: Millis
    last_ok_at: Millis | None
    failures: int
    current: bool


class DeviceList(BaseModel):
    items: tuple[DeviceShown, ...]


@operation("GET", "/api/devices/key", "Read the key that browsers subscribe to", answers=PushKey)
async def read_push_key(call: Call) -> PushKey:
    _require_staff(call)
    return PushKey(key=vapid_of(call.parts.settings).public_key)


@operation("GET", "/api/devices", "List one's own devices", answers=DeviceList)
async def list_devices(call: Call) -> DeviceList:
    found = await Devices(call.parts.store).of(call.actor.id)
    return DeviceList(items=tuple(_shown(call, each) for each in found))


@operation(
    "PUT",
    "/api/devices",
    "Be told by push in a browser; the same endpoint is the same device",
    takes=NewDevice,
    answers=DeviceShown,
)
async def register_device(call: Call, given: NewDevice) -> DeviceShown:
    _require_staff(call)
    now = call.parts.clock.now()
    device = Device(
        id=device_id(given.subscription.endpoint),
        user_id=call.actor.id,
        session_id=call.session.id,
        endpoint=given.subscription.endpoint,
        **given.subscription.keys.model_dump(),
        label=given.label,
        created_at=now,
        seen_at=now,
    )
    return _shown(call, await Devices(call.parts.store).register(device))


@operation("DELETE", "/api/devices/{id}", "Be told in one of one's own browsers no more")
async def remove_device(call: Call) -> None:
    if not await Devices(call.parts.store).remove(call.actor.id, call.request.path_params["id"]):
        raise NotFound("You have no such device.")


def _require_staff(call: Call) -> None:
    if call.actor.audience is not Audience.STAFF:
        raise Forbidden("Only staff are told by push.")


def _shown(call: Call, device: Device) -> DeviceShown:
    shown = device.model_dump(include=set(DeviceShown.model_fields))
    return DeviceShown(**shown, current=device.session_id == call.session.id)


OPERATIONS = (read_push_key, list_devices, register_device, remove_device)
