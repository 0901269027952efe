"""Offers: accepted once, in time, by whoever was asked; and what comes when they are not."""

from __future__ import annotations

import random
import sys

import pytest

from offhook.core.errors import Conflict, Forbidden, OffhookError
from signalling.domain.routing.effects import (
    AgentMoved,
    Assigned,
    Offer,
    Requeued,
    Rescind,
    TaskEnded,
)
from signalling.domain.routing.events import (
    AgentAbsent,
    AgentPresent,
    OfferAccepted,
    OfferBusy,
    OfferRejected,
    TaskRequeued,
    TaskWithdrawn,
)
from tests.signalling.domain.routing.center import Center, facts, offers, only, queue

pytestmark = pytest.mark.unit


def refused(center: Center, event: object) -> str:
    """The code with which an event is refused; nothing may change."""
    with pytest.raises(OffhookError) as error:
        center.happens(event)
    return error.value.code


def test_a_call_is_offered_to_the_agent_who_is_there() -> None:
    center = Center()
    center.works("ada")
    made = center.calls("ann")
    assert offers(made) == [("ann", "ada")]
    assert facts(made) == ["task.created", "task.queued", "task.reserved", "reservation.created"]
    assert only(made, Offer).until == center.now + 20_000_000


def test_an_agent_who_comes_is_offered_the_call_that_waits() -> None:
    center = Center()
    center.calls("ann")
    center.works("ada", after=5)
    assert center.asked("ann") == ["ada"]


def test_a_call_that_rings_at_once_rings_all_who_are_free_whatever_the_strategy() -> None:
    center = Center(queue(strategy="linear"))
    for name in ("ada", "bob", "cy"):
        center.works(name)
    center.calls("ann", at_once=True)
    assert center.asked("ann") == ["ada", "bob", "cy"]
    made = center.accepts("bob")
    assert {each.agent for each in made if isinstance(each, Rescind)} == {"ada", "cy"}


def test_a_call_that_rings_at_once_is_given_up_after_its_time() -> None:
    center = Center(queue(max_wait=600, offer_timeout=20, otherwise="callback"))
    center.works("ada")
    center.calls("ann", at_once=True, ring_for=30)
    assert only(center.passes(40), TaskEnded) == TaskEnded("ann", "max_wait", "callback")


def test_who_is_passed_on_from_such_a_call_waits_as_all_others_do() -> None:
    center = Center(queue(), queue("sales", max_wait=600))
    center.works("ada")
    center.calls("ann", at_once=True)
    center.accepts("ada")
    center.happens(TaskRequeued("ann", queue="sales"))
    center.passes(300)
    assert center.ends() == {}


def test_who_accepts_has_the_task() -> None:
    center = Center()
    center.works("ada")
    center.calls("ann")
    made = center.accepts("ada", after=3)
    assert only(made, Assigned).agent == "ada"
    assert facts(made) == ["reservation.accepted", "task.assigned"]
    assert center.task("ann").waited == 3_000_000


def test_an_offer_is_accepted_only_once() -> None:
    center = Center()
    center.works("ada")
    center.calls("ann")
    event = OfferAccepted(center.offer("ada").id, "ada")
    center.happens(event)
    assert refused(center, event) == "offer_over"


def test_an_offer_is_rejected_only_once() -> None:
    center = Center()
    center.works("ada")
    center.calls("ann")
    event = OfferRejected(center.offer("ada").id, "ada")
    center.happens(event)
    assert refused(center, event) == "offer_over"


def test_another_agent_cannot_answer_the_offer() -> None:
    center = Center()
    center.works("ada")
    center.works("ben")
    center.calls("ann")
    with pytest.raises(Forbidden) as error:
        center.happens(OfferAccepted(center.offer("ada").id, "ben"))
    assert error.value.code == "not_your_offer"
    assert center.asked("ann") == ["ada"]


def test_an_answer_after_the_offer_expired_comes_too_late() -> None:
    center = Center()
    center.works("ada")
    center.calls("ann")
    event = OfferAccepted(center.offer("ada").id, "ada")
    center.passes(20)
    assert refused(center, event) == "offer_over"


