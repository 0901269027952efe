"""The namespace /desk: agents' desks and the live view."""

from __future__ import annotations

from typing import Final

import socketio

from offhook.core.clock import isoformat
from offhook.core.errors import Forbidden, Unauthenticated
from offhook.core.policy import require
from signalling.api import desk_messages as messages
from signalling.api.auth import visitor_of
from signalling.api.cookies import browser_of
from signalling.api.namespace import Connection, Handler, Introduction, Namespace, Seated
from signalling.api.sign_in_watch import SignInWatch
from signalling.services.agents_desk import Seat
from signalling.services.services import Services

DESK: Final = "/desk"
_Connection = Seated[Seat]


class DeskSockets:
    """The door of agents and supervisors."""

    def __init__(self, services: Services, server: socketio.AsyncServer) -> None:
        self._services = services
        self._desk = services.agents_desk
        self._watch = SignInWatch(services)
        handlers: dict[str, Handler[Seat]] = {
            "enter": self._enter,
            "choose_activity": self._choose_activity,
            "accept": self._accept,
            "reject": self._reject,
            "hold": self._hold,
            "hang_up": self._hang_up,
            "transfer": self._transfer,
            "consulted": self._consulted,
            "note": self._note,
            "finish_wrap_up": self._finish_wrap_up,
            "extend_wrap_up": self._extend_wrap_up,
            "callback_link": self._callback_link,
            "mail_link": self._mail_link,
            "set_activity": self._set_activity,
            "prioritise": self._prioritise,
            "cancel_task": self._cancel_task,
        }
        beginning = Introduction("enter", self._introduce, Seat)
        self.namespace = Namespace(
            services, server, DESK, messages.COMMANDS, handlers, beginning, self._desk.lost
        )

    # --- who it is ------------------------------------------------------------------------------

    async def _enter(self, connection: _Connection, asked: messages.Enter) -> messages.Entered:
        seat: Seat = connection.who
        entry = await self._desk.enter(connection.socket, seat, asked.view, asked.language)
        connection.place = entry.seat
        if entry.displaced is not None:
            border = self._services.border
            await border.emit([entry.displaced], "taken_over", messages.TakenOver())
            await border.close(entry.displaced)
        return messages.Entered(
            user=entry.seat.user,
            name=entry.seat.name,
            role=entry.seat.role,
            agent=entry.seat.agent,
            activities=entry.activities,
            dispositions=entry.dispositions,
            replies=entry.replies,
            desk=entry.desk,
            live=entry.live,
        )

    async def _introduce(self, connection: Connection[Seat], asked: messages.Enter) -> Seat:
        """Whose socket it is: by the token of its `auth`, or by the cookie of one of our pages.

        Raises `Unauthenticated` and `Forbidden` (`csrf`, `password_change_needed`).
        """
        token = connection.auth.get("token")
        if isinstance(token, str):
            bearer = await self._services.tokens.verify(token)
            require(bearer.principal, "desk.own")
            who = bearer.principal
            name = bearer.claims.name or who.identity
            return Seat(who.account, who.identity, name, who.role.value, who)
        request = connection.environ["aiohttp.request"]
        browser = browser_of(request, self._services.settings)
        if browser.token is None:
            raise Unauthenticated("Sign in first.", code="sign_in_over")
        if browser.ours is False:
            raise Forbidden("Only our own pages may do this.", code="csrf")
        found = await self._services.sign_ins.recognise(browser.token)
        if found.user.must_change:
            raise Forbidden("Change your one-time password first.", code="password_change_needed")
        user = found.user
        self._watch.begin(connection, browser.token, user.role)
        return Seat(user.account, user.id, user.name, user.role, visitor_of(found))

    # --- agents ---------------------------------------------------------------------------------

    async def _choose_activity(
        self, connection: _Connection, asked: messages.ChooseActivity
    ) -> None:
        await self._desk.choose_activity(connection.begun(), asked.activity)

    async def _accept(self, connection: _Connection, asked: messages.Accept) -> None:
        await self._desk.accept(connection.begun(), asked.reservation)

    async def _reject(self, connection: _Connection, asked: messages.Reject) -> None:
        await self._desk.reject(connection.begun(), asked.reservation, busy=asked.busy)

    async def _hold(self, connection: _Connection, asked: messages.Hold) -> None:
        await self._desk.hold(connection.begun(), asked.session, held=asked.held)

    async def _hang_up(self, connection: _Connection, asked: messages.HangUp) -> None:
        await self._desk.hang_up(connection.begun(), asked.session)

    async def _transfer(self, connection: _Connection, asked: messages.Transfer) -> None:
        seat, consult = connection.begun(), asked.consult
        await self._desk.transfer(seat, asked.session, asked.agent, asked.queue, consult=consult)

    async def _consulted(self, connection: _Connection, asked: messages.Consulted) -> None:
        await self._desk.consulted(connection.begun(), asked.session, asked.outcome)

    async def _note(self, connection: _Connection, asked: messages.Note) -> None:
        seat = connection.begun()
        await self._desk.note(seat, asked.session, asked.notes, asked.disposition)

    async def _finish_wrap_up(self, connection: _Connection, asked: messages.FinishWrapUp) -> None:
        seat = connection.begun()
        await self._desk.finish(seat, asked.session, asked.disposition, asked.notes)

    async def _extend_wrap_up(self, connection: _Connection, asked: messages.ExtendWrapUp) -> None:
        await self._desk.extend(connection.begun(), asked.session, asked.seconds)

    async def _callback_link(
        self, connection: _Connection, asked: messages.CallbackLink
    ) -> messages.CallbackLinked:
        made = await self._desk.callback_link(connection.begun(), asked.session)
        url = self._services.settings.public_url.rstrip("/") + made.path
        return messages.CallbackLinked(url=url, expires_at=isoformat(made.expires_at))

    async def _mail_link(self, connection: _Connection, asked: messages.MailLink) -> None:
        await self._desk.mail_link(connection.begun(), asked.session)

    # --- supervisors ----------------------------------------------------------------------------

    async def _set_activity(self, connection: _Connection, asked: messages.SetActivity) -> None:
        await self._desk.set_activity(connection.begun(), asked.agent, asked.activity)

    async def _prioritise(self, connection: _Connection, asked: messages.Prioritise) -> None:
        await self._desk.prioritise(connection.begun(), asked.task, asked.priority)

    async def _cancel_task(self, connection: _Connection, asked: messages.CancelTask) -> None:
        await self._desk.cancel_task(connection.begun(), asked.task)
