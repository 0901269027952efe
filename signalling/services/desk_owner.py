"""The owner of one account's desk: feeds it, stores each step, and does what sessions ask for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog

from offhook.core.driver import Driver
from offhook.core.errors import OffhookError
from offhook.core.ids import AccountId, ContactId
from signalling.domain.desk import Changed, Desk, NewSession, OfSession, Record, ToSession, over
from signalling.domain.sessions.effects import Mail
from signalling.services import desk_figures
from signalling.services.call_orders import CallOrders
from signalling.services.call_rooms import CallRooms
from signalling.services.letters import Letters
from signalling.services.parts import Parts
from signalling.services.tally import Tally
from signalling.stores.desks import Desks, Step

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: What is stored together with a step, on its connection.
Also = Callable[[Any], None]
#: Hears which sessions and agents are otherwise now.
OnChange = Callable[[Changed], Awaitable[None]]


class DeskOwner:
    """One desk. `version` counts its steps; `on_lost` is called when the machine in memory is no
    longer true."""

    def __init__(
        self,
        parts: Parts,
        account: AccountId,
        desk: Desk,
        version: int,
        rows: Desks,
        rooms: CallRooms,
        *,
        tally: Tally,
        letters: Letters,
        on_change: OnChange,
        on_lost: Callable[[], None],
    ) -> None:
        self._parts = parts
        self._rows = rows
        self._letters = letters
        self._on_change = on_change
        self._new_contacts: dict[str, ContactId] = {}
        self._also: dict[int, Also] = {}
        self.account = account
        self.desk = desk
        self.version = version
        self.tally = tally
        self.orders = CallOrders(account, rooms, parts.tasks, lambda: self.driver.stopped)
        self.driver = Driver(
            desk,
            parts.clock,
            parts.tasks,
            commit=self._commit,
            perform=self._perform,
            on_lost=on_lost,
            name=f"desk {account}",
        )

    async def ask(self, event: object, also: Also | None = None) -> None:
        """Hand in an event and wait until it is stored; raises what the desk refuses with. `also`
        is stored with it, in the same transaction."""
        if also is None:
            await self.driver.ask(event)
            return
        self._also[id(event)] = also
        try:
            await self.driver.ask(event)
        finally:
            del self._also[id(event)]

    def post(self, event: object) -> None:
        """Hand in an event from the world."""
        self.driver.post(event)

    async def take_in(self, events: Sequence[object]) -> None:
        """Hand in events from the world, and wait until all are stored."""
        for event in events[:-1]:
            self.post(event)
        try:
            await self.ask(events[-1])
        except OffhookError as error:
            log.warning("desk passes over event", account=self.account, code=error.code)

    async def tell(self, session: str, event: object) -> None:
        """Something happens to a session; raises `NotFound` (`session_not_found`)."""
        await self.ask(ToSession(session, event))

    async def begin(
        self, event: NewSession, new_contact: ContactId | None, also: Also | None = None
    ) -> None:
        """A new session, with the contact that must be made with it, if any."""
        if new_contact is not None:
            self._new_contacts[event.session.id] = new_contact
        try:
            await self.ask(event, also)
        finally:
            self._new_contacts.pop(event.session.id, None)

    async def close(self) -> None:
        """Finish what is under way and stop; the desk stays as it is stored."""
        await self.driver.close()

    # --- storing --------------------------------------------------------------------------------

    async def _commit(self, desk: Desk, event: object, effects: list[Any]) -> None:
        contact = None
        if isinstance(event, NewSession):
            contact = self._new_contacts.get(event.session.id)
        facts = [effect for effect in effects if isinstance(effect, Record)]
        now = self._parts.clock.now()
        step = Step(self.account, self.version, desk.touched, facts, contact, now)
        also = self._also.get(id(event))
        letters = [
            self._letters.accepted(self.account, each.session, each.effect)
            for each in effects
            if isinstance(each, OfSession) and isinstance(each.effect, Mail)
        ]

        def store(connection: Any) -> None:
            self._rows.step(connection, step)
            for keep in letters if also is None else (also, *letters):
                keep(connection)

        await self._parts.store.write(store)
        self.version += 1
        if facts:
            self.tally.count((fact.type for fact in facts), now)
            desk_figures.count(self._parts.figures, facts, desk.touched)
            self._parts.post.wake(self.account)
        for session in list(desk.touched.sessions.values()):
            if over(session):
                desk.forget(session.id)

    # --- effects --------------------------------------------------------------------------------

    async def _perform(self, effect: object) -> None:
        if isinstance(effect, Changed):
            await self._on_change(effect)
        elif isinstance(effect, OfSession):
            if isinstance(effect.effect, Mail):
                self._letters.wake()
            else:
                await self.orders.give(effect)
