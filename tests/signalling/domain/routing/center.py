"""Words for tests about the router: who works here, who calls, what came of it."""

from __future__ import annotations

from typing import Any, TypeVar

from offhook.core.clock import SECOND, Micros
from offhook.core.machine import Tick
from signalling.domain.routing.agent import Agent, Profile
from signalling.domain.routing.effects import Effect, Offer, Record, TaskEnded
from signalling.domain.routing.events import (
    ActivityChosen,
    AgentChanged,
    AgentPresent,
    OfferAccepted,
    OfferRejected,
    PlansChanged,
    TaskAdded,
    WorkEnded,
)
from signalling.domain.routing.expression import Expression
from signalling.domain.routing.plans import (
    Activity,
    Filter,
    Plans,
    Queue,
    Requirement,
    Target,
    Workflow,
)
from signalling.domain.routing.reservation import Reservation
from signalling.domain.routing.router import Router
from signalling.domain.routing.task import Task

START = Micros(1_800_000_000 * SECOND)
ACTIVITIES = {
    activity.id: activity
    for activity in (
        Activity("available", "Available", available=True),
        Activity("training", "Training", available=True),
        Activity("break", "Break"),
        Activity("away", "Away"),
        Activity("offline", "Offline"),
    )
}
E = TypeVar("E")


def expression(text: str | None) -> Expression | None:
    """An expression, or none."""
    return None if text is None else Expression.parse(text)


def queue(id: str = "support", *, wants: str | None = None, **settings: Any) -> Queue:
    """A queue whose agents fit `wants`; nothing is wrapped up unless told otherwise."""
    settings.setdefault("wrap_up", 0)
    return Queue(id, id.title(), expression=expression(wants), **settings)


def requirement(name: str, text: str, relaxed_after: int | None = None) -> Requirement:
    """What a queue requires."""
    return Requirement(name, Expression.parse(text), relaxed_after)


def target(id: str, *, wants: str | None = None, skip_if: str | None = None, **more: Any) -> Target:
    """A step of a workflow."""
    return Target(id, expression=expression(wants), skip_if=expression(skip_if), **more)


def workflow(*targets: Target, default: Target | None = None, only: str | None = None) -> Workflow:
    """The workflow `main` of one filter."""
    filters = (Filter("all", targets, expression(only)),) if targets else ()
    return Workflow("main", "Main", filters, default)


class CountedIds:
    """Ids that count: RS1, RS2, …"""

    def __init__(self, made: int = 0) -> None:
        self.made = made

    def __call__(self, prefix: str) -> str:
        """The next id."""
        self.made += 1
        return f"{prefix}{self.made}"


def plans(*queues: Queue, flow: Workflow | None = None, **more: Any) -> Plans:
    """These queues, or the queue `support`, and perhaps a workflow."""
    found = {one.id: one for one in queues or (queue(),)}
    workflows = {} if flow is None else {flow.id: flow}
    return Plans(ACTIVITIES, found, workflows, **more)


class Center:
    """A router and the time; ids of tasks are the names of those who call."""

    def __init__(self, *queues: Queue, flow: Workflow | None = None, **more: Any) -> None:
        self.now = START
        self.ids = CountedIds()
        self.router = Router(plans(*queues, flow=flow, **more), self.ids)
        self.effects: list[Effect] = []

    # --- what happens ---------------------------------------------------------------------------

    def happens(self, event: object, after: float = 0) -> list[Effect]:
        """Let time pass, deadlines one by one, then feed the event; return what it asks for."""
        self.passes(after)
        made = self.router.handle(event, self.now)
        self.effects += made
        return made

    def passes(self, seconds: float) -> list[Effect]:
        """Let time pass, and ring when the router asked for it."""
        until, made = Micros(self.now + round(seconds * SECOND)), []
        while (deadline := self.router.deadline) is not None and deadline <= until:
            self.now = Micros(max(self.now, deadline))
            made += self.router.handle(Tick(), self.now)
        self.now = until
        self.effects += made
        return made

    def replans(self, *queues: Queue, flow: Workflow | None = None) -> list[Effect]:
        """Other plans."""
        return self.happens(PlansChanged(plans(*queues, flow=flow)))

    def works(self, id: str, *, activity: str = "available", after: float = 0, **of: Any) -> Agent:
        """An agent comes to work: configured, connected, in an activity."""
        self.happens(AgentChanged(Profile(id, id.title(), **of)), after)
        self.happens(AgentPresent(id))
        self.happens(ActivityChosen(id, activity))
        return self.router.agents[id]

    def calls(self, id: str, *, to: str | None = "", after: float = 0, **more: Any) -> list[Effect]:
        """Somebody calls a queue, or with `workflow` what that says."""
        if "workflow" in more or "only_agent" in more:
            to = to or None
        to = "support" if to == "" else to
        more.setdefault("channel", "voice")
        return self.happens(TaskAdded(id, queue=to, **more), after)

    def offer(self, agent: str) -> Reservation:
        """The newest thing that an agent is asked, or has."""
        return list(self.router.agents[agent].holding.values())[-1]

    def accepts(self, agent: str, after: float = 0) -> list[Effect]:
        """The agent takes what is offered."""
        self.passes(after)
        return self.happens(OfferAccepted(self.offer(agent).id, agent))

    def rejects(self, agent: str, after: float = 0) -> list[Effect]:
        """The agent does not want what is offered."""
        self.passes(after)
        return self.happens(OfferRejected(self.offer(agent).id, agent))

    def hangs_up(self, agent: str, after: float = 0) -> list[Effect]:
        """The agent's talk is over."""
        self.passes(after)
        return self.happens(WorkEnded(self.offer(agent).id))

    # --- what came of it ------------------------------------------------------------------------

    def task(self, id: str) -> Task:
        """A task that is not over."""
        return self.router.tasks[id]

    def asked(self, task: str) -> list[str]:
        """The agents who are asked to take the task now."""
        held = self.router.held_of(task)
        return sorted(r.agent for r in held if r.state.value == "pending")

    def reasons(self, task: str) -> dict[str, str]:
        """What the last decision about a task says of each agent."""
        return dict(self.task(task).decisions[-1].agents)

    def ends(self) -> dict[str, str]:
        """The tasks that are over, each with the reason."""
        return {e.task: e.reason for e in self.effects if isinstance(e, TaskEnded)}


def offers(effects: list[Effect]) -> list[tuple[str, str]]:
    """Which tasks are offered to whom."""
    return [(effect.task, effect.agent) for effect in effects if isinstance(effect, Offer)]


def facts(effects: list[Effect], prefix: str = "") -> list[str]:
    """The types of the facts that begin so."""
    found = [effect.type for effect in effects if isinstance(effect, Record)]
    return [type for type in found if type.startswith(prefix)]


def only(effects: list[Effect], kind: type[E]) -> E:
    """The one effect of a kind."""
    (found,) = [effect for effect in effects if isinstance(effect, kind)]
    return found
