"""What must hold of a desk at any time: of each session, its room, and the work of agents."""

from __future__ import annotations

from collections.abc import Callable

from offhook.core.clock import Micros
from signalling.domain.desk import Desk
from signalling.domain.hearing import Part
from signalling.domain.routing.reservation import State as Held
from signalling.domain.routing.task import State as TaskState
from signalling.domain.sessions.base import BROUGHT, CALLING, OVER, PREPARING, WAITING
from signalling.domain.sessions.base import State as Stage
from signalling.domain.sessions.session import Session


def check_session(desk: Desk, session: Session, room: set[str] | None, now: Micros) -> None:
    """A session agrees with the router, and its room with both."""
    assert session.task is None or desk.of_task(session.task) is session
    _CHECKS[session.state](desk, session)
    in_call = session.state in CALLING or session.callback_state == "dialing"
    waits_inside = session.state in WAITING and bool(list(session.parties))
    assert (room is not None) == (in_call or waits_inside), (session.state, room)
    strangers = (room or set()) - {party.identity for party in session.parties}
    assert not strangers, f"{strangers} are in the room, but not of the call"
    _check_hearing(session)
    assert session.deadline is None or (session.state, "Tick") in _TICKS, session.state


def _check_call(desk: Desk, session: Session) -> None:
    """Exactly one agent has it, and the router says the same."""
    [agent] = [party for party in session.parties if party.part is Part.AGENT]
    task = desk.router.tasks[session.task or ""]
    assert task.state is TaskState.ASSIGNED
    assert (task.agent, task.current) == (agent.agent, agent.reservation)
    assert session.parties.get(session.visitor) is not None
    consulted = [party for party in session.parties if party.part is Part.CONSULTED]
    assert len(consulted) <= 1
    for party in consulted:
        held = desk.router.reservations[party.reservation]
        assert (held.state, held.kind, held.task) == (Held.ACCEPTED, "consult", task.id)
    assert session.state is Stage.LIVE or session.deadline is not None, "connecting for ever"


def _check_waiting(desk: Desk, session: Session) -> None:
    task = desk.router.tasks[session.task or ""]
    ringing = session.state is Stage.OFFERING
    assert task.state is (TaskState.RESERVED if ringing else TaskState.PENDING)
    assert all(party.part is Part.VISITOR for party in session.parties)
    assert session.consult is None


def _check_preparing(desk: Desk, session: Session) -> None:
    assert session.task is None
    assert not list(session.parties)


def _check_callback(desk: Desk, session: Session) -> None:
    agents = [party for party in session.parties if party.part is Part.AGENT]
    match session.callback_state:
        case "requested":
            assert session.task is None
            assert session.deadline == session.callback_at
        case "due":
            task = desk.router.tasks[session.task or ""]
            assert task.state in (TaskState.PENDING, TaskState.RESERVED)
            assert not list(session.parties)
        case "dialing":
            task = desk.router.tasks[session.task or ""]
            assert [agent.agent for agent in agents] == [task.agent]
            assert session.deadline is not None
        case _:
            raise AssertionError(session.callback_state)


def _check_closed(desk: Desk, session: Session) -> None:
    agents = [party.agent for party in session.parties]
    if session.task is None:
        assert not agents
        return
    assert session.message_left or session.mode == BROUGHT
    task = desk.router.tasks[session.task]
    assert agents == ([task.agent] if task.state is TaskState.ASSIGNED else [])


def _check_over(desk: Desk, session: Session) -> None:
    if session.task is not None:
        assert desk.router.tasks[session.task].state is TaskState.WRAPPING
    assert session.callback_state not in {"requested", "due", "dialing"}


_CHECKS: dict[Stage, Callable[[Desk, Session], None]] = {
    **dict.fromkeys(PREPARING, _check_preparing),
    **dict.fromkeys(WAITING, _check_waiting),
    **dict.fromkeys(CALLING, _check_call),
    **dict.fromkeys(OVER, _check_over),
    Stage.CALLBACK: _check_callback,
    Stage.CLOSED: _check_closed,
}
#: Where a deadline is heard of.
_TICKS = {(state, event.__name__) for state, event in Session.table}


def _check_hearing(session: Session) -> None:
    """Who is held hears nobody, and nobody hears them; the visitor waits with music."""
    hearing = session.parties.hearing(session.call_state)
    visitor = hearing.get(session.visitor)
    if visitor is None or not (session.held or session.state in WAITING):
        return
    if (session.consult or {}).get("state") == "conference":
        return
    assert (visitor.publishers, visitor.music) == ((), True)
    for heard in hearing.values():
        assert session.visitor not in (heard.publishers or ())


def check_work(desk: Desk) -> None:
    """All work is a session's; who has accepted something can end it."""
    for task in desk.router.tasks.values():
        assert desk.of_task(task.id) is not None, f"{task.id} is nobody's"
    for held in desk.router.reservations.values():
        if held.state is not Held.ACCEPTED:
            continue
        session = desk.of_task(held.task)
        assert session is not None
        party = session.parties.of_agent(held.agent)
        assert party is not None, f"{held.agent} is stuck"
        assert party.reservation == held.id
