"""What reaches people whose server is a process of its own, watched where they receive it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus, urlsplit

import httpx
import orjson

from tests.watching.watch import WATCH, Person, Watch

if TYPE_CHECKING:
    from playwright.sync_api import Response

NOUNS = {"contacts": "contact", "teams": "team", "skills": "skill", "tickets": "ticket"}


class Outside:
    """Who is behind which token, learned from every log-in that passes."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self._people: dict[str, Person] = {}

    def person(self, token: str) -> Person:
        return self._people.setdefault(token, Person()) if token else Person()

    @property
    def hooks(self) -> dict[str, list[Any]]:
        """For an asynchronous client of httpx."""

        async def asking(request: httpx.Request) -> None:
            if request.headers.get("content-type") == "application/json":
                person = self._asker(request.headers)
                self.asked(person, request.method, request.url.path, request.content)

        async def answered(response: httpx.Response) -> None:
            request, body = response.request, await response.aread()
            heads = b"\n".join(b": ".join(pair) for pair in response.headers.raw)
            json = request.headers.get("content-type") == "application/json"
            given = str(request.url) + (request.content.decode() if json else "")
            where = f"{request.method} {request.url.path}"
            self.answered(self._asker(request.headers), where, heads + b"\n" + body, given)
            if "json" in response.headers.get("content-type", "") and body:
                self.learn(where, orjson.loads(body))

        return {"request": [asking], "response": [answered]}

    def browsed(self, person: Person, response: Response, body: str) -> None:
        """A browser was answered; it is one person's, whatever tokens it has."""
        request = response.request
        path = urlsplit(request.url).path
        where = f"{request.method} {path}"
        json = request.headers.get("content-type") == "application/json"
        given = (json and request.post_data) or ""
        self.asked(person, request.method, path, given.encode())
        self.answered(person, where, body.encode(), request.url + given)
        if body.startswith("{") and response.headers["content-type"] == "application/json":
            self.learn(where, orjson.loads(body), person)  # The copilot's answer is many lines.

    def asked(self, person: Person, method: str, path: str, body: bytes) -> None:
        """Somebody sends a JSON body over REST."""
        content = orjson.loads(body) if body else None
        if method != "GET" and isinstance(content, dict):
            self.watch.asked(_command_of(path, content), by_staff=person.staff)

    def answered(self, person: Person, where: str, body: bytes, asked: str) -> None:
        """Somebody is sent an answer over REST, `body` with its headers."""
        text = body.decode("utf-8", "replace")
        self.watch.sent("answers", text, person, where, unquote_plus(asked) + asked)

    def learn(self, where: str, content: Any, person: Person | None = None) -> None:
        """Of an answer: whose token this is, or what a file is called."""
        if isinstance(content, dict) and "access_token" in content:
            user, known = content["user"], person or self.person(content["access_token"])
            known.name = f"{user['role'] or 'guest'} {user['id']}"
            known.staff = known.staff or user["staff"]
        if where == "POST /api/attachments" and "id" in content:
            self.watch.stored(content["id"], content["name"])

    def _asker(self, headers: httpx.Headers) -> Person:
        return self.person(headers.get("authorization", "").partition(" ")[2])


OUTSIDE = Outside(WATCH)
"""The one of this process."""


class Line:
    """One Socket.IO connection of somebody: the frames that they send and are sent.

    Whose it is, the token in its first frame says, unless it is known before.
    """

    def __init__(self, person: Person | None = None, outside: Outside = OUTSIDE) -> None:
        self._outside = outside
        self._known = person is not None
        self._person = person or Person()
        self._commands: dict[str, dict[str, Any]] = {}

    def sends(self, frame: str) -> None:
        if frame.startswith("40") and not self._known:
            auth = orjson.loads(frame[2:] or "{}")
            self._person = self._outside.person(auth.get("token") or "")
        elif frame.startswith("42"):
            number, bracket, rest = frame[2:].partition("[")
            event, payload = orjson.loads(bracket + rest)
            if event == "command":
                self._outside.watch.asked(payload, by_staff=self._person.staff)
                self._commands[number] = payload

    def gets(self, frame: str) -> None:
        if frame.startswith("43"):
            number, bracket, rest = frame[2:].partition("[")
            if command := self._commands.pop(number, None):
                answer = orjson.loads(bracket + rest)[0]
                self._outside.watch.answered(command, answer.get("result") or {})
        if frame.startswith("4"):
            where = "an answer" if frame.startswith("43") else "an event"
            self._outside.watch.sent("packets", frame, self._person, where)


def _command_of(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """What a body asks for, as far as it matters to what is private in it."""
    _, _, noun, *rest = path.split("/")
    if noun == "commands":
        return body
    kind = "ticket.reply" if rest[1:] == ["messages"] else f"{NOUNS.get(noun, noun)}.change"
    return {"type": kind, **body}
