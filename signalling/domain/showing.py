"""What visitors, agents and supervisors are shown of a desk as it is now. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from offhook.core.clock import SECOND, Micros, isoformat
from offhook.core.errors import NotFound
from offhook.core.mail.address import masked
from signalling.domain.answers import in_words
from signalling.domain.configured.site import SiteSettings
from signalling.domain.desk import Desk
from signalling.domain.desk_views import (
    AgentView,
    CallbackOf,
    ColleagueView,
    ConsideredView,
    ContactView,
    CustomerView,
    DecisionView,
    EarlierView,
    Live,
    Load,
    MailView,
    OfferView,
    PartyOf,
    QueueView,
    TalkView,
    TransferView,
    WaitingView,
)
from signalling.domain.desk_views import Desk as DeskView
from signalling.domain.hearing import Part
from signalling.domain.routing.agent import CHOSEN, Agent
from signalling.domain.routing.agent import State as Connection
from signalling.domain.routing.explaining import Decision
from signalling.domain.routing.reservation import Reservation
from signalling.domain.routing.reservation import State as Held
from signalling.domain.routing.task import Task
from signalling.domain.sessions.base import OVER, WAITING
from signalling.domain.sessions.base import State as Stage
from signalling.domain.sessions.party import Party
from signalling.domain.sessions.session import Session
from signalling.domain.visit_views import (
    CallbackView,
    CallView,
    EndReason,
    PartyView,
    Visit,
)

#: Signs a token: for the room, the identity and the name that are given.
Token = Callable[[str, str, str], str]
_ROLES = {Part.VISITOR: "visitor", Part.AGENT: "agent", Part.CONSULTED: "consulted"}
#: Reasons of the router, as a visitor may read them.
_REASONS: Mapping[str, EndReason] = {
    "visitor_left": "visitor_left",
    "agent_left": "agent_left",
    "closed": "closed",
    "queue_closed": "closed",
    "queue_full": "queue_full",
    "max_wait": "waited_too_long",
    **dict.fromkeys(
        ("nobody_there", "agent_absent", "agent_unreachable", "agent_removed", "no_answer"),
        "nobody_there",
    ),
    **dict.fromkeys(("rejected", "busy", "no_queue"), "nobody_there"),
    "connection_lost": "connection_lost",
    "not_allowed": "not_allowed",
}
#: Decisions that a live view shows of one task.
_SHOWN_DECISIONS = 3


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called, and the sites with what they ask."""

    activities: Mapping[str, str]
    queues: Mapping[str, str]
    sites: Mapping[str, SiteSettings]
    #: Seconds within which each queue is to answer.
    service_levels: Mapping[str, int]
    dispositions: tuple[str, ...] = ()


