"""How a mail server is spoken to: who logs in, and never in the clear over a network."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from server.mail import post
from server.mail.letters import Letter
from server.mail.post import SmtpPost
from server.store.effects import DONE, Outcome, State
from tests.server.mail.mailserver import MailServer

# That is what the tests are about.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
LETTER = Letter(id="c:mail:r", to="a@b.test", subject="S", parts=("P",))


class Doorman:
    """Lets one name and password in."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(
        self,
        _server: Server,
        _session: Session,
        _envelope: Envelope,
        _mechanism: str,
        given: object,
    ) -> AuthResult:
        self.asked += 1
        right = (
            getattr(given, "login", b"") == b"desk@x" and getattr(given, "password", b"") == b"p/w"
        )
        return AuthResult(success=right, handled=False)


async def write() -> Letter:
    return LETTER


def post_to(server: MailServer, who: str) -> SmtpPost:
    return SmtpPost(server.url.replace("//", f"//{who}@"), "desk@house.test")


@pytest.fixture
async def guarded(server: MailServer) -> Doorman:
    """The mail server takes nothing from who has not logged in."""
    doorman = Doorman()
    await server.stop()
    await server.start(authenticator=doorman, auth_required=True, auth_require_tls=False)
    return doorman


async def test_a_letter_is_taken_from_who_logs_in(server: MailServer, guarded: Doorman):
    assert await post_to(server, "desk%40x:p%2Fw").send(write) == DONE

    assert server.recipients == ["a@b.test"]


async def test_a_wrong_password_is_mended_by_a_person_and_tried_until_then(
    server: MailServer, guarded: Doorman
):
    outcome = await post_to(server, "desk%40x:wrong").send(write)

    assert outcome == Outcome(State.OWED, "the mail server does not let us in (535)")
    assert server.mails == []


async def test_whom_the_server_does_not_take_as_a_sender_tries_again(
    server: MailServer, guarded: Doorman
):
    stranger = SmtpPost(server.url, "desk@house.test")

    told = await stranger.send(write)

    assert told == Outcome(State.OWED, "the mail server does not let us in (530)")
    assert server.mails == []


async def test_no_password_is_said_in_the_clear_over_a_network(
    server: MailServer, guarded: Doorman, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(post, "_is_local", lambda _hostname: False)

    outcome = await post_to(server, "desk%40x:p%2Fw").send(write)

    assert outcome.state is State.OWED
    assert (guarded.asked, server.mails) == (0, [])


@pytest.fixture
def certified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The server's side of TLS, under a certificate that this process trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "certificate.pem", tmp_path / "key.pem"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
    monkeypatch.setattr(post, "_is_local", lambda _hostname: False)
    return context


async def test_who_logs_in_over_a_network_does_so_under_tls(
    server: MailServer, certified: ssl.SSLContext
):
    doorman = Doorman()
    await server.stop()
    await server.start(authenticator=doorman, auth_required=True, tls_context=certified)

    assert await post_to(server, "desk%40x:p%2Fw").send(write) == DONE

    assert (doorman.asked, server.recipients) == (1, ["a@b.test"])


async def test_a_password_is_not_said_to_who_has_no_good_certificate(
    server: MailServer, certified: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
):
    doorman = Doorman()
    await server.stop()
    await server.start(authenticator=doorman, auth_required=True, tls_context=certified)
    monkeypatch.delenv("SSL_CERT_FILE")

    outcome = await post_to(server, "desk%40x:p%2Fw").send(write)

    assert outcome.state is State.OWED
    assert (doorman.asked, server.mails) == (0, [])
