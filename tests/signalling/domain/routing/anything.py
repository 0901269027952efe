"""Anything at any time: a seeded run of a router, with what must hold after each event."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import OffhookError
from offhook.core.machine import Tick
from signalling.domain.routing import events as e
from signalling.domain.routing import order
from signalling.domain.routing.agent import Agent, Profile
from signalling.domain.routing.agent import State as Connection
from signalling.domain.routing.effects import Assigned, Effect, Offer, Record
from signalling.domain.routing.estimate import estimate
from signalling.domain.routing.ordering import Ordering
from signalling.domain.routing.plans import Filter, Plans, Queue, Workflow
from signalling.domain.routing.reservation import HELD, Reservation
from signalling.domain.routing.reservation import State as Held
from signalling.domain.routing.router import Router
from signalling.domain.routing.task import PATIENT, WAITING, Task
from signalling.domain.routing.task import State as TaskState
from tests.signalling.domain.routing.center import (
    START,
    CountedIds,
    expression,
    plans,
    queue,
    requirement,
    target,
    workflow,
)

AGENTS = tuple(f"agent{number}" for number in range(7))
CHANNELS = ("voice", "voice", "video", "chat", "chat", "callback")
STRATEGIES = (
    *("longest_idle", "round_robin", "fewest", "least_talk", "random", "ring_all", "linear"),
)


def some_plans(luck: random.Random) -> Plans:
    """Queues of all kinds, now and then closed, and workflows through them."""

    def some_queue(id: str, **more: Any) -> Queue:
        settings: dict[str, Any] = {
            "strategy": luck.choice(STRATEGIES),
            "max_offers": luck.choice((1, 1, 2, 3)),
            "wrap_up": luck.choice((0, 10, 30)),
            "max_length": luck.choice((None, None, 3)),
            "max_wait": luck.choice((None, 60, 200)),
            "strikes": luck.choice((0, 1, 3)),
            "resume_within": luck.choice((0, 60)),
            "weight": luck.choice((0, 60, 600)),
            "open": luck.random() < 0.9,
            "otherwise": "callback",
        }
        return queue(id, **{**settings, **more})

    french = requirement("french", "skills.fr >= 3", luck.choice((None, 30)))
    queues = (
        some_queue("french", wants="skills.fr > 0", requirements=(french,), overflow="all"),
        some_queue("all", overflow=luck.choice((None, "last"))),
        some_queue("last", wants="task.tier == 'gold' OR skills.old >= 1", overflow="all"),
    )
    steps = (
        target("french", timeout=luck.choice((None, 15)), skip_if="workers.available == 0"),
        target("all", preferred_for=20, order_by=Ordering.parse("skills.fr DESC"), timeout=40),
    )
    flow = workflow(*steps, default=target("last", priority=3))
    gold = Filter("gold", (target("last", wants="skills.fr >= 2"),), expression("tier == 'gold'"))
    flow = Workflow(flow.id, flow.name, (gold, *flow.filters), flow.default)
    return plans(*queues, flow=flow)


class Anything:
    """Feeds a router whatever comes to mind; `log` is what it was fed, for a second one."""

    def __init__(self, seed: int, *, check_each: int = 1) -> None:
        self.luck = random.Random(seed)
        self.now = START
        self.ids = CountedIds()
        self.router = Router(some_plans(self.luck), self.ids, seed=seed)
        self.seed = seed
        #: After how many events everything is looked at; 0: never.
        self.check_each = check_each
        self.count = 0
        self.refused = 0
        #: Tasks that ended, or whose customer left; those that were given away, by reservation.
        self.left: set[str] = set()
        self.given: dict[str, str] = {}
        self._used: dict[tuple[str, str], int] = {}
        for id in AGENTS[:5]:
            self.feed(e.AgentChanged(self._profile(id)))
            self.feed(e.AgentPresent(id))
            self.feed(e.ActivityChosen(id, "available"))

    # --- feeding --------------------------------------------------------------------------------

    def feed(self, event: object) -> list[Effect]:
        """Feed one event and check everything; a refusal must change nothing."""
        self.count += 1
        looks = self.check_each > 0 and self.count % self.check_each == 0
        before = written(self.router) if looks and self.count % 50 == 0 else None
        try:
            effects = self.router.handle(event, self.now)
        except OffhookError:
            self.refused += 1
            assert before is None or written(self.router) == before, event
            return []
        self._follow(event, effects)
        if self.check_each:
            self._check_capacity()
            check_effects(self.router, effects)
        if looks:
            check_all(self.router, self.now)
        return effects

    def step(self) -> list[Effect]:
        """One event: a deadline that comes first, or something that somebody does."""
        deadline = self.router.deadline
        at = Micros(self.now + self.luck.choice((0, 0, 1, 1, 2, 5, 12)) * SECOND // 2)
        if deadline is not None and deadline <= at:
            self.now = max(self.now, deadline)
            return self.feed(Tick())
        self.now = at
        return self.feed(self.luck.choice(self._choices)())

    def _follow(self, event: object, effects: list[Effect]) -> None:
        if isinstance(event, e.TaskWithdrawn | e.TaskCanceled):
            self.left.add(event.task)
        for effect in effects:
            if isinstance(effect, Assigned | Offer):
                assert effect.task not in self.left, f"{effect} of one who left"
            if isinstance(effect, Assigned):
                assert effect.reservation not in self.given
                self.given[effect.reservation] = effect.task

    def _check_capacity(self) -> None:
        """Nobody has more than the capacity, unless that was made smaller meanwhile."""
        used: dict[tuple[str, str], int] = {}
        for agent in self.router.agents.values():
            for held in agent.holding.values():
                key = agent.id, held.channel
                used[key] = used.get(key, 0) + 1
        for (id, channel), count in used.items():
            capacity = self.router.agents[id].profile.capacity.get(channel, 0)
            assert count <= max(capacity, self._used.get((id, channel), 0)), (id, channel)
        self._used = used

    # --- what somebody does ---------------------------------------------------------------------

    @property
    def _choices(self) -> tuple[Callable[[], object], ...]:
        often = (self._call, self._call, self._accept, self._accept, self._end, self._end)
        return (*often, self._reject, self._choose, self._connect, self._leave, *self._seldom)

    @property
    def _seldom(self) -> tuple[Callable[[], object], ...]:
        return (self.luck.choice((self._supervise, self._consult, self._configure, self._wrap)),)

    def _any(self, values: Any) -> Any:
        found = sorted(values)
        return self.luck.choice(found) if found else "nobody"

    def _profile(self, id: str) -> Profile:
        skills = {
            name: self.luck.randint(1, 5) for name in ("fr", "old") if self.luck.random() < 0.6
        }
        capacity = {"voice": 1, "video": 1, "chat": self.luck.randint(0, 3), "callback": 1}
        return Profile(id, id, skills=skills, capacity=capacity, order=self.luck.randint(0, 3))

    def _call(self) -> object:
        ways = ({"workflow": "main"}, {"queue": "all"}, {"only_agent": AGENTS[0]})
        where: dict[str, Any] = dict(self.luck.choice(ways))
        if "only_agent" in where and self.luck.random() < 0.5:
            where["queue"] = "all"
        return e.TaskAdded(
            f"TA{self.count}",
            self.luck.choice(CHANNELS),
            attributes={"tier": self.luck.choice(("gold", "tin"))},
            contact=self.luck.choice((None, "ann", "bob", "cy")),
            priority=self.luck.choice((0, 0, 1, 5)),
            preferred_agent=self.luck.choice((None, *AGENTS)),
            ring_for=self.luck.choice((5, 30)),
            **where,
        )

    def _pending(self) -> Reservation | None:
        found = [r for r in self.router.reservations.values() if r.state is Held.PENDING]
        return self.luck.choice(found) if found else None

    def _accept(self) -> object:
        reservation = self._pending()
        if reservation is None or self.luck.random() < 0.05:
            return e.OfferAccepted(self._any(self.given), self._any(AGENTS))
        return e.OfferAccepted(reservation.id, reservation.agent)

    def _reject(self) -> object:
        reservation = self._pending()
        kind = self.luck.choice((e.OfferRejected, e.OfferBusy))
        return (
            kind("RS0", "agent1")
            if reservation is None
            else kind(reservation.id, reservation.agent)
        )

    def _end(self) -> object:
        return e.WorkEnded(self._any(self.router.reservations), wrap_up=self.luck.random() < 0.8)

    def _wrap(self) -> object:
        id = self._any(self.router.reservations)
        seconds = self.luck.choice((0, 60))
        return self.luck.choice((e.WrapUpEnded(id), e.WrapUpExtended(id, seconds)))

    def _choose(self) -> object:
        activity = self.luck.choice(("available", "available", "available", "training", "break"))
        at_once = self.luck.random() < 0.2
        return e.ActivityChosen(self._any(self.router.agents), activity, at_once=at_once)

    def _connect(self) -> object:
        kind = self.luck.choice((e.AgentPresent, e.AgentPresent, e.AgentAbsent))
        return kind(self._any(self.router.agents))

    def _leave(self) -> object:
        return e.TaskWithdrawn(self._any(self.router.tasks))

    def _supervise(self) -> object:
        task, agent = self._any(self.router.tasks), self._any(self.router.agents)
        return self.luck.choice(
            (
                e.TaskReprioritised(task, self.luck.randint(0, 9)),
                e.TaskRequeued(task, self.luck.choice((None, "all", "french"))),
                e.TaskPulled(task, agent),
                e.TaskPulled(task, agent),
                e.TaskCanceled(task),
            )
        )

    def _consult(self) -> object:
        held = [r for r in self.router.reservations.values() if r.state is Held.ACCEPTED]
        if not held:
            return e.ConsultEnded("RS0")
        one, other = self.luck.choice(held), self._any(self.router.agents)
        return self.luck.choice(
            (
                e.ConsultAsked(one.task, one.agent, other),
                e.ConsultAsked(one.task, one.agent, other),
                e.ConsultEnded(self._any(self.router.reservations)),
                e.TransferCompleted(self._any(self.router.reservations)),
                e.TaskTransferred(one.task, one.agent, to_agent=other),
                e.TaskTransferred(one.task, one.agent, queue=self.luck.choice(("all", "last"))),
            )
        )

    def _configure(self) -> object:
        id = self._any(AGENTS)
        changed: tuple[object, ...] = (e.AgentChanged(self._profile(id)),) * 3
        if self.luck.random() < 0.2:
            return e.PlansChanged(some_plans(self.luck))
        if self.luck.random() < 0.1:
            return e.AgentRemoved(id)
        return self.luck.choice(changed)

    # --- a restart ------------------------------------------------------------------------------

    def restarted(self) -> Router:
        """Another router, made of what this one would have stored."""
        return restarted(self.router, CountedIds(self.ids.made), self.seed, self.now)

    def restart(self) -> None:
        """Go on with the other router, as after a crash."""
        self.ids = CountedIds(self.ids.made)
        self.router = restarted(self.router, self.ids, self.seed, self.now)

    def finish(self) -> None:
        """Let all customers leave, and time pass: everything must end by itself."""
        for task in list(self.router.tasks):
            self.feed(e.TaskWithdrawn(task))
        for _ in range(1_000):
            if self.router.deadline is None:
                break
            self.now = max(self.now, self.router.deadline)
            self.feed(Tick())
        assert self.router.deadline is None, "deadlines without an end"
        assert not self.router.tasks, "tasks without an end"
        assert not self.router.reservations, "reservations without an end"
        left = (self.router._hoping, self.router._held, self.router._lines, self.router.places)
        assert not any(left), "something is left over"


def written(router: Router) -> str:
    """All that is stored of a router, as JSON."""
    kept = {
        "tasks": [task.snapshot() for task in router.tasks.values()],
        "places": [task.snapshot() for task in router.places.values()],
        "agents": [agent.snapshot() for agent in router.agents.values()],
        "reservations": [r.snapshot() for r in router.reservations.values()],
        "handling": router.handling,
        "deadline": router.deadline,
    }
    return json.dumps(kept, sort_keys=True)


def compared(router: Router) -> str:
    """As `written`, but numbers of which only the order matters are told by their order."""
    kept = json.loads(written(router))
    numbers = sorted(task["number"] for task in kept["tasks"] + kept["places"])
    turns = sorted(turn for agent in kept["agents"] for turn in agent["turns"].values())
    for task in kept["tasks"] + kept["places"]:
        task["number"] = numbers.index(task["number"])
    for agent in kept["agents"]:
        agent["turns"] = {id: turns.index(turn) for id, turn in agent["turns"].items()}
    for name in ("tasks", "places", "agents", "reservations"):
        kept[name].sort(key=lambda one: one["id"])
    return json.dumps(kept, sort_keys=True)


def restarted(router: Router, ids: CountedIds, seed: int, now: Micros) -> Router:
    """A router of what was written of another."""
    kept = json.loads(written(router))
    return Router.restore(
        router.plans,
        [agent.profile for agent in router.agents.values()],
        agents=[Agent.restored(agent) for agent in kept["agents"]],
        tasks=[Task.restored(task) for task in kept["tasks"] + kept["places"]],
        reservations=[Reservation.restored(r) for r in kept["reservations"]],
        handling=kept["handling"],
        new_id=ids,
        seed=seed,
        now=now,
    )


# --- what must hold ----------------------------------------------------------------------------


def check_effects(router: Router, effects: list[Effect]) -> None:
    """Every fact and every effect is about something that is."""
    for effect in effects:
        if isinstance(effect, Record):
            assert effect.subject
            json.dumps(effect.data)
        elif isinstance(effect, Offer) and effect.reservation in router.reservations:
            assert router.reservations[effect.reservation].agent == effect.agent


def check_all(router: Router, now: Micros) -> None:
    """Nothing is assigned twice, above capacity, stuck, or overlooked."""
    check_reservations(router)
    check_tasks(router)
    check_agents(router)
    check_lines(router)
    check_nothing_is_overlooked(router, now)
    check_estimates(router, now)


def check_reservations(router: Router) -> None:
    for reservation in router.reservations.values():
        assert reservation.state in HELD
        assert router.agents[reservation.agent].holding[reservation.id] is reservation
        owned = reservation.state is Held.ACCEPTED
        assert owned or reservation.deadline is not None, "a reservation without an end"
        if reservation.state is not Held.WRAPPING:
            assert reservation.task in router.tasks


def check_tasks(router: Router) -> None:
    for task in router.tasks.values():
        held = router.held_of(task.id)
        asked = [r for r in held if r.state is Held.PENDING and r.kind == "offer"]
        assert bool(asked) == (task.state is TaskState.RESERVED), task.id
        if task.state in WAITING:
            assert task.current is None
            assert all(r.state in (Held.PENDING, Held.WRAPPING) for r in held)
        if task.state is TaskState.ASSIGNED:
            current = router.reservations[task.current or ""]
            assert (current.state, current.agent) == (Held.ACCEPTED, task.agent)
            others = [r for r in held if r.state is Held.ACCEPTED and r is not current]
            assert all(r.kind == "consult" for r in others), "assigned twice"
        if task.state is TaskState.WRAPPING:
            assert router.reservations[task.current or ""].state is Held.WRAPPING
        if task.state is TaskState.PENDING:
            hopes = task.channel in PATIENT and task.only in router.agents
            ends = task.only_until is not None
            assert task.queue in router.plans.queues or ends or hopes, "stuck"


def check_agents(router: Router) -> None:
    for agent in router.agents.values():
        if agent.next_activity is not None:
            assert agent.holding, "a next activity that never comes"
        if agent.state is Connection.LOST:
            assert agent.gone_at is not None
        for held in agent.holding.values():
            assert router.reservations[held.id] is held


def check_lines(router: Router) -> None:
    """Each line is what the naive way says: those who wait, by score."""
    names = {*router.plans.queues, *(f"@{id}" for id in router.agents)}
    for name in names:
        waiting = [t for t in router.tasks.values() if t.state is TaskState.PENDING]
        here = [task for task in waiting if task.line == name]
        plan = router.plans.queues.get
        here.sort(key=lambda t: (-order.score(t, plan(t.queue or ""), START), t.number))
        assert [task.id for task in router.line(name)] == [task.id for task in here]


def check_nothing_is_overlooked(router: Router, now: Micros) -> None:
    """No task waits while an agent is there who could be asked."""
    for task in router.tasks.values():
        if task.state is not TaskState.PENDING or overdue(task, now):
            continue
        for agent in router.agents.values():
            assert not possible(router, task, agent, now), f"{task.id} and {agent.id}"


def check_estimates(router: Router, now: Micros) -> None:
    """Everybody is told what a count of all agents says."""
    for task in router.tasks.values():
        if task.state is TaskState.PENDING:
            able = sum(attends(router, agent, task, now) for agent in router.agents.values())
            told = router.wait(task.id, now)
            took = router.handling.get(task.queue or "", 180)
            assert told == estimate(router.position(task), took, able), task.id


def attends(router: Router, agent: Agent, task: Task, now: Micros) -> bool:
    """Whether an agent who is there, busy or not, may be asked for the task."""
    activities = router.plans.activities
    chosen = [activities[agent.activity], activities[agent.next_activity or agent.activity]]
    if agent.state is Connection.ABSENT or not all(each.available for each in chosen):
        return False
    here = task.queue in agent.lines or task.only == agent.id
    return here and fits(router, task, agent, now)


def overdue(task: Task, now: Micros) -> bool:
    return task.deadline is not None and task.deadline <= now


def possible(router: Router, task: Task, agent: Agent, now: Micros) -> bool:
    """Whether the task could be offered to the agent, asked without any of the shortcuts."""
    activities = router.plans.activities
    chosen = [activities[agent.activity], activities[agent.next_activity or agent.activity]]
    held = list(agent.holding.values())
    exclusive = agent.profile.exclusive
    if agent.state is not Connection.PRESENT or not all(a.available for a in chosen):
        return False
    if agent.held_until is not None:
        return False
    if any(r.state is Held.WRAPPING and r.channel in exclusive for r in held):
        return False
    same = sum(r.channel == task.channel for r in held)
    clash = task.channel in exclusive and any(
        r.channel in exclusive and r.channel != task.channel for r in held
    )
    if clash or same >= agent.profile.capacity.get(task.channel, 0):
        return False
    if task.only is not None:
        return task.only == agent.id
    if task.preferred_until is not None and task.preferred != agent.id:
        return False
    return fits(router, task, agent, now)


def fits(router: Router, task: Task, agent: Agent, now: Micros) -> bool:
    """Whether the agent has what is asked for the task by now."""
    where = router._queue(task.queue)
    needs = [where.expression, router._target(task).expression]
    for need in where.requirements:
        after = need.relaxed_after
        if after is None or now < task.entered_at + after * SECOND:
            needs.append(need.expression)
    return all(need is None or need.holds(agent.view, task.view) for need in needs)
