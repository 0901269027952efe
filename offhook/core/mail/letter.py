"""A letter as it is sent: plain words and the same as HTML, with one link to follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from offhook.core.clock import Micros, moment


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written to one person. `key` is the letter's own: sent twice, it has the same
    Message-ID, so that mail programs show it once. `action` is what the link is called."""

    key: str
    to: str
    language: str
    direction: str
    subject: str
    lines: Sequence[str]
    action: str
    link: str
    footer: str


def compose(letter: Letter, sender: Address, now: Micros) -> EmailMessage:
    """The message (RFC 5322), text and HTML; raises `ValueError` for what no header may hold."""
    message = EmailMessage(policy=SMTP)
    local, _, domain = letter.to.rpartition("@")
    message["From"] = sender
    message["To"] = Address("", local, domain)
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(moment(now))
    message["Message-ID"] = f"<{letter.key}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_plain(letter), cte="quoted-printable")
    message.add_alternative(_html(letter), subtype="html", cte="quoted-printable")
    message["Content-Language"] = letter.language
    return message


def _plain(letter: Letter) -> str:
    return "\n\n".join([*letter.lines, f"{letter.action}:\n{letter.link}", letter.footer]) + "\n"


def _html(letter: Letter) -> str:
    said = "\n".join(f"<p>{escape(line)}</p>" for line in letter.lines)
    link = escape(letter.link, quote=True)
    return f"""<!doctype html>
<html lang="{escape(letter.language)}" dir="{escape(letter.direction)}">
<head><meta charset="utf-8"><title>{escape(letter.subject)}</title></head>
<body style="font-family:system-ui,sans-serif;font-size:16px;line-height:1.5;color:#1a1a1a">
<div style="max-width:480px;margin:0 auto;padding:24px">
{said}
<p style="margin:24px 0"><a href="{link}" style="display:inline-block;padding:12px 20px;\
border-radius:8px;background:#1a1a1a;color:#ffffff;text-decoration:none">{escape(letter.action)}</a>
</p>
<p style="font-size:13px;color:#5c5c5c">{escape(letter.footer)}</p>
</div>
</body>
</html>
"""
