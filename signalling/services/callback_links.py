"""Links that open a callback on any device: drawn, handed out, and known again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import Conflict, NotFound
from offhook.core.ids import AccountId
from offhook.core.machine import UnexpectedEvent
from signalling.domain.callback_link import LONGEST, SECRET_BYTES, digest_of, path_of, secret_of
from signalling.domain.configured.site import SITE
from signalling.domain.desk import ToSession
from signalling.domain.sessions import events as told
from signalling.domain.sessions.base import OVER, State
from signalling.domain.sessions.session import Session
from signalling.services.configuration import Configuration
from signalling.services.open_desk import OpenDesk
from signalling.services.parts import Parts
from signalling.stores.callbacks import Callbacks, Link


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A link as it is given away: its path on this server, and when it ends."""

    path: str
    expires_at: Micros


class CallbackLinks:
    """A link is for one session, until its time or until somebody took the call by it."""

    def __init__(self, parts: Parts, configuration: Configuration, rows: Callbacks) -> None:
        self._parts = parts
        self._configuration = configuration
        self._rows = rows

    async def hand_out(self, made: OpenDesk, id: str, agent: str | None) -> HandedOut:
        """A new link of a callback that is under way; `agent` is who asks, None for a program.

        Raises `NotFound` (`session_not_found`), `Conflict` (`no_callback_now`), `Forbidden`
        (`not_your_session`).
        """
        session = made.desk.session(id)
        if session.state is not State.CALLBACK:
            raise _none_now()
        account = AccountId(session.account)
        key = (await self._configuration.get(account, SITE, session.site)).key or ""
        now = self._parts.clock.now()
        secret = secret_of(self._parts.random(SECRET_BYTES))
        link = Link(account, id, _end_of(session, now))

        def keep(connection: Any) -> None:
            self._rows.put_link(connection, digest_of(secret), link, now)

        try:
            await made.owner.ask(ToSession(id, told.LinkMade(agent)), keep)
        except UnexpectedEvent as error:
            raise _none_now() from error
        return HandedOut(path_of(key, secret), Micros(link.expires_at))

    async def opened(self, made: OpenDesk, site: str, secret: str) -> Session:
        """The session that a link opens now. Raises `NotFound` (`link_unknown`) and `Conflict`
        (`link_expired`, `link_used`, `link_over`)."""
        link = None
        if len(secret) <= LONGEST:
            link = await self._parts.store.read(lambda c: self._rows.link(c, digest_of(secret)))
        if link is None or link.account != made.owner.account:
            raise NotFound("There is no such link.", code="link_unknown")
        session = made.desk.sessions.get(link.session)
        if session is None or session.state in OVER:
            raise Conflict("The callback is over.", code="link_over")
        if session.site != site:
            raise NotFound("There is no such link.", code="link_unknown")
        if session.state is not State.CALLBACK:
            raise Conflict("The call was taken by this link already.", code="link_used")
        if link.expires_at <= self._parts.clock.now():
            raise Conflict("The link has expired.", code="link_expired")
        return session


def _end_of(session: Session, now: Micros) -> Micros:
    """A link is good as long as the callback is tried."""
    begins = max(now, session.callback_at or now)
    return Micros(begins + session.callback_window * 60 * SECOND)


def _none_now() -> Conflict:
    return Conflict("There is no callback under way.", code="no_callback_now")
