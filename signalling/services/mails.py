"""Carries letters to the mail server, and tells desks what became of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

import structlog

from offhook.core.clock import Micros
from offhook.core.errors import InvalidInput, NotFound, OffhookError
from offhook.core.ids import AccountId
from offhook.core.mail.address import checked
from offhook.core.mail.letter import Letter
from offhook.core.mail.smtp import MailFailed
from offhook.core.store.outbox import OutboxItem, Relay, backoff
from offhook.core.text import Catalogue
from offhook.core.zones import time_zone
from signalling.domain.callback_link import path_of
from signalling.domain.configured.planning import hours_of
from signalling.domain.configured.site import SITE, SiteSettings
from signalling.domain.desk import ToSession
from signalling.domain.letters import About, letter
from signalling.domain.sessions import events as told
from signalling.domain.sessions.session import Session
from signalling.services.configuration import Configuration
from signalling.services.desks import Desks
from signalling.services.parts import Parts
from signalling.stores.callbacks import CHANNEL, MAIL, Callbacks, Order, Outcome
from signalling.stores.configured import Configured

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: Letters that are handed in at a time.
_AT_ONCE = 4
_WANTED = {"ringing": ("dialing",), "booked": ("requested", "due", "dialing")}


class Sends(Protocol):
    """Hands letters to a mail server."""

    async def send(self, letter: Letter) -> None:
        """Hand a letter in; raise `MailFailed`."""
        ...


class Mails:
    """Each letter is sent at least once, always with the same Message-ID; it is tried again with
    growing pauses until it counts no more. Without a `sender` none goes out."""

    def __init__(
        self,
        parts: Parts,
        configuration: Configuration,
        desks: Desks,
        rows: Callbacks,
        sender: Sends | None,
        catalogue: Catalogue,
    ) -> None:
        self._parts = parts
        self._configuration = configuration
        self._desks = desks
        self._rows = rows
        self._sender = sender
        self._catalogue = catalogue
        self._relay = Relay(parts.store, parts.clock, {MAIL: self.carry}, at_once=_AT_ONCE)
        self._news = asyncio.Event()
        self._unlisten: Callable[[], None] | None = None

    def start(self) -> None:
        """Go on where the last run stopped."""
        self._unlisten = self._parts.store.listen(CHANNEL, self._news.set)
        self._desks.on_open.append(lambda account: self._news.set())
        self._news.set()
        self._parts.tasks.spawn(self._watch(), "outcomes of letters")
        self._relay.start()

    def wake(self) -> None:
        """A letter was committed."""
        self._relay.wake()

    async def close(self) -> None:
        """Stop; what is under way is sent again by the next run."""
        if self._unlisten is not None:
            self._unlisten()
        await self._relay.close()

    # --- sending --------------------------------------------------------------------------------

    async def carry(self, item: OutboxItem) -> None:
        """Send a letter, or give it up; raises `MailFailed` when it is to be tried again."""
        order = self._rows.order(item.payload)
        if await self._parts.store.read(lambda c: self._rows.is_over(c, order)):
            return
        try:
            await self._send(item.account, order)
        except MailFailed as error:
            again = self._parts.clock.now() + backoff(item.attempts + 1)
            if error.retryable and again < order.until:
                raise
            await self._over(order, error.code)
        else:
            await self._over(order, "")

    async def _send(self, account: AccountId, order: Order) -> None:
        """Raise `MailFailed`."""
        if self._sender is None:
            raise _given_up("not_configured")
        if self._parts.clock.now() >= order.until:
            raise _given_up("too_late")
        await self._sender.send(await self._written(account, order))

    async def _written(self, account: AccountId, order: Order) -> Letter:
        rows = self._desks.rows
        session = await self._parts.store.read(lambda c: rows.session(c, account, order.session))
        if session is None or session.callback_state not in _WANTED[order.kind]:
            raise _given_up("not_needed")
        try:
            site = await self._configuration.get(account, SITE, session.site)
            to = checked(session.customer.reach)
        except NotFound as error:
            raise _given_up("not_needed") from error
        except InvalidInput as error:
            raise _given_up("bad_address") from error
        about = await self._about(order, session, site, to)
        return letter(about, self._catalogue.say, time_zone)

    async def _about(
        self, order: Order, session: Session, site: Configured[SiteSettings], to: str
    ) -> About:
        path = path_of(site.key or "", order.secret)
        planned = await self._configuration.planned(site.account)
        hours = hours_of(site.body, planned.bodies)
        return About(
            kind=order.kind,
            key=f"{order.session}.{order.number}",
            to=to,
            language=self._catalogue.nearest(session.language),
            site=site.body.name,
            agent="" if session.agent is None else session.agent.name,
            link=self._parts.settings.url.rstrip("/") + path,
            at=session.callback_at,
            zone="UTC" if hours is None else hours.time_zone,
        )

    async def _over(self, order: Order, reason: str) -> None:
        now = Micros(self._parts.clock.now())
        await self._parts.store.write(lambda c: self._rows.over(c, order, reason, now))
        log.info("letter over", session=order.session, number=order.number, reason=reason)
        self._news.set()

    # --- telling --------------------------------------------------------------------------------

    async def _watch(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                for outcome in await self._parts.store.read(self._rows.untold):
                    await self._tell(outcome)
            except OffhookError as error:
                log.error("outcomes of letters not told", code=error.code)

    async def _tell(self, outcome: Outcome) -> None:
        """The process that has the desk tells it; a session that is over for good needs no word."""
        made = self._desks.at_hand(outcome.account)
        if made is None:
            return
        if outcome.session not in made.desk.sessions:
            await self._parts.store.write(lambda c: self._rows.tell(c, outcome))
            return
        over = told.MailOver(outcome.number, outcome.reason)
        event = ToSession(outcome.session, over)
        await made.owner.ask(event, lambda c: self._rows.tell(c, outcome))


def _given_up(code: str) -> MailFailed:
    return MailFailed("It is not sent any more.", code=code, retryable=False)