def test_an_answer_at_the_very_end_comes_too_late_even_before_the_timer_rings() -> None:
    center = Center()
    center.works("ada")
    center.calls("ann")
    reservation = center.offer("ada")
    with pytest.raises(Conflict) as error:
        center.router.handle(OfferAccepted(reservation.id, "ada"), reservation.deadline)  # type: ignore[arg-type]
    assert error.value.code == "offer_over"


def test_a_call_nobody_answers_goes_to_the_next_agent_after_twenty_seconds() -> None:
    center = Center()
    center.works("ada")
    center.works("ben", after=1)
    center.calls("ann")
    assert center.asked("ann") == ["ada"]
    made = center.passes(20)
    assert center.asked("ann") == ["ben"]
    assert only(made, Requeued).reason == "no_answer"
    assert "reservation.timeout" in facts(made)


def test_who_is_not_answered_keeps_age_and_place() -> None:
    center = Center(queue(strategy="linear"))
    center.works("ada")
    for name in ("ann", "bob", "cy"):
        center.calls(name, after=2)
    since = center.task("ann").since
    center.passes(20)
    assert [task.id for task in center.router.line("support")] == ["ann", "bob", "cy"]
    assert center.task("ann").since == since


@pytest.mark.parametrize(
    ("kind", "delay"), [(OfferRejected, 10), (OfferBusy, 30), (None, 60)], ids=str
)
def test_each_way_not_to_take_it_has_its_own_delay_to_the_second(
    kind: type | None, delay: int
) -> None:
    center = Center()
    center.works("ada")
    center.calls("ann")
    if kind is None:
        center.passes(20)
    else:
        center.happens(kind(center.offer("ada").id, "ada"))
    assert center.reasons("ann")["ada"] == "backing_off"
    center.passes(delay - 0.001)
    assert center.asked("ann") == []
    center.passes(0.001)
    assert center.asked("ann") == ["ada"]


def test_one_agent_who_rejects_gets_into_no_loop() -> None:
    center = Center()
    center.works("ada")
    center.calls("ann")
    for _ in range(5):
        assert offers(center.rejects("ada")) == []
        center.passes(10)
        assert center.asked("ann") == ["ada"]
    assert len([e for e in center.effects if isinstance(e, Offer)]) == 6


def test_after_a_reject_others_are_asked_before_the_same_agent_again() -> None:
    center = Center(queue(strategy="linear", reject_delay=0))
    center.works("ada", order=1)
    center.works("ben", order=2)
    center.calls("ann")
    center.rejects("ada")
    assert center.asked("ann") == ["ben"]
    assert center.reasons("ann") == {"ben": "offered", "ada": "declined"}


def test_three_strikes_and_the_agent_is_away_with_the_reason() -> None:
    center = Center()
    agent = center.works("ada")
    center.calls("ann")
    center.passes(20 + 60 + 20 + 60)
    assert (agent.strikes, agent.activity) == (2, "available")
    made = center.passes(20)
    assert only(made, AgentMoved) == AgentMoved("ada", "away", "no_answer")
    assert facts(made, "agent.") == ["agent.struck", "agent.activity_changed"]
    assert center.asked("ann") == []


def test_an_agent_who_was_away_comes_back_at_once_by_choosing_so() -> None:
    center = Center(queue(strikes=1))
    center.works("ada")
    center.calls("ann")
    center.passes(20)
    center.works("ada")
    assert center.asked("ann") == ["ada"]


def test_an_answer_wipes_out_the_strikes() -> None:
    center = Center()
    agent = center.works("ada")
    center.calls("ann")
    center.passes(20 + 60 + 20 + 60)
    center.rejects("ada")
    center.passes(10 + 20)
    assert (agent.strikes, agent.activity) == (1, "available")


def test_a_reconnect_during_an_offer_is_not_a_strike() -> None:
    center = Center(queue(strikes=1))
    agent = center.works("ada")
    center.calls("ann")
    center.happens(AgentAbsent("ada"), 5)
    center.happens(AgentPresent("ada"), 2)
    assert center.asked("ann") == ["ada"]
    center.passes(13)
    assert (agent.strikes, agent.activity) == (0, "available")
    assert center.asked("ann") == ["ada"]


