"""What agents and supervisors do at their desks."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from offhook.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from offhook.core.ids import AccountId
from offhook.core.policy import Principal, require
from signalling.domain import names
from signalling.domain.configured.agent import AgentSettings
from signalling.domain.configured.queue import QueueSettings
from signalling.domain.configured.reply import ReplySettings
from signalling.domain.desk import ToRouter
from signalling.domain.desk_views import ActivityView, Live, ReplyView
from signalling.domain.desk_views import Desk as DeskView
from signalling.domain.routing import events as routing
from signalling.domain.routing.reservation import Reservation
from signalling.domain.routing.reservation import State as Held
from signalling.domain.sessions import events as told
from signalling.domain.sessions.base import State as Stage
from signalling.services.callback_links import CallbackLinks, HandedOut
from signalling.services.desks import Desks, tell
from signalling.services.letters import Letters
from signalling.services.open_desk import OpenDesk

_NOTES = 10_000


@dataclass(frozen=True, slots=True)
class Seat:
    """Whose page a socket is. `agent` is None for those who only look on."""

    account: AccountId
    user: str
    name: str
    role: str
    principal: Principal
    agent: str | None = None
    live: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A desk, or the live view, that was entered; `displaced` is the socket that had it before."""

    seat: Seat
    activities: list[ActivityView]
    dispositions: list[str]
    replies: list[ReplyView]
    desk: DeskView | None
    live: Live | None
    displaced: str | None


