"""Letters are handed to real mail servers: encrypted, signed in, and with words for what failed."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest

from offhook.core.clock import ManualClock
from offhook.core.mail.smtp import MailFailed, SmtpSender, SmtpSettings
from tests.core.mail.test_letter import LINK, letter
from tests.core.webhooks.certificate import make_certificate
from tests.support.mailbox import link_of, mailbox
from tests.support.ports import free_port

pytestmark = pytest.mark.integration

LOGIN = ("calls", "s3cret pass")


def sender(port: int, trust: ssl.SSLContext | None = None, **more: Any) -> SmtpSender:
    """Somebody who hands letters in at this port."""
    given = {"host": "localhost", "port": port, "sender": "calls@example.com", "security": "none"}
    settings = SmtpSettings(**{**given, **more})
    return SmtpSender(settings, ManualClock(), trust=trust, patience=5)


def contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server for `localhost` shows, and what believes it."""
    file = make_certificate(folder, "localhost")
    shows = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shows.load_cert_chain(file)
    return shows, ssl.create_default_context(cafile=str(file))


async def failure(sender: SmtpSender, **more: Any) -> tuple[str, bool]:
    """Why a letter was not taken, and whether another try may succeed."""
    with pytest.raises(MailFailed) as failed:
        await sender.send(letter(**more))
    assert "@" not in failed.value.detail
    return failed.value.code, failed.value.retryable


async def test_a_letter_arrives_in_the_clear_where_that_was_asked_for() -> None:
    async with mailbox() as box:
        await sender(box.port).send(letter())
        assert link_of(await box.letter()) == LINK
        assert box.recipients == ["ada@example.org"]


async def test_a_letter_is_encrypted_from_the_first_byte(tmp_path: Path) -> None:
    shows, trusts = contexts(tmp_path)
    async with mailbox(tls=shows) as box:
        await sender(box.port, trusts, security="tls").send(letter())
        await box.letter()


async def test_a_letter_is_encrypted_by_starttls_and_signed_in(tmp_path: Path) -> None:
    shows, trusts = contexts(tmp_path)
    user, password = LOGIN
    async with mailbox(starttls=shows, login=LOGIN) as box:
        good = sender(box.port, trusts, security="starttls", user=user, password=password)
        await good.send(letter())
        await box.letter()
        bad = sender(box.port, trusts, security="starttls", user=user, password="no")
        assert await failure(bad) == ("smtp_sign_in", False)


async def test_nothing_goes_in_the_clear_when_it_must_be_encrypted() -> None:
    async with mailbox() as box:
        assert await failure(sender(box.port, security="starttls")) == ("smtp_tls", True)
        assert box.asked == 0


async def test_a_certificate_that_nobody_trusts_is_refused(tmp_path: Path) -> None:
    shows, _ = contexts(tmp_path)
    async with mailbox(tls=shows) as box:
        assert await failure(sender(box.port, security="tls")) == ("smtp_tls", True)
    async with mailbox(starttls=shows) as box:
        assert await failure(sender(box.port, security="starttls")) == ("smtp_tls", True)


async def test_what_is_refused_for_now_may_pass_later_and_what_is_refused_is_over() -> None:
    async with mailbox() as box:
        box.refusals = ["451 Try ada@example.org again later", "550 No such ada@example.org"]
        assert await failure(sender(box.port)) == ("smtp_refused", True)
        assert await failure(sender(box.port)) == ("smtp_refused", False)
        await sender(box.port).send(letter())
        await box.letter()


async def test_a_server_that_is_away_is_asked_again() -> None:
    assert await failure(sender(free_port())) == ("smtp_unreachable", True)


async def test_an_address_beyond_ascii_goes_to_servers_that_take_it() -> None:
    async with mailbox() as box:
        await sender(box.port).send(letter(to="josé@example.org"))
        await box.letter()
        assert box.recipients == ["josé@example.org"]


async def test_a_server_without_sign_in_is_named() -> None:
    async with mailbox() as box:
        asked = sender(box.port, user="calls", password="x")
        assert (await failure(asked))[0] == "smtp_sign_in"
