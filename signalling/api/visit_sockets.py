"""The namespace /visit: visitors' pages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import socketio
from msgspec import Struct

from offhook.core.bucket import Buckets
from offhook.core.clock import SECOND, Micros
from offhook.core.errors import InvalidInput
from signalling.api import visit_messages as messages
from signalling.api.namespace import Connection, Handler, Introduction, Namespace, Seated
from signalling.services.services import Services
from signalling.services.visits import Opening, Place

VISIT: Final = "/visit"
#: Contacts that one address may open at once, and one more each so many seconds; and of a site.
_AT_ONCE, _PER_SECOND = 20, 0.2
_SITE_AT_ONCE, _SITE_PER_SECOND = 500, 50.0
#: Characters of an e-mail address that are looked at.
_ADDRESS = 500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Connection = Seated[Place]


class Caller(Struct, frozen=True, kw_only=True):
    """Whose page of which site a socket is; `resume` is the secret of a contact it had before,
    `link` that of a callback."""

    site: str
    resume: str | None
    link: str | None = None


class VisitSockets:
    """The door of visitors."""

    def __init__(self, services: Services, server: socketio.AsyncServer, address_of: Any) -> None:
        self._services = services
        self._visits = services.visits
        self._clock = services.parts.clock
        self._address_of = address_of
        self._openings = Buckets(_PER_SECOND, _AT_ONCE)
        self._sites = Buckets(_SITE_PER_SECOND, _SITE_AT_ONCE)
        handlers: dict[str, Handler[Place]] = {
            "open": self._open,
            "fill": self._fill,
            "start": self._start,
            "moved": self._moved,
            "ask_callback": self._ask_callback,
            "cancel_callback": self._cancel_callback,
            "leave_message": self._leave_message,
            "answer": self._answer,
            "hang_up": self._hang_up,
            "rate": self._rate,
        }
        beginning = Introduction("open", self._introduce, Caller)
        self.namespace = Namespace(
            services, server, VISIT, messages.COMMANDS, handlers, beginning, self._visits.lost
        )

    async def _introduce(self, connection: Connection[Place], asked: messages.Open) -> Caller:
        """Whose page it is, unless too many come from there; raises `RateLimited`."""
        site, resume = connection.auth.get("site"), connection.auth.get("resume")
        link = connection.auth.get("link")
        if not isinstance(site, str):
            raise InvalidInput("Name the site.", code="unknown_site", field="site")
        now = self._clock.now()
        self._openings.take(self._address_of(connection.environ["aiohttp.request"]), now)
        self._sites.take(site[:64], now)
        return Caller(
            site=site[:64],
            resume=resume if isinstance(resume, str) else None,
            link=link if isinstance(link, str) else None,
        )

    async def _open(self, connection: _Connection, asked: messages.Open) -> messages.Opened:
        caller: Caller = connection.who
        known = connection.place if caller.link is not None else None
        opened = await self._visits.open(
            connection.socket,
            Opening(
                site=caller.site,
                language=asked.language,
                url=asked.page.url,
                title=asked.page.title,
                referrer=asked.page.referrer,
                identity=asked.identity,
                attributes=asked.attributes,
                resume=caller.resume,
                link=None if known is not None else caller.link,
                again=known,
            ),
        )
        connection.place = opened.place
        if opened.displaced is not None:
            await self._displace(opened.displaced)
        return messages.Opened(site=opened.site, visit=opened.visit, resume=opened.resume)

    async def _displace(self, socket: str) -> None:
        """Another page has the contact now."""
        await self._services.border.emit([socket], "taken_over", messages.TakenOver())
        await self._services.border.close(socket)

    async def _fill(self, connection: _Connection, asked: messages.Fill) -> None:
        await self._visits.fill(connection.begun(), asked.answers)

    async def _start(self, connection: _Connection, asked: messages.Start) -> None:
        place = connection.begun()
        await self._visits.start(place, asked.consent, asked.version, video=asked.video)

    async def _moved(self, connection: _Connection, asked: messages.Moved) -> None:
        page = asked.page
        await self._visits.moved(connection.begun(), page.url, page.title, page.referrer)

    async def _ask_callback(self, connection: _Connection, asked: messages.AskCallback) -> None:
        at = None if asked.at is None else _time(asked.at)
        email = (asked.email or "")[:_ADDRESS]
        await self._visits.ask_callback(connection.begun(), at, asked.answers, email)

    async def _cancel_callback(
        self, connection: _Connection, asked: messages.CancelCallback
    ) -> None:
        await self._visits.cancel_callback(connection.begun())

    async def _leave_message(self, connection: _Connection, asked: messages.LeaveMessage) -> None:
        await self._visits.leave_message(connection.begun(), asked.text, asked.answers)

    async def _answer(self, connection: _Connection, asked: messages.AnswerCallback) -> None:
        await self._visits.answer(connection.begun())

    async def _hang_up(self, connection: _Connection, asked: messages.HangUp) -> None:
        await self._visits.hang_up(connection.begun())

    async def _rate(self, connection: _Connection, asked: messages.Rate) -> None:
        await self._visits.rate(connection.begun(), asked.stars, asked.comment)


def _time(text: str) -> Micros:
    """A moment of ISO 8601 with its offset; raise `InvalidInput` (`bad_time`)."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("This is no time.", code="bad_time", field="at") from error
    if moment.tzinfo is None:
        raise InvalidInput("Say the offset from UTC too.", code="bad_time", field="at")
    return Micros(round((moment - _EPOCH).total_seconds() * SECOND))
