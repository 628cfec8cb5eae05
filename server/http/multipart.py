"""The one file of a multipart body, as a stream that never stands in memory whole."""

from __future__ import annotations

from collections.abc import AsyncIterator

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.requests import Request

from domain.errors import Invalid
from server.http.reading import TooLarge, WrongMediaType, bounded

OVERHEAD_BYTES = 64 * 1024
"""What boundaries and headers may add to the file."""
FIELD = "file"


class FilePart:
    """The part named `file`; its `name` is known once its chunks were read."""

    def __init__(self, request: Request, limit: int) -> None:
        """Raises WrongMediaType; `limit` is the file's, in bytes."""
        kind, options = parse_options_header(request.headers.get("content-type"))
        if kind != b"multipart/form-data" or b"boundary" not in options:
            raise WrongMediaType(f"Send the file as multipart/form-data, in the field `{FIELD}`.")
        self._body = bounded(request, limit + OVERHEAD_BYTES, told=limit)
        self._limit = limit
        self._parser = MultipartParser(
            options[b"boundary"],
            {
                "on_header_field": self._on_header_field,
                "on_header_value": self._on_header_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers_finished,
                "on_part_data": self._on_part_data,
                "on_end": self._on_end,
            },
        )
        self.name: str | None = None
        self._header = (bytearray(), bytearray())
        self._disposition = b""
        self._read: list[bytes] = []
        self._ended = False

    async def chunks(self) -> AsyncIterator[bytes]:
        """The bytes of the file; raises Invalid or TooLarge."""
        size = 0
        try:
            async for received in self._body:
                self._parser.write(received)
                for chunk in self._read:
                    size += len(chunk)
                    if size > self._limit:
                        raise TooLarge(self._limit)
                    yield chunk
                self._read.clear()
        except FormParserError:
            raise Invalid("The body is not multipart/form-data as its boundary says.") from None
        if not self._ended:
            raise Invalid("The body ended in the middle of the file.")
        if self.name is None:
            raise Invalid(f"There is no file in the field `{FIELD}`.", fields={FIELD: "missing"})

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header[0].extend(data[start:end])

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1].extend(data[start:end])

    def _on_header_end(self) -> None:
        name, value = self._header
        if bytes(name).lower() == b"content-disposition":
            self._disposition = bytes(value)
        self._header = (bytearray(), bytearray())

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        if options.get(b"name") != FIELD.encode() or b"filename" not in options:
            raise Invalid(f"Send one file in the field `{FIELD}`, and nothing else.")
        if self.name is not None:
            raise Invalid("Send one file at a time.", fields={FIELD: "more than one"})
        self.name = options[b"filename"].decode(errors="replace")

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._read.append(data[start:end])

    def _on_end(self) -> None:
        self._ended = True
