"""Settings come from the environment, and what is wrong there is named."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from server.settings import CHECKOUT, Settings, SettingsError

SECRET = "a-secret-of-more-than-32-characters"
NEEDED = {
    "MONGODB_URL": "mongodb://user:hidden-word@db.example/?replicaSet=rs0",
    "REDIS_URL": "redis://:hidden-word@cache.example:6379/0",
    "SECRET_KEY": SECRET,
}


def test_what_is_unset_has_a_default():
    settings = Settings.from_environ(NEEDED)

    assert settings.mode == "production"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.data_dir == CHECKOUT / "data"
    assert settings.attachments_dir == settings.data_dir / "attachments"
    assert settings.access_token_seconds == 600
    assert settings.refresh_token_seconds == 2_592_000


def test_an_empty_variable_counts_as_unset():
    assert Settings.from_environ({**NEEDED, "PORT": " "}).port == 8000


def test_every_missing_variable_is_named_at_once():
    with pytest.raises(SettingsError) as error:
        Settings.from_environ({})

    for name in NEEDED:
        assert f"{name} must be" in str(error.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PUBLIC_URL", "desk.example"),
        ("PUBLIC_URL", "https://desk.example/path"),
        ("DESKWIRE_MODE", "test"),
        ("DESKWIRE_DATABASE", "a.b"),
        ("DESKWIRE_SIGNUP_ENABLED", "perhaps"),
        ("DESKWIRE_TRUSTED_PROXIES", "10.0.0.0/8,nginx"),
        ("DESKWIRE_ALLOWED_ORIGINS", "https://a.example,b"),
        ("DESKWIRE_ATTACHMENT_MAX_BYTES", "-1"),
        ("DESKWIRE_SOCKET_FRAME_BYTES", "1 MB"),
        ("DESKWIRE_LOG_LEVEL", "loud"),
        ("MAIL_FROM", "nobody"),
        ("DESKWIRE_MAIL_DELAY_SECONDS", "-1"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_expected(name: str, value: str):
    with pytest.raises(SettingsError, match=f"^{name} must be .*; it is {value!r}$"):
        Settings.from_environ({**NEEDED, name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MONGODB_URL", "http://user:hidden-word@db"),
        ("REDIS_URL", "hidden-word"),
        ("SECRET_KEY", "hidden-word"),
    ],
)
def test_a_wrong_secret_is_named_but_never_shown(name: str, value: str):
    with pytest.raises(SettingsError, match=f"^{name} must be") as error:
        Settings.from_environ({**NEEDED, name: value})
    assert "hidden-word" not in str(error.value)


def test_secrets_are_in_no_representation():
    settings = Settings.from_environ(NEEDED)

    for text in (repr(settings), str(settings), f"{settings}"):
        assert "hidden-word" not in text
        assert SECRET not in text


def test_settings_cannot_be_changed():
    settings = Settings.from_environ(NEEDED)
    with pytest.raises(ValidationError):
        settings.port = 1


def test_the_public_address_follows_the_port_and_the_host():
    assert Settings.from_environ({**NEEDED, "PORT": "9000"}).public_url.endswith(":9000")
    everywhere = Settings.from_environ({**NEEDED, "DESKWIRE_HOST": "0.0.0.0"})
    assert everywhere.public_url == "http://127.0.0.1:8000"
    six = Settings.from_environ({**NEEDED, "DESKWIRE_HOST": "::1"})
    assert six.public_url == "http://[::1]:8000"


def test_pages_may_call_from_our_own_address_its_local_twin_and_what_is_allowed():
    settings = Settings.from_environ(
        {**NEEDED, "DESKWIRE_ALLOWED_ORIGINS": "https://shop.example/, https://blog.example"}
    )

    assert settings.origins == (
        "http://127.0.0.1:8000",
        "http://localhost:8000",
        "https://shop.example",
        "https://blog.example",
    )


def test_none_is_an_empty_list():
    assert (
        Settings.from_environ({**NEEDED, "DESKWIRE_TRUSTED_PROXIES": "none"}).trusted_proxies == ()
    )


def test_a_relative_data_folder_is_of_where_the_command_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    assert Settings.from_environ({**NEEDED, "DATA": "./here"}).data_dir == tmp_path / "here"


@given(
    port=st.integers(1, 65535),
    signup=st.booleans(),
    origins=st.lists(st.sampled_from(["https://a.example", "http://b.example:8080"]), max_size=2),
    proxies=st.lists(st.ip_addresses().map(str), max_size=3),
)
def test_a_child_gets_the_same_settings(
    port: int, signup: bool, origins: list[str], proxies: list[str]
):
    settings = Settings.model_validate(
        {
            "mongodb_url": NEEDED["MONGODB_URL"],
            "redis_url": NEEDED["REDIS_URL"],
            "secret_key": SECRET,
            "port": port,
            "signup_enabled": signup,
            "allowed_origins": origins,
            "trusted_proxies": proxies,
        }
    )

    assert Settings.from_environ(settings.to_environ()) == settings


@pytest.mark.parametrize("url", ["http://x:hidden-word@m.example", "smtp://m:99999", "smtps://"])
def test_a_wrong_mail_server_is_named_without_its_password(url: str):
    with pytest.raises(SettingsError, match="SMTP_URL must be the mail server") as error:
        Settings.from_environ({**NEEDED, "SMTP_URL": url})

    assert "hidden-word" not in str(error.value)


def test_a_sender_of_two_lines_is_refused():
    with pytest.raises(SettingsError, match="MAIL_FROM must be"):
        Settings.from_environ({**NEEDED, "MAIL_FROM": "a@b.example\nBcc: c@d.example"})