class Showing:
    """Makes views of a desk. `token` signs for rooms of calls; `earlier`: a customer's sessions
    before this one, by session; `language`: of the agent who reads; `mails`: this server can send
    letters."""

    def __init__(
        self,
        desk: Desk,
        names: Names,
        token: Token,
        earlier: Mapping[str, list[EarlierView]],
        seq: int,
        now: Micros,
        language: str = "",
        *,
        mails: bool = False,
    ) -> None:
        self._desk = desk
        self._mails = mails
        self._router = desk.router
        self._names = names
        self._token = token
        self._earlier = earlier
        self._seq = seq
        self._now = now
        self._language = language

    # --- visitors -------------------------------------------------------------------------------

    def visit(self, session: Session, *, offers_after: int | None = None, link: str = "") -> Visit:
        """The contact as its visitor sees it; a longer estimated wait than `offers_after` seconds
        has a callback offered. `link` opens it in another browser of theirs."""
        position, wait, more = self._wait(session)
        long = wait is not None and offers_after is not None and wait > offers_after
        nobody = position is not None and wait is None
        agent = session.agent
        return Visit(
            seq=self._seq,
            session=session.id,
            state=session.state.value,
            position=position,
            wait=wait,
            wait_more=more,
            offers_callback=long or nobody,
            music=session.state in WAITING and not self._in_room(session),
            ringing=session.callback_state == "dialing",
            agent=None if agent is None else PartyView(identity=agent.identity, name=agent.name),
            others=self._others(session),
            call=self._call(session, session.visitor, session.customer.name),
            held=session.held or (session.consult is not None and self._waits_for(session)),
            recording=False,
            callback=self._callback(session, link),
            ended=self._ended(session),
            seconds=self._talked(session),
            may_rate=session.state is Stage.ENDED
            and session.answered_at is not None
            and session.stars is None
            and session.deadline is not None,
            rated=session.stars,
        )

    def _waits_for(self, session: Session) -> bool:
        consult = session.consult or {}
        return consult.get("state") in {"ringing", "consulting"}

    def _wait(self, session: Session) -> tuple[int | None, int | None, bool]:
        if session.state not in WAITING or session.task is None:
            return None, None, False
        try:
            wait = self._router.wait(session.task, self._now)
        except NotFound:
            return None, None, False
        return wait.position, wait.seconds, wait.more

    def _in_room(self, session: Session) -> bool:
        visitor = session.parties.get(session.visitor)
        return visitor is not None and visitor.there

    def _others(self, session: Session) -> list[PartyView]:
        if (session.consult or {}).get("state") != "conference":
            return []
        return [
            PartyView(identity=party.identity, name=party.name)
            for party in session.parties
            if party.part is Part.CONSULTED
        ]

    def _call(self, session: Session, identity: str, name: str) -> CallView | None:
        """The room, for somebody who is a party of a call that is under way."""
        if session.parties.get(identity) is None or session.state in OVER:
            return None
        if session.state in (Stage.CLOSED, Stage.CALLBACK) and identity == session.visitor:
            return None
        if session.state is Stage.CLOSED:
            return None
        token = self._token(session.room, identity, name)
        return CallView(room=session.room, identity=identity, token=token)

    def _callback(self, session: Session, link: str) -> CallbackView | None:
        if not session.callback_state:
            return None
        at = None if session.callback_at is None else isoformat(session.callback_at)
        return CallbackView(state=session.callback_state, at=at, link=link)

    def _ended(self, session: Session) -> EndReason | None:
        if session.state not in (*OVER, Stage.CLOSED):
            return None
        return _REASONS.get(session.reason, "canceled")

    def _talked(self, session: Session) -> int | None:
        if session.answered_at is None or session.ended_at is None:
            return None
        return (session.ended_at - session.answered_at) // SECOND

    # --- agents ---------------------------------------------------------------------------------

    def desk(
        self, agent: Agent, colleagues: list[ColleagueView], queues: list[QueueView]
    ) -> DeskView:
        """Everything on one agent's desk; `colleagues` are all agents, `queues` all queues."""
        held = sorted(agent.holding.values(), key=lambda each: each.created_at)
        return DeskView(
            seq=self._seq,
            at=isoformat(self._now),
            agent=self.agent(agent),
            offers=[offer for each in held if (offer := self._offer(each)) is not None],
            contacts=[one for each in held if (one := self._contact(agent, each)) is not None],
            colleagues=[each for each in colleagues if each.id != agent.id],
            queues=queues,
            notice=self._notice(agent),
        )

    def agent(self, agent: Agent) -> AgentView:
        """An agent, for themselves and for the live view."""
        held = agent.holding.values()
        sessions = (self._desk.of_task(each.task) for each in held if each.state is Held.ACCEPTED)
        next_activity = agent.next_activity
        return AgentView(
            id=agent.id,
            name=agent.profile.name,
            activity=agent.activity,
            next_activity=next_activity,
            load=load(agent),
            since=isoformat(agent.idle_since),
            there=agent.state is Connection.PRESENT,
            skills=dict(agent.profile.skills),
            sessions=[session.id for session in sessions if session is not None],
            strikes=agent.strikes,
            reason="" if agent.reason == CHOSEN else agent.reason,
        )

    def colleagues(self) -> list[ColleagueView]:
        """All agents, to transfer to."""
        return [
            ColleagueView(
                id=agent.id,
                name=agent.profile.name,
                activity=self._names.activities.get(agent.activity, agent.activity),
                load=load(agent),
                free=agent.obstacle is None and agent.has_room("voice"),
            )
            for agent in self._router.agents.values()
            if agent.state is not Connection.ABSENT
        ]

    def queues(self) -> list[QueueView]:
        """All queues as they are now."""
        found = []
        for id, queue in self._router.plans.queues.items():
            line = self._router.line(id)
            longest = max((task.waited_by(self._now) for task in line), default=0)
            free = sum(
                agent.obstacle is None and agent.has_room_at_all
                for agent in self._router.members(id)
            )
            found.append(
                QueueView(
                    id=id,
                    name=queue.name,
                    open=queue.open,
                    waiting=self._router.length(id),
                    longest=longest // SECOND,
                    available=free,
                )
            )
        return found

    def _offer(self, held: Reservation) -> OfferView | None:
        session = self._desk.of_task(held.task)
        task = self._router.tasks.get(held.task)
        if held.state is not Held.PENDING or session is None or task is None:
            return None
        consult = held.kind == "consult"
        asking = session.agent.name if consult and session.agent else session.passed_by
        return OfferView(
            reservation=held.id,
            task=task.id,
            session=session.id,
            channel=task.channel,
            queue=self._queue_name(task),
            until=isoformat(held.deadline or self._now),
            waited=task.waited_by(self._now) // SECOND,
            customer=self.customer(session),
            consult=consult,
            transfer_from=asking or None,
            notes=session.customer.notes,
            earlier=list(self._earlier.get(session.id, ())),
            decision=self._offered_to(task, held),
        )

    def _contact(self, agent: Agent, held: Reservation) -> ContactView | None:
        session = self._desk.of_work(held.task)
        if session is None or held.state not in (Held.ACCEPTED, Held.WRAPPING):
            return None
        party = session.parties.of_agent(agent.id)
        wrapping = held.state is Held.WRAPPING
        mine = "consulted" if party is not None and party.part is Part.CONSULTED else "agent"
        until = held.deadline if wrapping else None
        return ContactView(
            session=session.id,
            task=held.task,
            reservation=held.id,
            state=session.state.value,
            mine="wrapping" if wrapping else mine,  # type: ignore[arg-type]
            queue=self._names.queues.get(held.queue or "", ""),
            channel=held.channel,
            customer=self.customer(session),
            earlier=list(self._earlier.get(session.id, ())),
            parties=[_party(each, session) for each in session.parties],
            call=None if wrapping else self._call(session, f"agent-{agent.id}", agent.profile.name),
            held=session.held,
            callback=self._calls_back(session),
            transfer=_transfer(session),
            answered_at=None if session.answered_at is None else isoformat(session.answered_at),
            wrap_up_until=None if until is None else isoformat(until),
            dispositions=list(self._names.dispositions),
            disposition=session.disposition,
            notes=session.customer.notes,
            decision=self._offered_to(self._router.tasks.get(held.task), held),
        )

    def _offered_to(self, task: Task | None, held: Reservation) -> DecisionView | None:
        """The last decision by which the task was offered to the agent who has it."""
        if task is None or held.kind == "consult":
            return None
        offered = (each for each in reversed(task.decisions) if held.agent in each.offered)
        found = next(offered, None)
        return None if found is None else self._decision(found)

    def _calls_back(self, session: Session) -> CallbackOf | None:
        if session.state is not Stage.CALLBACK or not session.callback_state:
            return None
        reach, until = session.customer.reach, session.deadline
        last = session.mail
        return CallbackOf(
            state=session.callback_state,
            until=None if until is None else isoformat(until),
            there=not session.callback_away,
            may_mail=self._mails and bool(reach),
            email=masked(reach),
            mail=None if last is None else MailView(state=last["state"], reason=last["reason"]),
        )

    def customer(self, session: Session) -> CustomerView:
        """Who the visitor is."""
        who, site = session.customer, self._names.sites.get(session.site)
        return CustomerView(
            contact=session.contact,
            name=who.name,
            email=who.email,
            phone=who.phone,
            language=session.language,
            verified=who.verified,
            answers=in_words(site, who.answers, self._language),
            attributes=dict(who.attributes),
            page_attributes=dict(who.page_attributes),
            page_url=who.page_url,
            page_title=who.page_title,
            referrer=who.referrer,
            site="" if site is None else site.name,
            message=who.message,
        )

    def _notice(self, agent: Agent) -> str | None:
        for held in agent.holding.values():
            session = self._desk.of_task(held.task)
            if session is not None and session.notice:
                return session.notice
        return None

    # --- supervisors ----------------------------------------------------------------------------

    def live(self, answered: int, abandoned: int) -> Live:
        """The whole desk."""
        waiting = [t for t in self._router.tasks.values() if t.state.value in _UNDER_WAY]
        return Live(
            seq=self._seq,
            at=isoformat(self._now),
            queues=self.queues(),
            agents=[self.agent(agent) for agent in self._router.agents.values()],
            waiting=[self._waiting(task) for task in sorted(waiting, key=lambda t: t.created_at)],
            talks=[
                self._talk(session)
                for session in self._desk.sessions.values()
                if session.state in (Stage.CONNECTING, Stage.LIVE)
            ],
            answered_today=answered,
            abandoned_today=abandoned,
        )

    def _waiting(self, task: Task) -> WaitingView:
        session = self._desk.of_task(task.id)
        who = "" if session is None else session.customer.name
        return WaitingView(
            task=task.id,
            session=None if session is None else session.id,
            channel=task.channel,
            state=task.state.value,
            queue=self._queue_name(task),
            priority=task.priority,
            age=task.waited_by(self._now) // SECOND,
            service_level=self._names.service_levels.get(task.queue or ""),
            customer=who,
            language="" if session is None else session.language,
            agent=task.agent,
            decisions=[self._decision(each) for each in task.decisions[-_SHOWN_DECISIONS:]],
        )

    def _decision(self, decision: Decision) -> DecisionView:
        return DecisionView(
            at=isoformat(decision.at),
            decision="offered" if decision.offered else "waits",
            queue=self._names.queues.get(decision.queue or "", ""),
            considered=[
                ConsideredView(agent=agent, name=self._name(agent), reason=reason)
                for agent, reason in decision.agents
            ],
            others=sum(count for _, count in decision.others),
        )

    def _talk(self, session: Session) -> TalkView:
        agent, task = session.agent, self._router.tasks.get(session.task or "")
        return TalkView(
            session=session.id,
            state=session.state.value,
            queue="" if task is None else self._queue_name(task),
            agent="" if agent is None else agent.name,
            customer=session.customer.name,
            since=isoformat(session.answered_at or session.opened_at),
            held=session.held,
            recording=False,
        )

    def _name(self, agent: str) -> str:
        known = self._router.agents.get(agent)
        return agent if known is None else known.profile.name

    def _queue_name(self, task: Task) -> str:
        return self._names.queues.get(task.queue or "", "")


