"""What a deployment can set, read once from the environment; our outside addresses too."""

from __future__ import annotations

from collections.abc import Mapping
from email.errors import HeaderParseError
from email.headerregistry import Address
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from realtime.cluster import SCHEMES, parse_cluster

CHECKOUT = Path(__file__).resolve().parents[1]

# Named as every host names them; all others are DESKWIRE_<FIELD>.
PLAIN_NAMES = {
    "mongodb_url": "MONGODB_URL",
    "redis_url": "REDIS_URL",
    "secret_key": "SECRET_KEY",
    "public_url": "PUBLIC_URL",
    "port": "PORT",
    "data_dir": "DATA",
    "smtp_url": "SMTP_URL",
    "mail_from": "MAIL_FROM",
    "llm_url": "LLM_URL",
}
NONE = "none"  # An empty list; an empty variable counts as unset.
SECRETS = frozenset({"mongodb_url", "redis_url", "secret_key", "smtp_url", "llm_key"})


class SettingsError(Exception):
    """Some variables are missing or wrong; the text names each and what it should be."""


def variable_of(field: str) -> str:
    """The environment variable that sets a field."""
    return PLAIN_NAMES.get(field, f"DESKWIRE_{field.upper()}")


def _require_mongodb(url: str) -> str:
    return _require_scheme(url, "mongodb", "mongodb+srv")


def _require_scheme(url: str, *schemes: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in schemes or not (parts.netloc or parts.path):
        raise ValueError("not such an address")
    return url


def _require_redis(url: str) -> str:
    if urlsplit(url).scheme in SCHEMES:
        parse_cluster(url)  # Raises ValueError for what names no servers.
        return url
    return _require_scheme(url, "redis", "rediss", "unix")


def _require_smtp(url: str) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path):
        raise ValueError("not the address of a mail server")
    _ = parts.port  # Raises ValueError for what is no port.
    return url


def _require_llm(url: str) -> str:
    return _require_scheme(url, "http", "https", "unix") if url else url


def _require_sender(address: str) -> str:
    try:
        sender = Address(addr_spec=address)
    except (HeaderParseError, IndexError):  # The parser's own, at what it did not expect.
        raise ValueError("not an address") from None
    if not sender.username or not sender.domain or not address.isascii():
        raise ValueError("not an address")
    return address


