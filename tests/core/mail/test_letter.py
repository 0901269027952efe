"""Letters are good mail: plain words and HTML, one link, and no header that somebody slipped in."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from offhook.core.clock import ManualClock
from offhook.core.mail.address import mailbox
from offhook.core.mail.letter import Letter, compose

pytestmark = pytest.mark.unit

LINK = "https://calls.example/visit/site_x#callback=s3cret_-"


def letter(**more: Any) -> Letter:
    """A letter."""
    given = {
        "key": "SE1.1",
        "to": "ada@example.org",
        "language": "en",
        "direction": "ltr",
        "subject": "The shop is calling you back",
        "lines": ["You asked for it.", "Open the link."],
        "action": "Take the call",
        "link": LINK,
        "footer": "Sent by the shop.",
    }
    return Letter(**{**given, **more})


def read(given: Letter) -> EmailMessage:
    """The letter as its reader's program sees it."""
    sender = mailbox("Shop <calls@example.com>")
    made = compose(given, sender, ManualClock().now())
    return message_from_bytes(made.as_bytes(), policy=default)


def body(message: EmailMessage, kind: str) -> str:
    """One of the two forms of a letter."""
    found = message.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def test_it_says_the_same_in_plain_words_and_as_html() -> None:
    message = read(letter())
    for kind in ("plain", "html"):
        said = body(message, kind)
        assert LINK in said
        assert "Open the link." in said
        assert "Take the call" in said
    assert message["From"] == "Shop <calls@example.com>"
    assert message["To"] == "ada@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "en"
    assert message["Date"].datetime is not None


def test_the_same_letter_has_the_same_message_id() -> None:
    assert read(letter())["Message-ID"] == read(letter())["Message-ID"] == "<SE1.1@example.com>"
    assert read(letter(key="SE1.2"))["Message-ID"] != read(letter())["Message-ID"]


def test_a_name_with_lines_or_marks_makes_no_header_and_no_element() -> None:
    evil = 'Shop\r\nBcc: all@example.org\r\n\r\n<script>alert("x")</script>'
    message = read(letter(subject=evil, lines=[evil]))
    assert message["Bcc"] is None
    assert "\n" not in message["Subject"]
    assert "<script>" not in body(message, "html")


def test_letters_of_every_script_arrive_as_they_were_written() -> None:
    words = "يعاود الاتصال بك — वापस कॉल — é"
    message = read(letter(subject=words, lines=[words], language="ar", direction="rtl"))
    assert message["Subject"] == words
    assert words in body(message, "plain")
    assert 'dir="rtl"' in body(message, "html")
    assert all(part.as_bytes().isascii() for part in message.walk() if not part.is_multipart())