_UNDER_WAY = frozenset({"pending", "reserved", "assigned", "wrapping"})


def load(agent: Agent) -> Load:
    """What an agent does, as it follows from what is in hand."""
    states = {held.state for held in agent.holding.values()}
    if Held.ACCEPTED in states:
        return "busy"
    if Held.PENDING in states:
        return "offered"
    return "wrapping" if Held.WRAPPING in states else "idle"


def earlier_view(session: Session, queue: str) -> EarlierView:
    """An earlier session of the same customer."""
    talked = 0 if session.answered_at is None else (session.ended_at or 0) - session.answered_at
    return EarlierView(
        session=session.id,
        at=isoformat(session.opened_at),
        queue=queue,
        agent=session.agents[-1][1] if session.agents else "",
        seconds=max(talked, 0) // SECOND,
        disposition=session.disposition,
        notes=session.customer.notes,
        rated=session.stars,
    )


def _party(party: Party, session: Session) -> PartyOf:
    return PartyOf(
        identity=party.identity,
        name=session.customer.name if party.part is Part.VISITOR else party.name,
        role=_ROLES[party.part],  # type: ignore[arg-type]
        there=party.there,
        held=party.part is Part.VISITOR and session.held,
    )


def _transfer(session: Session) -> TransferView | None:
    asked = session.consult
    if asked is None:
        return None
    return TransferView(
        agent=asked["agent"],
        name=asked["name"],
        state=asked["state"],  # type: ignore[arg-type]
        failed=asked.get("failed"),
    )
