"""A session as a whole: the call with an agent, after the waiting."""

from __future__ import annotations

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import Conflict, Forbidden, InvalidInput
from offhook.core.machine import Tick, on
from signalling.domain.hearing import Part
from signalling.domain.routing import events as routing
from signalling.domain.sessions.base import (
    BROUGHT,
    CALLING,
    OVER,
    PREPARING,
    WAITING,
    Answer,
    State,
)
from signalling.domain.sessions.effects import CloseRoom, Effect, Expel, OpenRoom, Route
from signalling.domain.sessions.events import (
    CallbackAnswered,
    Canceled,
    ConsultDecided,
    ConsultJoined,
    ConsultOver,
    ConsultRang,
    Held,
    HungUp,
    Noted,
    PageBack,
    PageLost,
    PartyCame,
    PartyGone,
    Released,
    Requeued,
    Taken,
    TaskOver,
    TransferAsked,
    TransferFailed,
    VisitorLeft,
    WrapUpFinished,
)
from signalling.domain.sessions.party import Parties, Party
from signalling.domain.sessions.waiting import Waiting

#: Seconds until a call that was answered must have come about.
_CONNECT = 20
_IN_ROOM = (*CALLING, *WAITING, State.CALLBACK)
_LATER = (State.CALLBACK, State.CLOSED, State.ENDED, State.ABANDONED, State.FAILED)


