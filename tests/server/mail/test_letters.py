"""A letter's text is only ever text, whatever it is made of."""

from __future__ import annotations

import email
from email.policy import default

import pytest

from server.mail.letters import Letter, NotMailable

SENDER = "desk@house.test"


def letter(**fields: object) -> Letter:
    given = {"id": "c:mail:r", "to": "a@b.test", "subject": "S", "parts": ("P",), **fields}
    return Letter(**given)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("field", ["subject", "sender_name"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028", "\0"])
def test_no_line_break_makes_a_header(field: str, end: str):
    mail = letter(**{field: f"x{end}Bcc: spy@evil.test{end}{end}y"}).to_mail(SENDER)

    read = email.message_from_bytes(mail.as_bytes(), policy=default)

    assert read["Bcc"] is None
    assert "spy@evil.test" in read["Subject" if field == "subject" else "From"]
    assert read.get_body(("plain",)).get_content() == "P\r\n"


@pytest.mark.parametrize("local", ["a,b", "a(b", "a;b", "a:b", "a..b", "a\\b", "'", "a,Bcc:x"])
def test_an_odd_address_is_one_recipient(local: str):
    mail = letter(to=f"{local}@b.test").to_mail(SENDER)

    read = email.message_from_bytes(mail.as_bytes(), policy=default)

    (recipient,) = read["To"].addresses
    assert (recipient.username, recipient.domain) == (local, "b.test")


@pytest.mark.parametrize("to", ["ä@b.test", "a@b,c.test", "a@b.test\nBcc: x", "a@", "a@b_c\0.test"])
def test_an_address_that_no_mail_reaches_is_refused(to: str):
    with pytest.raises(NotMailable):
        letter(to=to).to_mail(SENDER)


def test_a_domain_of_any_script_is_written_as_servers_know_it():
    mail = letter(to="a@bücher.test").to_mail(SENDER)

    assert mail["To"] == "a@xn--bcher-kva.test"


def test_markup_is_shown_as_it_was_typed():
    page = letter(parts=("<script>x</script>", "a & b"), link="http://x/?a=1&b='2'").html

    assert "<script>" not in page
    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert 'href="http://x/?a=1&amp;b=&#x27;2&#x27;"' in page


def test_repeats_have_the_same_message_id_and_others_another():
    assert letter().message_id(SENDER) == letter(subject="T").message_id(SENDER)
    assert letter().message_id(SENDER) != letter(id="c:mail:q").message_id(SENDER)
