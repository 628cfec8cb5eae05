"""A letter's text is only ever text, whatever it is made of."""

from __future__ import annotations

import email
import re
from email.policy import default

import pytest

from server.mail.letters import Letter, NotMailable
from server.mail.parts import Quote

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


def said(body: str, **fields: object) -> str:
    return letter(parts=(Quote("Ann", body),), **fields).html


def test_what_somebody_said_is_set_as_they_meant_it():
    page = said("It is **hot**:\n\n- the stove\n- the wall\n\nTwo\nlines <b>x</b>")

    assert "<strong>hot</strong>" in page
    assert "<li>the wall</li>" in page
    assert "Two<br />\nlines &lt;b&gt;x&lt;/b&gt;" in page


@pytest.mark.parametrize(
    "body",
    [
        "![a](https://spy.test/p.png)",
        "[a](javascript:x)",
        "<img src=https://spy.test/p.png>",
        '<a href="javascript:x">a</a>',
        "[a](data:text/html,x)",
    ],
)
def test_nothing_in_it_is_loaded_or_run(body: str):
    page = said(body)

    assert not re.search(r"<img|<script|(src|href)=.?(javascript|data)", page)


def test_names_and_files_are_text():
    page = letter(parts=(Quote("<b>Ann", "Hi", ("<i>.pdf",)),), sender_name="<u>Shop").html

    assert "&lt;b&gt;Ann" in page
    assert "&lt;i&gt;.pdf" in page
    assert "&lt;u&gt;Shop" in page


@pytest.mark.parametrize(
    ("colour", "ink"), [("#ffffff", "#16181d"), ("#ffd43b", "#16181d"), ("#3b5bdb", "#ffffff")]
)
def test_the_button_can_be_read_on_every_colour(colour: str, ink: str):
    assert f"color:{ink}" in said("Hi", link="http://x.test/", colour=colour)


def test_who_goes_on_speaking_is_named_once():
    parts = (Quote("Ann", "One"), Quote("", "Two", ("map.pdf",)))

    assert letter(parts=parts).text == "Ann wrote:\n\nOne\n\nTwo\n\nAttached: map.pdf\n"


def test_repeats_have_the_same_message_id_and_others_another():
    assert letter().message_id(SENDER) == letter(subject="T").message_id(SENDER)
    assert letter().message_id(SENDER) != letter(id="c:mail:q").message_id(SENDER)
