"""A mail server on loopback that keeps what it takes, or refuses what it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import warnings
from collections.abc import AsyncIterator, Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

_PATIENCE = 10.0


class Mailbox:
    """`came`: the letters, with whom they were for; `refusals`: what the next are answered."""

    def __init__(self) -> None:
        self.came: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refusals: list[str] = []
        self.asked = 0
        self.port = 0
        self._heard = asyncio.Condition()

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        """Whether the letter may come."""
        async with self._heard:
            self.asked += 1
            self._heard.notify_all()
        if self.refusals:
            return self.refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep a letter."""
        message = message_from_bytes(envelope.content, policy=default)
        async with self._heard:
            self.came.append(message)
            self.recipients += envelope.rcpt_tos
            self._heard.notify_all()
        return "250 Taken"

    async def until(self, right: Callable[[], bool]) -> None:
        """Wait until it is so."""
        async with asyncio.timeout(_PATIENCE), self._heard:
            await self._heard.wait_for(right)

    async def letter(self, number: int = 1) -> EmailMessage:
        """Wait for the letter with this number."""
        await self.until(lambda: len(self.came) >= number)
        return self.came[number - 1]


def words_of(letter: EmailMessage) -> str:
    """What a letter says in plain words."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_of(letter: EmailMessage) -> str:
    """The link in a letter."""
    [link] = [line for line in words_of(letter).splitlines() if line.startswith("http")]
    return link


@contextlib.asynccontextmanager
async def mailbox(
    *,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    login: tuple[str, str] | None = None,
) -> AsyncIterator[Mailbox]:
    """A mail server: in the clear, encrypted from the first byte, or from STARTTLS on; `login`:
    nobody else may hand letters in."""
    box = Mailbox()

    def may(server: Any, session: Any, envelope: Any, how: str, who: Any) -> AuthResult:
        known = isinstance(who, LoginPassword) and login is not None
        good = known and (who.login.decode(), who.password.decode()) == login
        return AuthResult(success=good, handled=False)

    def server() -> SMTP:
        with warnings.catch_warnings():
            # It warns of passwords in the clear, which are tried here on purpose.
            warnings.simplefilter("ignore")
            return made()

    def made() -> SMTP:
        return SMTP(
            box,
            hostname="mail.test",
            tls_context=starttls,
            require_starttls=starttls is not None,
            auth_required=login is not None,
            auth_require_tls=starttls is not None,
            authenticator=may if login is not None else None,
            enable_SMTPUTF8=True,
        )

    listening = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0, ssl=tls)
    box.port = listening.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        listening.close()
        await listening.wait_closed()
