"""Tasks, agents and whatever happens to them: what routing promises holds at any time."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import OffhookError
from offhook.core.machine import Tick
from signalling.domain.routing import events as e
from signalling.domain.routing.agent import Profile
from signalling.domain.routing.effects import Assigned, Effect, Offer
from tests.signalling.domain.routing.anything import (
    Anything,
    check_all,
    check_effects,
    compared,
    restarted,
    written,
)
from tests.signalling.domain.routing.center import (
    Center,
    CountedIds,
    queue,
    requirement,
    target,
    workflow,
)
from tests.signalling.domain.routing.retold import Retold, agree

pytestmark = pytest.mark.model

#: Events of one seed, and the seeds: 100,000 in all.
EVENTS, SEEDS = 5_000, range(20)

_NAMES = st.sampled_from(["ada", "ben", "cleo"])
_NUMBERS = st.integers(0, 30)
_WHERE = st.sampled_from(
    [{"queue": "a"}, {"queue": "b"}, {"workflow": "main"}, {"only_agent": "ada"}]
)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hundred_thousand_events_with_restarts_break_nothing(seed: int) -> None:
    anything = Anything(seed, check_each=25)
    for count in range(EVENTS):
        anything.step()
        if count % 500 == 499:
            anything.restart()
    anything.finish()
    assert len(anything.given) > EVENTS // 40, "hardly anything was assigned"
    assert anything.refused < EVENTS // 2


@pytest.mark.parametrize("seed", range(4))
def test_each_single_event_leaves_everything_in_order(seed: int) -> None:
    anything = Anything(seed + 1000)
    for _ in range(800):
        anything.step()


@pytest.mark.parametrize("seed", range(4))
def test_a_restart_at_any_point_goes_on_exactly_as_without(seed: int) -> None:
    anything = Anything(seed + 2000, check_each=0)
    fed: list[tuple[object, Micros, list[Effect]]] = []
    feed = anything.feed

    def noting(event: object) -> list[Effect]:
        effects = feed(event)
        fed.append((event, anything.now, effects))
        return effects

    anything.feed = noting  # type: ignore[method-assign]
    twin = anything.restarted()
    for count in range(500):
        if count % 20 == 0:
            twin = anything.restarted()
        anything.step()
        event, now, effects = fed[-1]
        try:
            assert twin.handle(event, now) == effects
        except OffhookError:
            assert effects == []
        if count % 5 == 0:
            assert compared(twin) == compared(anything.router)


class Read(Anything):
    """Anything, with somebody who reads the event log."""

    def __init__(self, seed: int, *, check_each: int = 1) -> None:
        self.told = Retold()
        super().__init__(seed, check_each=check_each)

    def feed(self, event: object) -> list[Effect]:
        effects = super().feed(event)
        self.told.read(effects)
        return effects


@pytest.mark.parametrize("seed", range(4))
def test_who_only_reads_the_event_log_knows_every_queue_and_agent(seed: int) -> None:
    anything = Read(seed + 3000, check_each=0)
    for _ in range(1_000):
        anything.step()
        agree(anything.told, anything.router)


class RoutingModel(RuleBasedStateMachine):
    """Three agents, two queues and a workflow; hypothesis finds the shortest way to break them."""

    def __init__(self) -> None:
        super().__init__()
        needs = (requirement("french", "skills.fr >= 3", relaxed_after=20),)
        flow = workflow(
            target("b", timeout=15, skip_if="workers.available == 0"),
            default=target("a", preferred_for=10, priority=1),
        )
        self.center = Center(
            queue("a", wrap_up=10, max_wait=120, strikes=2),
            queue("b", max_offers=2, requirements=needs, max_length=3, overflow="a"),
            flow=flow,
        )
        self.count = 0
        self.left: set[str] = set()
        for number, name in enumerate(("ada", "ben", "cleo")):
            self.center.works(name, skills={"fr": number + 1})

    def _feed(self, event: object) -> None:
        before = written(self.center.router)
        try:
            effects = self.center.happens(event)
        except OffhookError:
            assert written(self.center.router) == before
            return
        self._check(effects)

    def _check(self, effects: list[Effect]) -> None:
        check_effects(self.center.router, effects)
        for effect in effects:
            if isinstance(effect, Offer | Assigned):
                assert effect.task not in self.left

    def _of(self, things: dict[str, object], number: int) -> str:
        return sorted(things)[number % len(things)] if things else "nothing"

    def _task(self, number: int) -> str:
        return self._of(dict(self.center.router.tasks), number)

    def _reservation(self, number: int) -> str:
        return self._of(dict(self.center.router.reservations), number)

    @rule(
        where=_WHERE,
        channel=st.sampled_from(["voice", "chat", "callback"]),
        contact=st.sampled_from([None, "ann"]),
        preferred=st.none() | _NAMES,
    )
    def a_task_comes(
        self, where: dict[str, str], channel: str, contact: str | None, preferred: str | None
    ) -> None:
        self.count += 1
        added = e.TaskAdded(
            f"TA{self.count}",
            channel,
            contact=contact,
            preferred_agent=preferred,
            workflow=where.get("workflow"),
            queue=where.get("queue"),
            only_agent=where.get("only_agent"),
        )
        self._feed(added)

    @rule(number=_NUMBERS, kind=st.sampled_from([e.OfferAccepted, e.OfferRejected, e.OfferBusy]))
    def an_offer_is_answered(self, number: int, kind: type) -> None:
        id = self._reservation(number)
        held = self.center.router.reservations.get(id)
        self._feed(kind(id, held.agent if held else "ada"))

    @rule(number=_NUMBERS, kind=st.sampled_from([e.WorkEnded, e.WrapUpEnded, e.ConsultEnded]))
    def work_ends(self, number: int, kind: type) -> None:
        self._feed(kind(self._reservation(number)))

    @rule(number=_NUMBERS, name=_NAMES, other=_NAMES, how=st.integers(0, 4))
    def a_colleague_is_needed(self, number: int, name: str, other: str, how: int) -> None:
        task, reservation = self._task(number), self._reservation(number)
        ways = (
            e.ConsultAsked(task, name, other),
            e.TransferCompleted(reservation),
            e.TaskTransferred(task, name, to_agent=other),
            e.TaskTransferred(task, name, queue="b"),
            e.TaskPulled(task, name),
        )
        self._feed(ways[how])

    @rule(name=_NAMES, activity=st.sampled_from(["available", "break"]), at_once=st.booleans())
    def an_activity_is_chosen(self, name: str, activity: str, at_once: bool) -> None:
        self._feed(e.ActivityChosen(name, activity, at_once=at_once))

    @rule(name=_NAMES, present=st.booleans())
    def a_page_comes_or_goes(self, name: str, present: bool) -> None:
        self._feed(e.AgentPresent(name) if present else e.AgentAbsent(name))

    @rule(name=_NAMES, level=st.integers(0, 5), chats=st.integers(0, 3))
    def a_profile_changes(self, name: str, level: int, chats: int) -> None:
        capacity = {"voice": 1, "chat": chats, "callback": 1}
        self._feed(e.AgentChanged(Profile(name, skills={"fr": level}, capacity=capacity)))

    @rule(name=_NAMES)
    def an_agent_is_removed(self, name: str) -> None:
        self._feed(e.AgentRemoved(name))

    @rule(number=_NUMBERS, how=st.integers(0, 3))
    def a_task_is_moved_or_ended(self, number: int, how: int) -> None:
        task = self._task(number)
        ends = how < 2 and task in self.center.router.tasks
        ways = (
            e.TaskWithdrawn(task),
            e.TaskCanceled(task),
            e.TaskRequeued(task, "b"),
            e.TaskReprioritised(task, number),
        )
        self._feed(ways[how])
        if ends:
            self.left.add(task)

    @rule(seconds=st.sampled_from([0.5, 5, 10, 30, 90]))
    def time_passes(self, seconds: float) -> None:
        self._check(self.center.passes(seconds))

    @rule(late=st.sampled_from([0.0, 3.0, 60.0]))
    def the_timer_rings_late(self, late: float) -> None:
        self.center.now = Micros(self.center.now + round(late * SECOND))
        self._check(self.center.router.handle(Tick(), self.center.now))

    @rule()
    def it_is_restarted(self) -> None:
        center = self.center
        center.ids = CountedIds(center.ids.made)
        center.router = restarted(center.router, center.ids, 0, center.now)

    @invariant()
    def everything_is_in_order(self) -> None:
        check_all(self.center.router, self.center.now)


TestRoutingModel = RoutingModel.TestCase
TestRoutingModel.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
