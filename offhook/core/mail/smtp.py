"""Hands letters to a mail server: encrypted when it is told to, and with words for what failed."""

from __future__ import annotations

import ssl
from email.headerregistry import Address
from typing import Literal

import aiosmtplib
from aiosmtplib import errors
from msgspec import Struct

from offhook.core.clock import Clock
from offhook.core.errors import OffhookError
from offhook.core.mail.address import mailbox
from offhook.core.mail.letter import Letter, compose

Security = Literal["starttls", "tls", "none"]
#: Seconds that the server may take for each answer.
_PATIENCE = 15.0
#: From this reply on a refusal is for good (RFC 5321 section 4.2.1).
_FOR_GOOD = 500


class SmtpSettings(Struct, frozen=True, kw_only=True):
    """Where letters are handed in, and as whom. `security`: `starttls` begins in the clear and must
    then encrypt, `tls` encrypts from the first byte."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    security: Security = "starttls"


class MailFailed(OffhookError):
    """A letter was not taken. `code` says why: `smtp_unreachable`, `smtp_tls`, `smtp_sign_in`,
    `smtp_refused`, `smtp_no_utf8`. `retryable`: another try may succeed. No word of it names an
    address."""

    def __init__(self, detail: str, *, code: str, retryable: bool) -> None:
        super().__init__(detail, code=code)
        self.retryable = retryable


class SmtpSender:
    """One connection for each letter. `trust`: whom the server's certificate must be from; None is
    whom this machine trusts."""

    def __init__(
        self,
        settings: SmtpSettings,
        clock: Clock,
        *,
        trust: ssl.SSLContext | None = None,
        patience: float = _PATIENCE,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._trust = trust
        self._patience = patience
        self.sender: Address = mailbox(settings.sender)

    async def send(self, letter: Letter) -> None:
        """Hand a letter in; raise `MailFailed`."""
        try:
            message = compose(letter, self.sender, self._clock.now())
        except ValueError as error:
            raise MailFailed("No such letter.", code="smtp_refused", retryable=False) from error
        client = self.client()
        try:
            async with client:
                await client.send_message(
                    message, sender=self.sender.addr_spec, recipients=[letter.to]
                )
        except (errors.SMTPException, OSError, ValueError) as error:
            raise _failed(error) from error

    async def greet(self) -> bool:
        """Connect as for a letter, sign in, and leave; whether more could be encrypted. Raise
        `MailFailed`."""
        client = self.client()
        try:
            async with client:
                await client.noop()
                return client.supports_extension("starttls")
        except (errors.SMTPException, OSError, ValueError) as error:
            raise _failed(error) from error

    def client(self) -> aiosmtplib.SMTP:
        """A client that is not connected."""
        asked = self._settings
        return aiosmtplib.SMTP(
            hostname=asked.host,
            port=asked.port,
            username=asked.user or None,
            password=asked.password or None,
            use_tls=asked.security == "tls",
            start_tls=asked.security == "starttls",
            tls_context=self._trust,
            timeout=self._patience,
        )


def _failed(error: Exception) -> MailFailed:
    """What went wrong, without the server's own words: those may repeat the address."""
    reply = _reply(error)
    match error:
        case errors.SMTPAuthenticationError():
            said = f"The mail server does not let us sign in ({reply})."
            return MailFailed(said, code="smtp_sign_in", retryable=_may_pass(reply))
        case errors.SMTPException(message=str() as words) if "not supported" in words:
            return _unsupported(words)
        case errors.SMTPRecipientsRefused() | errors.SMTPResponseException():
            said = f"The mail server refuses it ({reply})."
            return MailFailed(said, code="smtp_refused", retryable=_may_pass(reply))
        case _ if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
            said = "The mail server's certificate is not good."
            return MailFailed(said, code="smtp_tls", retryable=True)
        case errors.SMTPException() | OSError():
            said = f"The mail server does not answer ({type(error).__name__})."
            return MailFailed(said, code="smtp_unreachable", retryable=True)
        case _:
            return MailFailed("The letter is not good.", code="smtp_refused", retryable=False)


def _unsupported(words: str) -> MailFailed:
    """The library has no classes for these."""
    if "SMTPUTF8" in words:
        said = "The mail server takes no addresses beyond ASCII."
        return MailFailed(said, code="smtp_no_utf8", retryable=False)
    if "AUTH" in words:
        said = "The mail server offers no way to sign in."
        return MailFailed(said, code="smtp_sign_in", retryable=True)
    return MailFailed("The mail server offers no TLS.", code="smtp_tls", retryable=True)


def _reply(error: Exception) -> int:
    if isinstance(error, errors.SMTPRecipientsRefused):
        return max((each.code for each in error.recipients), default=_FOR_GOOD)
    return error.code if isinstance(error, errors.SMTPResponseException) else 0


def _may_pass(reply: int) -> bool:
    return reply < _FOR_GOOD
