"""What agents are shown: their desk, their colleagues, and the queues."""

from __future__ import annotations

from offhook.core.clock import SECOND, isoformat
from offhook.core.mail.address import masked
from signalling.domain.answers import in_words
from signalling.domain.desk_views import (
    AgentView,
    CallbackOf,
    ColleagueView,
    ContactView,
    CustomerView,
    DecisionView,
    Load,
    MailView,
    OfferView,
    PartyOf,
    QueueView,
    TransferView,
)
from signalling.domain.desk_views import Desk as DeskView
from signalling.domain.hearing import Part
from signalling.domain.routing.agent import CHOSEN, Agent
from signalling.domain.routing.agent import State as Connection
from signalling.domain.routing.reservation import Reservation
from signalling.domain.routing.reservation import State as Held
from signalling.domain.routing.task import Task
from signalling.domain.sessions.base import State as Stage
from signalling.domain.sessions.party import Party
from signalling.domain.sessions.session import Session
from signalling.domain.showing.shared import Shown

_ROLES = {Part.VISITOR: "visitor", Part.AGENT: "agent", Part.CONSULTED: "consulted"}


class ToAgents(Shown):
    """Views for agents."""

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


def load(agent: Agent) -> Load:
    """What an agent does, as it follows from what is in hand."""
    states = {held.state for held in agent.holding.values()}
    if Held.ACCEPTED in states:
        return "busy"
    if Held.PENDING in states:
        return "offered"
    return "wrapping" if Held.WRAPPING in states else "idle"


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
