"""Package indexes on this machine, with tiny wheels, that answer as badly as a test wants."""

import asyncio
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from io import BytesIO

Respond = Callable[[str], Awaitable[tuple[str, bytes]]]
"""A path of a request → the status line and the body."""


def wheel(name: str, version: str, *needs: str) -> tuple[str, bytes]:
    """The file name and the bytes of a wheel with one empty module."""
    folder = f"{name.replace('-', '_')}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    files = {
        f"{name.replace('-', '_')}.py": "",
        f"{folder}/METADATA": metadata + "".join(f"Requires-Dist: {each}\n" for each in needs),
        f"{folder}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{folder}/RECORD"] = "".join(f"{each},,\n" for each in (*files, f"{folder}/RECORD"))
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for place, text in files.items():
            archive.writestr(place, text)
    return f"{name.replace('-', '_')}-{version}-py3-none-any.whl", content.getvalue()


def index_of(*wheels: tuple[str, bytes]) -> Respond:
    """An index of these wheels that does as it should."""
    files = dict(wheels)

    async def respond(path: str) -> tuple[str, bytes]:
        if (content := files.get(path.rpartition("/")[2].replace("%2B", "+"))) is not None:
            return "200 OK", content
        package = path.strip("/").rpartition("/")[2].replace("-", "_")
        links = [
            f'<a href="/{name}#sha256={sha256(content).hexdigest()}">{name}</a>'
            for name, content in files.items()
            if name.startswith(f"{package}-")
        ]
        return ("200 OK" if links else "404 Not Found"), "\n".join(links).encode()

    return respond


async def forbid(_path: str) -> tuple[str, bytes]:
    """What a company's proxy answers."""
    return "403 Forbidden", b"not from here"


async def hang(_path: str) -> tuple[str, bytes]:
    """Take the question and never answer."""
    await asyncio.get_running_loop().create_future()
    raise AssertionError


@asynccontextmanager
async def served(respond: Respond) -> AsyncIterator[str]:
    """The address of an index that responds so."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            status, body = await respond(head.split()[1].decode())
            kind = "text/html" if body.startswith(b"<a") else "application/octet-stream"
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nConnection: close\r\n"
                f"Content-Length: {len(body)}\r\n\r\n".encode()
                + body
            )
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # Whoever asked has left.
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