class AgentsDesk:
    """Raises `Forbidden` for what the role does not allow; `Conflict` and `NotFound` with the codes
    of the desk's protocol."""

    def __init__(self, desks: Desks, links: CallbackLinks, letters: Letters) -> None:
        self._desks = desks
        self._links = links
        self._letters = letters

    async def enter(self, socket: str, seat: Seat, view: str, language: str) -> Entry:
        """Begin; raises `NotFound` (`not_an_agent`) for a desk of somebody who is none."""
        made = await self._desks.up_to_date(seat.account)
        if view == "live":
            return self._watch(made, socket, seat, language)
        require(seat.principal, "desk.own")
        agent = _agent_of(made, seat.user)
        displaced = made.audience.seat_agent(agent, socket)
        made.speaks(agent, language)
        await made.owner.ask(ToRouter(routing.AgentPresent(agent)))
        made.refresh()
        desk = made.show_desk(agent)
        if desk is not None:
            made.audience.remember(socket, desk)
        seated = Seat(seat.account, seat.user, seat.name, seat.role, seat.principal, agent)
        return self._entry(made, seated, language, desk=desk, displaced=displaced)

    def _watch(self, made: OpenDesk, socket: str, seat: Seat, language: str) -> Entry:
        require(seat.principal, "desk.watch")
        made.audience.seat_live(socket)
        made.refresh()
        live = made.show_live()
        made.audience.remember(socket, live)
        seated = Seat(seat.account, seat.user, seat.name, seat.role, seat.principal, live=True)
        return self._entry(made, seated, language, live=live)

    def _entry(
        self,
        made: OpenDesk,
        seat: Seat,
        language: str,
        *,
        desk: DeskView | None = None,
        live: Live | None = None,
        displaced: str | None = None,
    ) -> Entry:
        activities = made.planned.plans.activities.values()
        return Entry(
            seat=seat,
            activities=[
                ActivityView(id=each.id, name=each.name, available=each.available)
                for each in activities
            ],
            dispositions=list(made.names.dispositions),
            replies=_replies(made, language),
            desk=desk,
            live=live,
            displaced=displaced,
        )

    def lost(self, seat: Seat, socket: str) -> None:
        """The socket closed."""
        made = self._desks.at_hand(seat.account)
        if made is None:
            return
        made.audience.leave_live(socket)
        if seat.agent is not None and made.audience.leave_agent(seat.agent, socket):
            made.owner.post(ToRouter(routing.AgentAbsent(seat.agent)))

    # --- agents ---------------------------------------------------------------------------------

    async def choose_activity(self, seat: Seat, activity: str) -> None:
        """Choose what to do, now or after what is in hand."""
        made, agent = self._mine(seat)
        _require_activity(made, activity)
        await made.owner.ask(ToRouter(routing.ActivityChosen(agent, activity)))

    async def accept(self, seat: Seat, reservation: str) -> None:
        """Take an offer, and hold what is in hand; raises `Conflict` (`offer_over`)."""
        made, agent = self._mine(seat)
        _require_open(made, reservation)
        await made.owner.ask(ToRouter(routing.OfferAccepted(reservation, agent)))
        taken = made.desk.router.reservations.get(reservation)
        session = None if taken is None else made.desk.of_task(taken.task)
        await _hold_others(made, agent, "" if session is None else session.id)

    async def reject(self, seat: Seat, reservation: str, *, busy: bool) -> None:
        """Do not take an offer; raises `Conflict` (`offer_over`)."""
        made, agent = self._mine(seat)
        _require_open(made, reservation)
        refused = routing.OfferBusy if busy else routing.OfferRejected
        await made.owner.ask(ToRouter(refused(reservation, agent)))

    async def hold(self, seat: Seat, session: str, *, held: bool) -> None:
        """Put the visitor on hold, or take them off it; others in hand are held then."""
        made, agent = self._mine(seat)
        if not held:
            await _hold_others(made, agent, session)
        await tell(made, session, told.Held(agent, held))

    async def hang_up(self, seat: Seat, session: str) -> None:
        """End the call, or leave it when only consulted."""
        made, agent = self._mine(seat)
        await tell(made, session, told.HungUp(agent))

    async def callback_link(self, seat: Seat, session: str) -> HandedOut:
        """A link by which the customer takes the call on any device; raises `Conflict`
        (`no_callback_now`)."""
        made, agent = self._mine(seat)
        return await self._links.hand_out(made, session, agent)

    async def mail_link(self, seat: Seat, session: str) -> None:
        """Have the link sent to the customer; raises `Conflict` (`no_mail`, `too_many_mails`,
        `mail_on_its_way`)."""
        made, agent = self._mine(seat)
        if not self._letters.possible:
            raise Conflict("This server sends no e-mail.", code="no_mail")
        reach = made.desk.session(session).customer.reach
        if not reach:
            raise Conflict("The customer gave no e-mail address.", code="no_mail")
        if not self._letters.may_write(reach):
            raise Conflict("There were too many letters.", code="too_many_mails")
        await tell(made, session, told.MailAsked(agent))

    async def transfer(
        self, seat: Seat, session: str, to_agent: str | None, queue: str | None, *, consult: bool
    ) -> None:
        """Pass a visitor on; raises `NotFound` (`agent_not_found`, `queue_not_found`)."""
        made, agent = self._mine(seat)
        name = ""
        if to_agent is not None:
            known = made.desk.router.agents.get(to_agent)
            if known is None:
                raise NotFound("There is no such agent.", code="agent_not_found", field="agent")
            name = known.profile.name
        if queue is not None and not isinstance(made.planned.bodies.get(queue), QueueSettings):
            raise NotFound("There is no such queue.", code="queue_not_found", field="queue")
        if (to_agent is None) == (queue is None):
            raise InvalidInput("Say an agent or a queue.", code="no_target", field="agent")
        asked = told.TransferAsked(agent, to_agent, name, queue, consult)
        await tell(made, session, asked)

    async def consulted(self, seat: Seat, session: str, outcome: str) -> None:
        """How a consultation ends."""
        made, agent = self._mine(seat)
        await tell(made, session, told.ConsultDecided(agent, outcome))

    async def note(
        self, seat: Seat, session: str, notes: str | None, disposition: str | None
    ) -> None:
        """Keep notes and disposition so far."""
        made, agent = self._mine(seat)
        if notes is not None:
            notes = _notes(notes)
        if disposition:
            _require_disposition(made, disposition)
        await tell(made, session, told.Noted(agent, notes, disposition))

    async def finish(self, seat: Seat, session: str, disposition: str, notes: str) -> None:
        """Done with writing up; raises `NotFound` (`disposition_not_found`) and `InvalidInput`
        (`disposition_required`)."""
        made, agent = self._mine(seat)
        held = _wrapping(made, agent, session)
        queue = made.planned.bodies.get(held.queue or "")
        chosen = disposition or made.desk.session(session).disposition
        if chosen:
            _require_disposition(made, chosen)
        elif isinstance(queue, QueueSettings) and queue.disposition_required:
            raise InvalidInput(
                "Choose how it ended.", code="disposition_required", field="disposition"
            )
        await tell(made, session, told.WrapUpFinished(agent, _notes(notes), disposition))
        await made.owner.ask(ToRouter(routing.WrapUpEnded(held.id)))

    async def extend(self, seat: Seat, session: str, seconds: int) -> None:
        """More time to write up; raises `Conflict` (`wrap_up_limit`)."""
        made, agent = self._mine(seat)
        held = _wrapping(made, agent, session)
        await made.owner.ask(ToRouter(routing.WrapUpExtended(held.id, seconds)))

    def _mine(self, seat: Seat) -> tuple[OpenDesk, str]:
        if seat.agent is None:
            raise Forbidden("Only agents do this.", code="not_allowed")
        return self._desks.here(seat.account), seat.agent

    # --- supervisors ----------------------------------------------------------------------------

    async def set_activity(self, seat: Seat, agent: str, activity: str) -> None:
        """Set somebody's activity, now."""
        made = self._supervised(seat)
        _require_activity(made, activity)
        if agent not in made.desk.router.agents:
            raise NotFound("There is no such agent.", code="agent_not_found", field="agent")
        chosen = routing.ActivityChosen(agent, activity, at_once=True, reason="supervisor")
        await made.owner.ask(ToRouter(chosen))

    async def prioritise(self, seat: Seat, task: str, priority: int) -> None:
        """Make a task more or less urgent."""
        made = self._supervised(seat)
        if not 0 <= priority <= 1_000:
            raise InvalidInput("A priority is 0 to 1000.", code="bad_priority", field="priority")
        _require_task(made, task)
        await made.owner.ask(ToRouter(routing.TaskReprioritised(task, priority)))

    async def cancel_task(self, seat: Seat, task: str) -> None:
        """End a task; its visitor is told."""
        made = self._supervised(seat)
        _require_task(made, task)
        await made.owner.ask(ToRouter(routing.TaskCanceled(task, "canceled")))

    def _supervised(self, seat: Seat) -> OpenDesk:
        require(seat.principal, "desk.supervise")
        return self._desks.here(seat.account)