def _require_origin(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/"):
        raise ValueError("not an origin")
    return f"{parts.scheme}://{parts.netloc}"


def _require_network(network: str) -> str:
    return str(ip_network(network, strict=False))


def _split(value: object) -> object:
    if not isinstance(value, str):
        return value
    return [] if value == NONE else [item.strip() for item in value.split(",") if item.strip()]


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


Count = Annotated[int, Field(ge=1)]
CommaSeparated = BeforeValidator(_split)
Folder = Annotated[Path, AfterValidator(_absolute)]


class Settings(BaseModel):
    """One deployment's settings; the description of a field says what its variable must be."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    mode: Literal["demo", "production"] = Field("production", description="demo or production")
    mongodb_url: Annotated[str, AfterValidator(_require_mongodb)] = Field(
        repr=False, description="the address of a MongoDB replica set, mongodb://…"
    )
    redis_url: Annotated[str, AfterValidator(_require_redis)] = Field(
        repr=False,
        description="the address of Redis or Valkey, redis://…, rediss://… or unix://…; of a"
        " cluster redis+cluster://host:port,host:port or rediss+cluster://…",
    )
    secret_key: str = Field(
        repr=False,
        min_length=32,
        description="at least 32 characters nobody can guess; `openssl rand -hex 32` makes some",
    )
    database: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,38}$")] = Field(
        "deskwire", description="a database name of at most 38 letters, digits, _ or -"
    )

    host: Annotated[str, Field(min_length=1)] = Field(
        "127.0.0.1", description="the address to listen on, such as 127.0.0.1 or 0.0.0.0"
    )
    port: int = Field(8000, ge=1, le=65535, description="a port from 1 to 65535")
    public_url: Annotated[str, AfterValidator(_require_origin)] = Field(
        description="the address people open, http://… or https://…, without a path"
    )
    allowed_origins: Annotated[
        tuple[Annotated[str, AfterValidator(_require_origin)], ...], CommaSeparated
    ] = Field((), description="origins of other web pages that may call, by commas; or none")
    trusted_proxies: Annotated[
        tuple[Annotated[str, AfterValidator(_require_network)], ...], CommaSeparated
    ] = Field(
        ("127.0.0.1/32", "::1/128"),
        description="networks of proxies whose X-Forwarded-* count, by commas; or none",
    )

    smtp_url: Annotated[str, AfterValidator(_require_smtp)] = Field(
        "",
        repr=False,
        description="the mail server, smtp://user:password@host:587 or smtps://…; unset for none",
    )
    mail_from: Annotated[str, AfterValidator(_require_sender)] = Field(
        description="the address that letters come from, such as support@example.com"
    )
    mail_delay_seconds: int = Field(
        60, ge=0, description="a number of seconds that a reply may be read in before it is mailed"
    )

    data_dir: Folder = Field(
        CHECKOUT / "data", description="the folder for what is kept on this machine"
    )
    attachments_dir: Folder = Field(description="the folder for uploaded files; by default in DATA")

    signup_enabled: bool = Field(True, description="true or false: may clients sign themselves up?")
    access_token_seconds: Count = Field(600, description="a number of seconds, at least 1")
    refresh_token_seconds: Count = Field(30 * 86_400, description="a number of seconds, at least 1")
    signups_per_hour: Count = Field(
        100, description="how many accounts one network may make in an hour, at least 1"
    )
    failed_logins_per_hour: Count = Field(
        100, description="how many log-ins may fail from one network in an hour, at least 1"
    )
    guests_per_hour: Count = Field(
        600, description="how many visitors may come from one network in an hour, at least 1"
    )
    vanished_minutes: Count = Field(
        10,
        description="after how many minutes without a connection what waits for somebody's answer"
        " goes back to the queue, at least 1",
    )
    quiet_days: Count = Field(
        7, description="after how many quiet days a resolved ticket closes, at least 1"
    )
    attachment_max_bytes: Count = Field(
        20 * 1024 * 1024, description="a number of bytes, at least 1"
    )
    socket_frame_bytes: Count = Field(1024 * 1024, description="a number of bytes, at least 1")
    sockets: Literal["slim", "engine"] = Field(
        "slim", description="slim, our own WebSockets, or engine, python-engineio's"
    )
    sockets_per_address: Count = Field(
        1_000, description="how many sockets one address may hold open on a node, at least 1"
    )
    handshakes_per_minute: Count = Field(
        600,
        description="how many sockets one network may open in a minute, beyond as many at once as"
        " one address may hold, at least 1",
    )
    sockets_per_user: Count = Field(
        100, description="how many sockets one person may hold open on a node, at least 1"
    )
    socket_commands_per_second: Count = Field(50, description="a whole number, at least 1")
    http_changes_per_second: Count = Field(
        50, description="how many changes one person may send in a second, at least 1"
    )
    http_searches_per_second: Count = Field(
        10, description="how many searches one person may send in a second, at least 1"
    )
    http_reads_per_second: Count = Field(
        100, description="how much one person may read in a second, at least 1"
    )
    http_strangers_per_second: Count = Field(
        100, description="how much one network may send without a session in a second, at least 1"
    )

    node: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")] = Field(
        "node", description="the name of this process, at most 64 letters, digits, . _ or -"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="debug, info, warning or error"
    )
    log_format: Literal["text", "json"] = Field("text", description="text or json")

    embedder: Literal["sentence-transformers", "onnx", "onnx-int8", "none"] = Field(
        "sentence-transformers",
        description="sentence-transformers, onnx (the same without PyTorch), onnx-int8 (a quarter"
        " of the memory, a little less exact) or none",
    )
    embedding_model: Annotated[str, Field(min_length=1)] = Field(
        "all-MiniLM-L6-v2",
        description="the model that comes with us, a folder, or for sentence-transformers a name"
        " at its hub",
    )
    llm_url: Annotated[str, AfterValidator(_require_llm)] = Field(
        "",
        description="the address of a language model that speaks OpenAI's protocol, http://… or"
        " https://…, or unix://… of a process of our own; unset for none",
    )
    llm_model: str = Field("", description="the name of the model at LLM_URL; unset: its first")
    llm_key: str = Field("", repr=False, description="the key that LLM_URL asks for")
    llm_slots: Count = Field(8, description="how many answers a model of ours makes at once")
    llm_context: Count = Field(
        16_384, description="how many tokens all of these may have together, at least 1"
    )

    model_hub: Annotated[str, AfterValidator(_require_origin)] = Field(
        "https://huggingface.co", description="where `deskwire llm pull` fetches models"
    )
    torch_index: str = Field(
        "https://download.pytorch.org/whl/cpu",
        description="the index that has PyTorch built for processors only",
    )

    @property
    def keeps_letters(self) -> bool:
        """Whether letters are kept and shown, since the demo has no mail server."""
        return self.mode == "demo" and not self.smtp_url

    @property
    def mails(self) -> bool:
        """Whether there is any use in writing letters."""
        return bool(self.smtp_url) or self.mode == "demo"

    @property
    def models_dir(self) -> Path:
        """The folder that language models are looked for in."""
        return self.data_dir / "models"

    @property
    def quiet_after(self) -> int:
        """`quiet_days` in milliseconds."""
        return self.quiet_days * 24 * 3600 * 1000

    @model_validator(mode="before")
    @classmethod
    def _derive(cls, given: dict[str, object]) -> dict[str, object]:
        """Fill in what follows from others: the public address, the sender, the files' folder."""
        values = dict(given)
        if "public_url" not in values:
            host = values.get("host", "127.0.0.1")
            visible = "127.0.0.1" if host in ("0.0.0.0", "::") else host
            visible = f"[{visible}]" if ":" in str(visible) else visible
            values["public_url"] = f"http://{visible}:{values.get('port', 8000)}"
        if "mail_from" not in values:
            host = urlsplit(str(values["public_url"])).hostname or "localhost"
            values["mail_from"] = f"deskwire@{'localhost' if ':' in host else host}"
        if "attachments_dir" not in values:
            data = values.get("data_dir", CHECKOUT / "data")
            values["attachments_dir"] = Path(str(data)) / "attachments"
        return values

    @property
    def origins(self) -> tuple[str, ...]:
        """Whose pages may open a socket: our own, its other local name, those allowed."""
        local = {"://127.0.0.1": "://localhost", "://localhost": "://127.0.0.1"}
        also = [self.public_url.replace(a, b) for a, b in local.items() if a in self.public_url]
        return tuple(dict.fromkeys((self.public_url, *also, *self.allowed_origins)))

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Read every variable; an empty one counts as unset.

        Raises SettingsError naming each wrong variable, what it should be and what it was.
        """
        given = {
            field: environ[variable_of(field)].strip()
            for field in cls.model_fields
            if environ.get(variable_of(field), "").strip()
        }
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            fields = dict.fromkeys(str(each["loc"][0]) for each in error.errors())
            raise SettingsError("\n".join(_explain(field, given) for field in fields)) from None

    def to_environ(self) -> dict[str, str]:
        """The variables that make `from_environ` give these settings again."""
        return {variable_of(field): _as_variable(value) for field, value in self}


def _explain(field: str, given: Mapping[str, str]) -> str:
    expected = f"{variable_of(field)} must be {Settings.model_fields[field].description}"
    if field not in given:
        return f"{expected}; it is not set"
    return expected if field in SECRETS else f"{expected}; it is {given[field]!r}"


def _as_variable(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case tuple():
            return ",".join(map(str, value)) or NONE  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        case _:
            return str(value)