class Session(Waiting):
    """One contact, from the click to the rating."""

    # --- coming together ------------------------------------------------------------------------

    @on(Taken, *WAITING, to=State.CONNECTING)
    def _taken(self, event: Taken, now: Micros) -> list[Effect]:
        self.deadline = Micros(now + _CONNECT * SECOND)
        before = self.parties.get(self.visitor)
        self.parties.put(before or self._visitor_party())
        return [*self._join(event), self._record("connecting", agent=event.agent)]

    @on(Taken, State.CALLBACK)
    def _taken_to_call(self, event: Taken, now: Micros) -> list[Effect]:
        self.parties.put(self._visitor_party())
        return [*self._join(event), *self._ring(event.agent, now)]

    @on(Taken, State.CLOSED)
    def _message_taken(self, event: Taken, now: Micros) -> list[Effect]:
        self._note_agent(event.agent, event.name)
        party = self._agent_party(event.agent, event.name, event.reservation, Part.AGENT)
        self.parties.put(party)
        return []

    def _join(self, event: Taken) -> list[Effect]:
        self._note_agent(event.agent, event.name)
        party = self._agent_party(event.agent, event.name, event.reservation, Part.AGENT)
        self.parties.put(party)
        self.held, self.consult, self.passed_by = False, None, ""
        return [OpenRoom(self.room, self.parties.hearing(self.call_state))]

    @on(CallbackAnswered, State.CALLBACK, to=State.CONNECTING)
    def _picked_up(self, event: CallbackAnswered, now: Micros) -> list[Effect]:
        if self.callback_state != "dialing":
            raise Conflict("Nobody is calling.", code="not_ringing")
        self.callback_state = "connected"
        self.deadline = Micros(now + _CONNECT * SECOND)
        return [self._record("callback_connected")]

    @on(PartyCame, State.CONNECTING, to=(State.CONNECTING, State.LIVE))
    def _came(self, event: PartyCame, now: Micros) -> Answer:
        if not self.parties.mark(event.identity, there=True):
            return State.CONNECTING, self._stranger(event.identity)
        agent, visitor = self.agent, self.parties.get(self.visitor)
        if agent is None or visitor is None or not (agent.there and visitor.there):
            return State.CONNECTING, []
        self.deadline = None
        if self.answered_at is not None:
            return State.LIVE, []
        self.answered_at = now
        waited = now - (self.queued_at or self.opened_at)
        return State.LIVE, [self._record("answered", agent=agent.agent, waited=waited)]

    @on(PartyCame, State.LIVE, State.CALLBACK, *WAITING)
    def _came_too(self, event: PartyCame, now: Micros) -> list[Effect]:
        known = self.parties.mark(event.identity, there=True)
        return [] if known else self._stranger(event.identity)

    def _stranger(self, identity: str) -> list[Effect]:
        """An agent who passed the call on still has a token for its room, and is sent out again."""
        return [Expel(self.room, identity)] if identity.startswith("agent-") else []

    @on(Tick, State.CONNECTING, to=(State.LIVE, State.QUEUED, State.FAILED))
    def _not_connected(self, event: Tick, now: Micros) -> Answer:
        agent, self.deadline = self.agent, None
        heir = self.parties.first(Part.CONSULTED)
        if heir is not None and heir.there:
            return State.LIVE, [Route(routing.TransferCompleted(heir.reservation))]
        if agent is not None and not agent.there:
            return State.QUEUED, self._look_again(agent, "agent_unreachable")
        return State.FAILED, [
            *self._end("failed", "connection_lost", now),
            *self._work_over(),
            CloseRoom(self.room),
        ]

    def _look_again(self, agent: Party, reason: str) -> list[Effect]:
        """Another agent must be found; the visitor keeps the age, and hears music in the room."""
        self.held, self.consult = True, None
        self._wait_for_page()
        again = routing.TaskRequeued(self.task or "", reason=reason, not_to=agent.agent)
        return [*self._drop(agent), self._hear(), Route(again)]

    def _work_over(self) -> list[Effect]:
        agent = self.agent
        return [] if agent is None else [Route(routing.WorkEnded(agent.reservation))]

    # --- talking --------------------------------------------------------------------------------

    @on(Held, State.LIVE)
    def _hold(self, event: Held, now: Micros) -> list[Effect]:
        self._require_agent(event.agent)
        if self.consult is not None and self.consult["state"] in {"consulting", "conference"}:
            raise Conflict("End the consultation first.", code="consult_exists")
        if self.held == event.held:
            return []
        self.held = event.held
        return [self._hear(), self._record("held" if event.held else "resumed")]

    @on(HungUp, *CALLING, State.CALLBACK, to=(*CALLING, State.CALLBACK, State.ENDED))
    def _hung_up(self, event: HungUp, now: Micros) -> Answer:
        party = self.parties.of_agent(event.agent)
        if party is None:
            raise Forbidden("You are not in this call.", code="not_your_session")
        if party.part is not Part.AGENT:
            return self.state, [Route(routing.ConsultEnded(party.reservation))]
        work = self._work_over()
        return State.ENDED, [*self._end("ended", "agent_left", now), *work, CloseRoom(self.room)]

    @on(HungUp, State.CLOSED, to=State.ENDED)
    def _message_read(self, event: HungUp, now: Micros) -> list[Effect]:
        self._require_agent(event.agent)
        return [*self._end("ended", "agent_left", now), *self._work_over()]

    @on(VisitorLeft, *CALLING, to=State.ENDED)
    def _left(self, event: VisitorLeft, now: Micros) -> list[Effect]:
        return self._visitor_gone("visitor_left", now)

    @on(
        PartyGone,
        *CALLING,
        *WAITING,
        State.CALLBACK,
        to=(*CALLING, *WAITING, State.CALLBACK, State.ENDED),
    )
    def _gone(self, event: PartyGone, now: Micros) -> Answer:
        party = self.parties.get(event.identity)
        if party is None or not party.there:
            return self.state, []
        if party.part is Part.VISITOR:
            reason = "connection_lost" if event.lost else "visitor_left"
            return State.ENDED, self._visitor_gone(reason, now)
        self.parties.mark(event.identity, there=False)
        if party.part is Part.CONSULTED:
            return self.state, [Route(routing.ConsultEnded(party.reservation))]
        return self._agent_gone(party, event, now)

    def _agent_gone(self, party: Party, event: PartyGone, now: Micros) -> Answer:
        """An agent whose page closed may open it again; the visitor waits a while for them."""
        if self.state is not State.LIVE:
            return self.state, []
        self.deadline = Micros(now + _CONNECT * SECOND)
        return State.CONNECTING, []

    def _visitor_gone(self, reason: str, now: Micros) -> list[Effect]:
        ended = self._end("ended", reason, now)
        task = [] if self.task is None else [Route(routing.TaskWithdrawn(self.task))]
        return [*ended, *task, CloseRoom(self.room)]

    @on(PartyGone, State.CLOSED, *OVER)
    @on(PartyCame, State.CLOSED, *OVER)
    def _room_is_closed(self, event: PartyGone | PartyCame, now: Micros) -> list[Effect]:
        return []

    @on(PageLost, *CALLING)
    def _room_knows(self, event: PageLost, now: Micros) -> list[Effect]:
        """A call does not end with the page; it counts if the visitor must wait again."""
        self.away_until = Micros(event.until)
        return []

    @on(PageBack, *CALLING)
    def _room_knew(self, event: PageBack, now: Micros) -> list[Effect]:
        self.away_until = None
        return []

    @on(PageLost, *OVER)
    @on(PageBack, *OVER)
    def _no_matter(self, event: PageLost | PageBack, now: Micros) -> list[Effect]:
        return []

    @on(TaskOver, *CALLING, to=(*CALLING, State.ENDED))
    def _taken_away(self, event: TaskOver, now: Micros) -> Answer:
        if event.task != self.task or event.reason == "completed":
            return self.state, []
        ended, self.task = self._end("ended", "canceled", now), None
        return State.ENDED, [*ended, CloseRoom(self.room)]

    @on(Canceled, *PREPARING, *WAITING, *CALLING, State.CALLBACK, State.CLOSED, to=State.ENDED)
    def _canceled(self, event: Canceled, now: Micros) -> list[Effect]:
        work = self._withdraw("canceled") if self.agent is None else self._work_over()
        room = [CloseRoom(self.room)] if self.visitor in self.parties else []
        return [*self._end("canceled", "canceled", now), *work, *room]

    @on(TaskOver, State.CLOSED, to=(State.CLOSED, State.ENDED))
    def _not_done(self, event: TaskOver, now: Micros) -> Answer:
        """A message that was left, or work that was brought, is taken away."""
        if event.task != self.task:
            return State.CLOSED, []
        self.task = None
        name = "ended" if self.mode == BROUGHT else "canceled"
        return State.ENDED, self._end(name, event.reason or "canceled", now)

    @on(TaskOver, *OVER)
    def _written_off(self, event: TaskOver, now: Micros) -> list[Effect]:
        if event.task == self.task:
            self.task = None
        return []

    @on(Tick, *OVER)
    def _not_rated(self, event: Tick, now: Micros) -> list[Effect]:
        self.deadline = None
        return []

    # --- passing it on --------------------------------------------------------------------------

    @on(TransferAsked, State.LIVE)
    def _transfer(self, event: TransferAsked, now: Micros) -> list[Effect]:
        self._require_agent(event.agent)
        task = self.task or ""
        self.notice = ""
        if not event.consult:
            self.passed_by = self.agent.name if self.agent else ""
            passed = routing.TaskTransferred(task, event.agent, event.queue, event.to_agent)
            return [Route(passed), self._record("transferred", to=event.to_agent or event.queue)]
        if event.to_agent is None:
            raise InvalidInput("Only an agent can be asked first.", code="no_target", field="agent")
        self.held = True
        self.consult = {"agent": event.to_agent, "name": event.to_name, "state": "ringing"}
        asked = routing.ConsultAsked(task, event.agent, event.to_agent)
        return [Route(asked), self._hear(), self._record("consult_asked", agent=event.to_agent)]

    @on(ConsultJoined, *CALLING)
    def _consulted(self, event: ConsultJoined, now: Micros) -> list[Effect]:
        party = self._agent_party(event.agent, event.name, event.reservation, Part.CONSULTED)
        self.parties.put(party)
        self.consult = {"agent": event.agent, "name": event.name, "state": "consulting"}
        return [self._hear(), self._record("consult_joined", agent=event.agent)]

    @on(ConsultDecided, State.LIVE)
    def _decided(self, event: ConsultDecided, now: Micros) -> list[Effect]:
        self._require_agent(event.agent)
        party = self.parties.first(Part.CONSULTED)
        if party is None:
            return self._give_up_asking(event)
        if event.outcome == "complete":
            return [Route(routing.TransferCompleted(party.reservation))]
        if event.outcome == "cancel":
            return [Route(routing.ConsultEnded(party.reservation))]
        self.held, self.consult = False, {**(self.consult or {}), "state": "conference"}
        return [self._hear(), self._record("conference", agent=party.agent)]

    def _give_up_asking(self, event: ConsultDecided) -> list[Effect]:
        if event.outcome != "cancel" or self.consult is None:
            raise Conflict("Nobody has come to be consulted.", code="not_consulted")
        ringing = self.consult.get("reservation")
        if ringing is None or self.consult["state"] != "ringing":
            self.consult = None
            return []
        self.consult = {**self.consult, "state": "canceled"}
        return [Route(routing.ConsultEnded(ringing))]

    @on(ConsultRang, State.LIVE)
    def _asking(self, event: ConsultRang, now: Micros) -> list[Effect]:
        if self.consult is not None:
            self.consult = {**self.consult, "reservation": event.reservation}
        return []

    @on(ConsultOver, *CALLING)
    def _alone_again(self, event: ConsultOver, now: Micros) -> list[Effect]:
        party = self.parties.of_agent(event.agent)
        was = "" if self.consult is None else self.consult["state"]
        left = [] if party is None or party.part is not Part.CONSULTED else self._drop(party)
        if was == "ringing" and self.consult is not None:
            self.consult = {**self.consult, "state": "failed", "failed": event.reason}
        else:
            self.consult = None
            self.held = self.held if was == "canceled" else was != "conference"
        return [*left, self._hear(), self._record("consult_over", reason=event.reason)]

    @on(ConsultOver, *WAITING, *_LATER)
    def _nobody_to_ask(self, event: ConsultOver, now: Micros) -> list[Effect]:
        party = self.parties.of_agent(event.agent)
        return [] if party is None or party.part is not Part.CONSULTED else self._drop(party)

    @on(Released, *CALLING)
    def _released(self, event: Released, now: Micros) -> list[Effect]:
        party = self.parties.of_agent(event.agent)
        gone = [] if party is None else self._drop(party)
        heir = self.parties.first(Part.CONSULTED)
        if heir is None:
            return gone
        self.parties.become(heir.identity, Part.AGENT)
        self._note_agent(heir.agent, heir.name)
        self.held, self.consult = False, None
        return [*gone, self._hear(), self._record("handed_over", agent=heir.agent)]

    @on(Released, *WAITING, *OVER)
    def _released_before(self, event: Released, now: Micros) -> list[Effect]:
        return []

    @on(Released, State.CLOSED)
    def _message_put_back(self, event: Released, now: Micros) -> list[Effect]:
        self.parties = Parties()
        return []

    @on(Released, State.CALLBACK)
    def _does_not_call(self, event: Released, now: Micros) -> list[Effect]:
        """The agent who called is gone: another one calls, when it is their turn."""
        self.callback_state, self.deadline = "due", None
        return self._leave_room()

    @on(Requeued, State.CALLBACK, State.CLOSED)
    def _waits_for_others(self, event: Requeued, now: Micros) -> list[Effect]:
        return []

    @on(Requeued, *CALLING, to=State.QUEUED)
    def _waits_again(self, event: Requeued, now: Micros) -> list[Effect]:
        self.held, self.consult = True, None
        self._wait_for_page()
        return [self._hear(), self._record("requeued", reason=event.reason)]

    @on(TransferFailed, *WAITING, *CALLING)
    def _not_passed_on(self, event: TransferFailed, now: Micros) -> list[Effect]:
        self.notice, self.passed_by = event.reason, ""
        return [self._record("transfer_failed", agent=event.agent, reason=event.reason)]

    # --- writing it up --------------------------------------------------------------------------

    @on(Noted, *CALLING, *_LATER)
    def _noted(self, event: Noted, now: Micros) -> list[Effect]:
        self._require_had(event.agent)
        if event.notes is not None:
            self._comment(notes=event.notes)
        if event.disposition is not None:
            self.disposition = event.disposition
        return []

    @on(WrapUpFinished, *CALLING, *WAITING, *_LATER)
    def _finished(self, event: WrapUpFinished, now: Micros) -> list[Effect]:
        self._require_had(event.agent)
        self.disposition = event.disposition or self.disposition
        self._comment(notes=event.notes or self.customer.notes)
        return [self._record("wrapped_up", agent=event.agent, disposition=self.disposition)]

    def _require_had(self, agent: str) -> None:
        if agent not in (id for id, _ in self.agents):
            raise Forbidden("Another agent has this call.", code="not_your_session")
