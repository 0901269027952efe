"""The contact centre at work, as the REST API shows it."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from offhook.core.clock import SECOND, Micros, isoformat
from signalling.api import desk_resources as resources
from signalling.domain import names, visiting
from signalling.domain.configured.agent import check_attributes
from signalling.domain.configured.values import check_texts
from signalling.domain.hearing import Part
from signalling.domain.routing.agent import Agent
from signalling.domain.routing.explaining import Decision
from signalling.domain.routing.reservation import Reservation
from signalling.domain.sessions.base import OVER
from signalling.domain.sessions.customer import Customer
from signalling.domain.sessions.party import Party
from signalling.domain.sessions.session import Session
from signalling.domain.showing.agents import load
from signalling.services.contact_centre import QueueNow, TaskNow, Work

_ROLES: dict[Part, Any] = {
    Part.VISITOR: "visitor",
    Part.AGENT: "agent",
    Part.CONSULTED: "consulted",
}


def session(found: Session, *, personal: bool) -> resources.Session:
    """A session; `personal`: with what is known of the customer."""
    return resources.Session(
        id=found.id,
        site=found.site or None,
        contact=found.contact,
        state=found.state.value,
        reason=found.reason,
        mode=found.mode,
        channel=found.channel,
        language=found.language,
        task=found.task,
        opened_at=isoformat(found.opened_at),
        queued_at=_when(found.queued_at),
        answered_at=_when(found.answered_at),
        ended_at=_when(found.ended_at),
        waited=_seconds(found.queued_at, found.answered_at),
        talked=_seconds(found.answered_at, found.ended_at),
        held=found.held,
        agents=[resources.AgentOf(id=id, name=name) for id, name in found.agents],
        parties=[] if found.state in OVER else [_party(each) for each in found.parties],
        consent=_consent(found),
        rating=_rating(found),
        disposition=found.disposition or None,
        callback=_callback(found),
        customer=_customer(found) if personal else None,
    )


def _party(party: Party) -> resources.Party:
    return resources.Party(
        identity=party.identity,
        role=_ROLES[party.part],
        agent=party.agent or None,
        there=party.there,
    )


def _consent(found: Session) -> resources.Consent | None:
    if found.consented is None or found.consented_at is None:
        return None
    return resources.Consent(
        given=found.consented,
        version=found.consent_version,
        locale=found.consent_locale,
        at=isoformat(found.consented_at),
    )


def _rating(found: Session) -> resources.Rating | None:
    if found.stars is None:
        return None
    return resources.Rating(stars=found.stars, at=_when(found.rated_at))


def _callback(found: Session) -> resources.Callback | None:
    if not found.callback_state:
        return None
    return resources.Callback(state=found.callback_state, at=_when(found.callback_at))


def _customer(found: Session) -> resources.CustomerData:
    return resources.CustomerData(**msgspec.structs.asdict(found.customer))


def task(now: TaskNow, *, personal: bool) -> resources.Task:
    """A task; `personal`: with what is known of it, which may be about the customer."""
    found, wait = now.task, now.wait
    return resources.Task(
        id=found.id,
        session=now.session,
        contact=found.contact,
        channel=found.channel,
        state=found.state.value,
        reason=found.reason,
        workflow=found.workflow,
        queue=found.queue,
        step=found.step,
        priority=found.priority,
        created_at=isoformat(found.created_at),
        age=now.age // SECOND,
        position=None if wait is None else wait.position,
        wait=None if wait is None else wait.seconds,
        agent=found.agent,
        reservation=found.current,
        offers=found.offers,
        attributes=dict(found.attributes) if personal else None,
        decisions=[_decision(each) for each in found.decisions],
    )


def work(asked: resources.TaskCreate) -> Work:
    """Work that a program brings; raises `InvalidInput` with the field."""
    check_attributes(asked.attributes)
    who = asked.customer
    for field in ("email", "phone"):
        names.storable(getattr(who, field), f"customer.{field}")
    check_texts(who.attributes, "customer.attributes")
    return Work(
        channel=asked.channel,
        queue=asked.queue,
        workflow=asked.workflow,
        agent=asked.agent,
        preferred_agent=asked.preferred_agent,
        priority=asked.priority,
        attributes=dict(asked.attributes),
        customer=Customer(
            name=names.display_name(who.name, "customer.name"),
            email=who.email,
            phone=who.phone,
            verified=True,
            attributes=visiting.attributes(who.attributes, "customer.attributes"),
            message=names.storable(asked.message, "message"),
        ),
        contact=asked.contact,
        language=names.storable(asked.language, "language"),
    )


def _decision(decision: Decision) -> resources.Decision:
    return resources.Decision(
        at=isoformat(decision.at),
        queue=decision.queue,
        step=decision.step,
        considered=[
            resources.Considered(agent=agent, reason=reason) for agent, reason in decision.agents
        ],
        others=dict(decision.others),
    )


def reservation(held: Reservation) -> resources.Reservation:
    """An offer, and the work after it."""
    return resources.Reservation(
        id=held.id,
        task=held.task,
        agent=held.agent,
        queue=held.queue,
        channel=held.channel,
        kind=held.kind,
        state=held.state.value,
        reason=held.reason,
        created_at=isoformat(held.created_at),
        until=_when(held.deadline),
        accepted_at=_when(held.accepted_at),
        wrapping_at=_when(held.wrapping_at),
        ended_at=_when(held.ended_at),
    )


def agent(found: Agent) -> resources.AgentState:
    """What an agent does."""
    return resources.AgentState(
        agent=found.id,
        name=found.profile.name,
        connection=found.state.value,
        activity=found.activity,
        next_activity=found.next_activity,
        load=load(found),
        since=isoformat(found.idle_since),
        available=found.obstacle is None and found.has_room_at_all,
        obstacle=found.obstacle,
        backing_off_until=_when(found.held_until),
        strikes=found.strikes,
        reservations=sorted(found.holding),
    )


def queue(now: QueueNow) -> resources.QueueState:
    """What happens in a queue."""
    return resources.QueueState(
        queue=now.queue.id,
        name=now.queue.name,
        open=now.queue.open,
        waiting=now.waiting,
        longest=now.longest // SECOND,
        available=now.available,
        agents=resources.AgentsByLoad(**now.agents),
    )


def _when(at: int | None) -> str | None:
    return None if at is None else isoformat(cast("Micros", at))


def _seconds(since: int | None, until: int | None) -> int | None:
    return None if since is None or until is None else max(until - since, 0) // SECOND
