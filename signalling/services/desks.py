"""The desks of all accounts that this process owns: opened, planned anew, and let go."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable

import structlog

from offhook.core.clock import SECOND, Micros, Timer
from offhook.core.contracts.processes import LookAtCall, Noted
from offhook.core.errors import NotFound, OffhookError, Unavailable
from offhook.core.ids import AccountId
from offhook.core.machine import UnexpectedEvent
from signalling.domain.desk import Desk, ToRouter, ToSession
from signalling.domain.routing import events as routing
from signalling.domain.routing.agent import State as Connection
from signalling.domain.routing.router import Router
from signalling.domain.sessions import events as told
from signalling.domain.sessions.base import CALLING, PREPARING, WAITING
from signalling.domain.sessions.base import State as Stage
from signalling.services import desk_figures
from signalling.services.attendance import tell_desk
from signalling.services.call_rooms import CallRooms
from signalling.services.configuration import Configuration, Planned
from signalling.services.desk_claims import DeskClaims
from signalling.services.desk_owner import DeskOwner
from signalling.services.elsewhere import DeskElsewhere
from signalling.services.letters import Letters
from signalling.services.open_desk import OpenDesk
from signalling.services.parts import Parts
from signalling.services.tally import Tally
from signalling.services.tokens import VisitTokens
from signalling.stores.configuring import CHANNEL
from signalling.stores.desks import Desks as Rows

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: Seconds for which a visitor whose page was lost keeps the place.
GRACE = 60
#: How often plans are made anew for one who asks, when they cannot be read or change again.
_PLANNINGS = 3


class Desks:
    """Opens a desk when it is first needed, those that were at work at the start, and those of
    processes that have died.

    Of all processes on one store only one has the desk of an account; at the others `DeskElsewhere`
    says which, and what is asked of the desk is carried there.
    """

    def __init__(
        self,
        parts: Parts,
        configuration: Configuration,
        rooms: CallRooms,
        letters: Letters,
        secrets: VisitTokens,
    ) -> None:
        self._parts = parts
        self._letters = letters
        self._secrets = secrets
        #: Called with the account of each desk that is at work from now on.
        self.on_open: list[Callable[[AccountId], None]] = []
        self._configuration = configuration
        self._rooms = rooms
        self._rows = Rows(parts.sealer, parts.kept.log)
        self._claims = DeskClaims(parts, self._rows)
        self._open: dict[AccountId, OpenDesk] = {}
        self._timers: dict[AccountId, Timer] = {}
        self._planning: dict[AccountId, asyncio.Task[None]] = {}
        self._turn = asyncio.Lock()
        self._closed = False
        self._unlisten: Callable[[], None] | None = None

    @property
    def rows(self) -> Rows:
        """Where desks are kept."""
        return self._rows

    async def start(self) -> None:
        """Go on with the desks that were at work."""
        parts = self._parts
        self._configuration.on_change.append(self.changed)
        self._unlisten = parts.store.listen(CHANNEL, self._changed_elsewhere)
        desk_figures.watch(parts.figures, self._desks)
        parts.presence.attend(self._present)
        parts.border.answer(LookAtCall, self._looked_for)
        await self.restore()

    async def restore(self) -> None:
        """Open every desk that was at work and is no other living process's: after a start, and
        when a process has died, of whose calls nobody told us."""
        for made in self._open.values():
            made.attendance.look_everywhere()
        for account in await self._claims.free():
            try:
                await self.of(account)
            except OffhookError as error:
                log.info("desk not opened", account=account, code=error.code)

    async def recheck(self) -> None:
        """This process was away: let go of every desk that another has claimed meanwhile."""
        kept = await self._claims.kept()
        for account in set(self._open) - kept:
            log.warning("desk was claimed by another process", account=account)
            self._lost(account)

    async def of(self, account: AccountId) -> OpenDesk:
        """The desk of an account; raises `DeskElsewhere`, and `Unavailable`."""
        async with self._turn:
            if self._closed:
                raise Unavailable("This process is stopping.", code="stopping", retry_after=1)
            found = self._open.get(account)
            return found if found is not None else await self._opened(account)

    def here(self, account: AccountId) -> OpenDesk:
        """The desk of an account whose page came to it before; raises `Unavailable`
        (`desk_elsewhere`) when it has moved."""
        made = self._open.get(account)
        if made is None:
            raise Unavailable(
                "The contact centre is moving to another process; come back to it.",
                code="desk_elsewhere",
                retry_after=1,
            )
        return made

    async def up_to_date(self, account: AccountId) -> OpenDesk:
        """The desk of an account, once it works with all that was set up before, wherever that was
        done; raises as `of`."""
        made = await self.of(account)
        wanted = await self._configuration.version(account)
        for _ in range(_PLANNINGS):
            if account not in self._planning:
                if made.planned.version >= wanted:
                    break
                self.changed(account)
            await asyncio.wait({self._planning[account]})
            await made.owner.driver.settle()
            made = await self.of(account)
        return made

    def at_hand(self, account: AccountId) -> OpenDesk | None:
        """The desk of an account, when it is open here."""
        return self._open.get(account)

    def _desks(self) -> list[Desk]:
        return [made.desk for made in self._open.values()]

    async def close(self) -> None:
        """Stop, and open none again; desks stay as they are stored."""
        self._closed = True
        if self._unlisten is not None:
            self._unlisten()
            self._unlisten = None
        async with self._turn:
            for account in list(self._open):
                await self.let_go(account)

    # --- opening --------------------------------------------------------------------------------

    async def _opened(self, account: AccountId) -> OpenDesk:
        stored = await self._claims.take(account)
        planned = await self._configuration.planned(account)
        now = self._parts.clock.now()
        router = Router.restore(
            planned.plans,
            planned.profiles,
            agents=stored.agents,
            tasks=stored.tasks,
            reservations=stored.reservations,
            handling=stored.handling,
            new_id=self._parts.ids.new,
            seed=_seed(account),
            now=now,
        )
        tally, token = Tally(), await self._rooms.token(account)
        secret = await self._secrets.of(account)
        await tally.load(self._parts.store, self._parts.kept.log, account, now)
        # From here to the end nothing is awaited: no offer runs out before its agent counts as one
        # who was cut off.
        owner = DeskOwner(
            self._parts,
            account,
            Desk(router, stored.sessions),
            stored.version,
            self._rows,
            self._rooms,
            on_change=lambda changed: made.audience.changed(changed),
            tally=tally,
            letters=self._letters,
            on_lost=lambda: self._lost(account),
        )
        mails = self._letters.possible
        made = OpenDesk(self._parts, self._rows, owner, planned, token, secret, mails=mails)
        made.audience.attend(made)
        self._open[account] = made
        self._nobody_is_here(made, now)
        made.owner.orders.give_again(made.desk.sessions.values())
        made.attendance.look_everywhere()
        self._plan_again(account, planned)
        for hear in self.on_open:
            hear(account)
        return made

    def _nobody_is_here(self, made: OpenDesk, now: Micros) -> None:
        """After a start all pages must come back; until then those in them are waited for."""
        for agent in made.desk.router.agents.values():
            if agent.state is Connection.PRESENT:
                made.owner.post(ToRouter(routing.AgentAbsent(agent.id)))
        until = now + GRACE * SECOND
        for session in made.desk.sessions.values():
            if session.state in (*PREPARING, *WAITING, *CALLING, Stage.CLOSED, Stage.CALLBACK):
                made.owner.post(ToSession(session.id, told.PageLost(until)))
            if session.task is not None:
                self._parts.tasks.spawn(made.recall(session.id), f"recall {session.id}")

    def _lost(self, account: AccountId) -> None:
        self._parts.tasks.spawn(self._again(account), f"open the desk of {account} again")

    async def _again(self, account: AccountId) -> None:
        """A step could not be stored: load the desk as it is stored; pages come back by
        themselves."""
        async with self._turn:
            before = self._open.get(account)
            await self.let_go(account)
            if before is not None:
                for socket in before.audience.sockets():
                    await self._parts.border.close(socket)
        try:
            await self.of(account)
        except DeskElsewhere as error:
            log.info("desk is another process's now", account=account, owner=error.node)
        except OffhookError as error:
            log.error("desk not opened again", account=account, code=error.code)

    async def let_go(self, account: AccountId) -> None:
        """Have the desk of an account no longer; it stays as it is stored, for whoever opens it."""
        made = self._open.pop(account, None)
        if (timer := self._timers.pop(account, None)) is not None:
            timer.cancel()
        if made is not None:
            made.audience.close()
            await made.owner.close()
        await self._claims.leave(account)

    # --- planning -------------------------------------------------------------------------------

    def changed(self, account: AccountId) -> None:
        """Something was set up anew: plan anew, if the desk is open here."""
        if account in self._open:
            before = self._planning.get(account)
            plan = self._replan(account, before)
            made = self._parts.tasks.spawn(plan, f"plan the desk of {account} anew")
            self._planning[account] = made
            made.add_done_callback(lambda done: self._planned(account, done))

    def _changed_elsewhere(self) -> None:
        self._parts.tasks.spawn(self._look_what_changed(), "look what was set up elsewhere")

    async def _look_what_changed(self) -> None:
        for account, made in list(self._open.items()):
            if await self._configuration.version(account) != made.planned.version:
                self.changed(account)

    def _planned(self, account: AccountId, done: asyncio.Task[None]) -> None:
        if self._planning.get(account) is done:
            del self._planning[account]

    def _plan_again(self, account: AccountId, planned: Planned) -> None:
        """Plan anew when a queue opens or closes."""
        if (timer := self._timers.pop(account, None)) is not None:
            timer.cancel()
        if planned.again_at is not None:
            self._timers[account] = self._parts.clock.call_at(
                planned.again_at, lambda: self.changed(account)
            )

    async def _replan(self, account: AccountId, before: asyncio.Task[None] | None) -> None:
        """One after another, so that the last one reads what was set up last."""
        if before is not None:
            await asyncio.wait({before})
        made = self._open.get(account)
        if made is None:
            return
        planned = await self._configuration.planned(account)
        known = {agent.id for agent in made.desk.router.agents.values()}
        made.plan(planned)
        gone = known - {profile.id for profile in planned.profiles}
        self._plan_again(account, planned)
        await made.owner.take_in(
            [
                ToRouter(routing.PlansChanged(planned.plans)),
                *(ToRouter(routing.AgentChanged(profile)) for profile in planned.profiles),
                *(ToRouter(routing.AgentRemoved(agent)) for agent in gone),
            ]
        )

    # --- rooms ----------------------------------------------------------------------------------

    def _present(self, account: AccountId, session: str) -> None:
        """Somebody came into the room of a call, or left it."""
        made = self._open.get(account)
        if made is not None:
            made.attendance.look(session)
        elif self._parts.processes.shared:
            telling = tell_desk(self._parts, self._rows, account, session)
            self._parts.tasks.spawn(telling, f"tell the desk of {session}")

    async def _looked_for(self, asked: LookAtCall) -> Noted:
        """Another process looks after the room of a call."""
        made = await self.of(AccountId(asked.account))
        made.attendance.look(asked.session)
        return Noted()


async def tell(made: OpenDesk, session: str, event: object) -> None:
    """Something happens to a session; raises `NotFound` (`session_over`) when it is too late."""
    try:
        await made.owner.tell(session, event)
    except UnexpectedEvent as error:
        raise NotFound("It is too late for that.", code="session_over") from error


def _seed(account: AccountId) -> int:
    """What the strategy `random` draws from: the same after a restart."""
    return int.from_bytes(hashlib.blake2b(account.encode(), digest_size=8).digest())