def _agent_of(made: OpenDesk, user: str) -> str:
    for id, body in made.planned.bodies.items():
        if isinstance(body, AgentSettings) and body.user == user and id in made.desk.router.agents:
            return id
    raise NotFound("You are no agent of this contact centre.", code="not_an_agent")


def _replies(made: OpenDesk, language: str) -> list[ReplyView]:
    found = []
    for id, body in made.planned.bodies.items():
        if isinstance(body, ReplySettings) and "chat" in body.channels:
            texts: Mapping[Any, str] = body.texts
            text = texts.get(language) or next(iter(texts.values()))
            found.append(ReplyView(id=id, title=body.name, text=text))
    return found


async def _hold_others(made: OpenDesk, agent: str, session: str) -> None:
    """An agent talks to one visitor at a time; who is in a consultation is on hold by that."""
    for other in list(made.desk.sessions.values()):
        if other.id == session or other.state is not Stage.LIVE or other.held:
            continue
        if other.agent is None or other.agent.agent != agent:
            continue
        with suppress(Conflict, NotFound):  # it has ended, or gone to a colleague, meanwhile
            await tell(made, other.id, told.Held(agent, True))


def _require_activity(made: OpenDesk, activity: str) -> None:
    if activity not in made.planned.plans.activities:
        raise NotFound("There is no such activity.", code="activity_not_found", field="activity")


def _require_open(made: OpenDesk, reservation: str) -> None:
    if reservation not in made.desk.router.reservations:
        raise Conflict("The offer is gone.", code="offer_over")


def _require_task(made: OpenDesk, task: str) -> None:
    if task not in made.desk.router.tasks:
        raise NotFound("There is no such task, or it is over.", code="task_not_found", field="task")


def _require_disposition(made: OpenDesk, disposition: str) -> None:
    if disposition not in made.names.dispositions:
        raise NotFound(
            "There is no such disposition.", code="disposition_not_found", field="disposition"
        )


def _wrapping(made: OpenDesk, agent: str, session: str) -> Reservation:
    found = made.desk.router.agents[agent].holding.values()
    wanted = made.desk.session(session)
    for held in found:
        if held.state is Held.WRAPPING and made.desk.of_work(held.task) is wanted:
            return held
    raise Conflict("There is nothing to wrap up.", code="not_wrapping_up")


def _notes(text: str) -> str:
    if len(text) > _NOTES:
        raise InvalidInput(f"At most {_NOTES} characters.", code="too_large", field="notes")
    return names.storable(text, "notes")