def test_a_reconnect_keeps_the_offer_that_can_still_be_accepted() -> None:
    center = Center()
    center.works("ada")
    center.calls("ann")
    center.happens(AgentAbsent("ada"), 5)
    center.happens(AgentPresent("ada"), 2)
    assert only(center.accepts("ada"), Assigned).task == "ann"


def test_who_hangs_up_while_it_rings_never_reaches_an_agent() -> None:
    center = Center()
    center.works("ada")
    center.calls("ann")
    event = OfferAccepted(center.offer("ada").id, "ada")
    made = center.happens(TaskWithdrawn("ann"))
    assert only(made, Rescind).reason == "left"
    assert center.ends() == {"ann": "left"}
    assert refused(center, event) == "offer_over"


def test_an_agent_whose_caller_hung_up_is_free_at_once_and_not_struck() -> None:
    center = Center()
    agent = center.works("ada")
    center.calls("ann")
    center.happens(TaskWithdrawn("ann"))
    assert offers(center.calls("bob")) == [("bob", "ada")]
    assert agent.strikes == 0


def test_a_call_to_several_agents_has_one_winner_and_the_others_are_rescinded() -> None:
    center = Center(queue(max_offers=3))
    for name in ("ada", "ben", "cleo", "dora"):
        center.works(name, after=1)
    center.calls("ann")
    assert center.asked("ann") == ["ada", "ben", "cleo"]
    late = OfferAccepted(center.offer("ada").id, "ada")
    made = center.accepts("ben")
    assert only(made, Assigned).agent == "ben"
    rescinded = [(e.agent, e.reason) for e in made if isinstance(e, Rescind)]
    assert rescinded == [("ada", "taken"), ("cleo", "taken")]
    assert refused(center, late) == "offer_over"


def test_one_agent_who_drops_out_does_not_end_the_ringing_of_the_others() -> None:
    center = Center(queue(strategy="ring_all"))
    for name in ("ada", "ben", "cleo"):
        center.works(name)
    center.calls("ann")
    center.rejects("ada")
    assert center.asked("ann") == ["ben", "cleo"]
    center.happens(AgentAbsent("ben"))
    assert center.accepts("cleo")


def test_the_task_waits_again_only_when_all_offers_have_ended() -> None:
    center = Center(queue(strategy="ring_all"))
    center.works("ada")
    center.works("ben")
    center.calls("ann")
    assert Requeued not in map(type, center.rejects("ada"))
    assert only(center.rejects("ben"), Requeued).task == "ann"


def test_whoever_answers_first_wins_ten_thousand_races() -> None:
    seed = random.randrange(1 << 32)
    sys.stdout.write(f"seed {seed}\n")
    luck = random.Random(seed)
    names = [f"agent{number}" for number in range(5)]
    center = Center(queue(max_offers=5))
    for name in names:
        center.works(name)
    for race in range(2_500):
        center.calls(f"TA{race}", after=1)
        answers = [OfferAccepted(center.offer(name).id, name) for name in names]
        luck.shuffle(answers)
        won = only(center.happens(answers[0]), Assigned)
        assert won.agent == answers[0].agent
        for late in answers[1:]:
            with pytest.raises(Conflict):
                center.router.handle(late, center.now)
        center.hangs_up(won.agent)
        center.effects.clear()


def test_an_unusable_agent_at_the_top_does_not_stop_the_queue() -> None:
    center = Center(queue(strategy="linear"))
    center.works("ada", order=1)
    center.works("ben", order=2)
    center.happens(AgentAbsent("ada"))
    assert offers(center.calls("ann")) == [("ann", "ben")]


def test_an_agent_who_is_connected_but_on_a_break_is_never_tried() -> None:
    center = Center()
    center.works("ada", activity="break")
    center.calls("ann")
    assert center.asked("ann") == []
    assert center.reasons("ann") == {"ada": "activity"}
