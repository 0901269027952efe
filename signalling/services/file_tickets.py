"""Tickets for files: who may bring one, or fetch one, and until when."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Literal

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import NotFound, Unauthenticated
from offhook.core.ids import AccountId, is_id
from signalling.services.tokens import Tokens

Purpose = Literal["upload", "download"]
_PREFIXES = ("AC", "FI", "PA")
#: A longer ticket is none.
_LONGEST = 256


@dataclass(frozen=True, slots=True)
class FileTicket:
    """A checked ticket: one file, and the participant whom it was given to."""

    account: AccountId
    file: str
    participant: str


class FileTickets:
    """`<account>.<file>.<participant>.<last second>.<signature>`; one made for another purpose is
    none."""

    def __init__(self, tokens: Tokens, purpose: Purpose) -> None:
        self._tokens = tokens
        self._purpose = f"file {purpose}".encode()

    async def make(self, ticket: FileTicket, until: Micros) -> str:
        """The ticket as it is handed out, good until then."""
        last = until // SECOND
        text = ".".join((ticket.account, ticket.file, ticket.participant, str(last)))
        return f"{text}.{await self._sign(ticket.account, text)}"

    async def open(self, given: str | None, file: str) -> FileTicket:
        """What a ticket for this file says; raise `Unauthenticated`: `ticket_missing`,
        `ticket_invalid`, `ticket_expired`."""
        if not given:
            raise Unauthenticated("A ticket is needed.", code="ticket_missing")
        text, _, signature = given.rpartition(".")
        ticket, last = _read(text, len(given))
        if ticket.file != file:
            raise _invalid()
        try:
            expected = await self._sign(ticket.account, text)
        except NotFound as error:
            raise _invalid() from error
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise _invalid()
        if self._tokens.now() > last * SECOND:
            raise Unauthenticated("The ticket has expired; ask for another.", code="ticket_expired")
        return ticket

    async def _sign(self, account: AccountId, text: str) -> str:
        key = await self._tokens.internal_key(account)
        secret = hmac.digest(key.secret.encode(), self._purpose, hashlib.sha256)
        digest = hmac.digest(secret, text.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _read(text: str, length: int) -> tuple[FileTicket, int]:
    parts = text.split(".")
    if length > _LONGEST or len(parts) != len(_PREFIXES) + 1:
        raise _invalid()
    *ids, last = parts
    if not all(map(is_id, ids, _PREFIXES)) or not (last.isascii() and last.isdigit()):
        raise _invalid()
    account, file, participant = ids
    return FileTicket(AccountId(account), file, participant), int(last)


def _invalid() -> Unauthenticated:
    return Unauthenticated("The ticket is not one of ours.", code="ticket_invalid")
