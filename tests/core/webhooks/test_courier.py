"""The courier: every event arrives, in order for each subject, and none holds up another."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator

import pytest

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import Conflict, NotFound, PreconditionFailed
from offhook.core.store.place import Place
from offhook.core.webhooks.delivery import SCHEDULE, State
from offhook.core.webhooks.endpoint import AT_ONCE
from offhook.core.webhooks.stores.deliveries import ATTEMPTS_KEPT
from offhook.core.webhooks.stores.ledger import KEPT
from tests.core.webhooks.post import Post, dead_until, in_order, posting
from tests.support.stores import MAIN, OTHER, open_store

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("nothing_blocks_the_loop")]

MINUTE = 60.0


@pytest.fixture
async def post(place: Place) -> AsyncIterator[Post]:
    async with posting(place) as running:
        yield running


async def test_what_happens_arrives_as_it_was_logged(post: Post) -> None:
    webhook = await post.register()
    await post.happen("RM1", "room_started", "participant_joined", "room_finished")
    await post.until(lambda: len(post.receiver.taken) == 3)
    assert post.receiver.seqs("RM1") == [1, 2, 3]
    types = [envelope.type for _, envelope in post.receiver.taken]
    assert types == ["room_started", "participant_joined", "room_finished"]
    await post.settle()
    records = await post.deliveries(webhook)
    assert {record.state for record in records} == {State.DELIVERED}
    assert [record.last.status for record in records if record.last] == [200, 200, 200]


async def test_what_happened_before_is_not_told(post: Post) -> None:
    await post.happen("RM1", "room_started")
    await post.register()
    await post.happen("RM1", "room_finished")
    await post.until(lambda: bool(post.receiver.taken))
    assert post.receiver.seqs("RM1") == [2]


async def test_an_endpoint_is_told_what_it_asked_for(post: Post) -> None:
    rooms = await post.register("room_*")
    joins = await post.register("participant_joined", "track_*")
    all_of_it = await post.register("*")
    await post.happen("RM1", "room_started", "participant_joined", "participant_left")
    await post.until(lambda: len(post.receiver.taken) == 5)
    assert post.receiver.seqs("RM1", rooms.id) == [1]
    assert post.receiver.seqs("RM1", joins.id) == [2]
    assert post.receiver.seqs("RM1", all_of_it.id) == [1, 2, 3]


async def test_another_accounts_events_are_another_accounts(post: Post) -> None:
    mine = await post.register()
    theirs = await post.register(account=OTHER)
    await post.happen("RM1", "room_started")
    await post.happen("RM2", "room_started", account=OTHER)
    await post.until(lambda: len(post.receiver.taken) == 2)
    told = {(id, envelope.subject) for id, envelope in post.receiver.taken}
    assert told == {(mine.id, "RM1"), (theirs.id, "RM2")}


async def test_a_failing_subject_holds_back_only_its_own_later_events(post: Post) -> None:
    await post.register()
    post.receiver.manner = lambda parcel: 500 if parcel.envelope.subject == "RM1" else 200
    await post.happen("RM1", "room_started", "room_finished")
    await post.happen("RM2", "room_started", "room_finished")
    await post.until(lambda: post.receiver.seqs("RM2") == [1, 2])
    await post.settle()
    assert [p.envelope.seq for p in post.receiver.tried if p.envelope.subject == "RM1"] == [1]
    post.receiver.manner = lambda parcel: 200
    await post.until(lambda: post.receiver.seqs("RM1") == [1, 2], advancing=1)


async def test_an_endpoint_that_fails_holds_up_no_other(post: Post) -> None:
    bad = await post.register(url="https://bad.example/")
    good = await post.register()
    post.receiver.manner = lambda parcel: 500 if parcel.webhook.id == bad.id else 200
    await post.happen("RM1", "room_started", "room_finished")
    await post.until(lambda: post.receiver.seqs("RM1", good.id) == [1, 2])


async def test_after_ten_minutes_of_a_dead_receiver_everything_arrives_in_order(
    post: Post,
) -> None:
    webhook = await post.register()
    post.receiver.manner = dead_until(post.clock, Micros(post.clock.now() + 600 * SECOND))
    for minute in range(10):
        for room in ("RM1", "RM2", "RM3"):
            await post.happen(room, "participant_joined", "participant_left")
        await post.settle()
        assert not post.receiver.taken, minute
        post.clock.advance(MINUTE)
    await post.until(lambda: len(post.receiver.taken) == 60, advancing=MINUTE)
    for room in ("RM1", "RM2", "RM3"):
        assert post.receiver.seqs(room) == list(range(1, 21))
    await post.settle()
    assert {r.state for r in await post.deliveries(webhook)} == {State.DELIVERED}


async def test_attempts_follow_the_schedule_and_end(post: Post) -> None:
    webhook = await post.register()
    post.receiver.manner = lambda parcel: "timed_out"
    await post.happen("RM1", "room_started", "room_finished")
    await post.until(lambda: len(post.receiver.tried) == 1)
    for number, seconds in enumerate(SCHEDULE, start=2):
        await post.settle()
        post.clock.advance(seconds - 1)
        await post.settle()
        assert len(post.receiver.tried) == number - 1
        post.clock.advance(1)
        await post.tries(number)
    await post.until(lambda: post.receiver.tried[-1].envelope.seq == 2)
    await post.settle()
    first, second = await post.deliveries(webhook)
    assert (first.state, first.attempts) == (State.FAILED, len(SCHEDULE) + 1)
    assert second.state is State.RETRYING


async def test_gone_disables_the_endpoint_and_the_rest_waits(post: Post) -> None:
    webhook = await post.register()
    post.receiver.manner = lambda parcel: 410
    await post.happen("RM1", "room_started", "room_finished")
    await post.happen("RM2", "room_started")
    await post.until(lambda: bool(post.receiver.tried))
    await post.settle()
    found = await post.store.read(lambda c: post.requests.get(c, MAIN, webhook.id))
    assert (found.disabled, found.revision) == ("gone", webhook.revision + 1)
    await post.happen("RM3", "room_started")
    await post.settle()
    assert not post.receiver.taken
    post.receiver.manner = lambda parcel: 200
    await post.change(webhook, disabled=None)
    await post.happen("RM4", "room_started")
    await post.until(lambda: post.receiver.seqs("RM1") == [2] and post.receiver.seqs("RM4") == [1])
    assert post.receiver.seqs("RM3") == [], "it happened while nobody wanted to hear of it"


async def test_a_refused_address_ends_the_delivery_with_that_reason(post: Post) -> None:
    webhook = await post.register()
    post.receiver.manner = lambda parcel: "address_refused"
    await post.happen("RM1", "room_started")
    await post.until(lambda: bool(post.receiver.tried))
    await post.settle()
    [record] = await post.deliveries(webhook, "failed")
    assert record.last is not None
    assert (record.last.error, record.last.status) == ("address_refused", None)


async def test_retry_after_is_waited_for(post: Post) -> None:
    await post.register()
    post.receiver.manner, post.receiver.retry_after = (lambda parcel: 503), 120
    await post.happen("RM1", "room_started")
    await post.until(lambda: len(post.receiver.tried) == 1)
    await post.settle()
    post.clock.advance(119)
    await post.settle()
    assert len(post.receiver.tried) == 1
    post.clock.advance(1)
    await post.until(lambda: len(post.receiver.tried) == 2)


async def test_events_that_come_while_others_go_arrive_whole_and_in_order(post: Post) -> None:
    for _ in range(3):
        await post.register()
    rooms = [f"RM{number}" for number in range(10)]
    turns = itertools.count()
    post.receiver.manner = lambda parcel: 200 if next(turns) % 7 else 500

    async def meet(room: str) -> None:
        for _ in range(10):
            await post.happen(room, "participant_joined", "participant_left")

    await asyncio.gather(*(meet(room) for room in rooms))
    await post.until(lambda: len(post.receiver.taken) == 3 * 10 * 20, advancing=1)
    for id in {id for id, _ in post.receiver.taken}:
        assert all(post.receiver.seqs(room, id) == list(range(1, 21)) for room in rooms)


async def test_subjects_go_side_by_side_but_not_without_bound(post: Post) -> None:
    await post.register()
    post.receiver.gates = {f"RM{n}": asyncio.Event() for n in range(30)}
    for room in post.receiver.gates:
        await post.happen(room, "room_started", "room_finished")
    await post.until(lambda: post.receiver.under_way == AT_ONCE)
    assert len(post.receiver.tried) == AT_ONCE
    for gate in post.receiver.gates.values():
        gate.set()
    await post.until(lambda: len(post.receiver.taken) == 60)
    assert post.receiver.most_under_way == AT_ONCE
    assert all(post.receiver.seqs(room) == [1, 2] for room in post.receiver.gates)


async def test_it_goes_on_after_a_restart_in_the_middle_of_a_delivery(post: Post) -> None:
    await post.register()
    post.receiver.gates["RM1"] = asyncio.Event()
    await post.happen("RM1", "room_started", "room_finished")
    await post.until(lambda: post.receiver.under_way == 1)
    await post.courier.close()
    post.receiver.gates.clear()
    await post.happen("RM1", "room_started", wake=False)
    post.courier = post.new_courier()
    post.courier.start()
    await post.until(lambda: post.receiver.seqs("RM1") == [1, 2, 3])


async def test_of_several_couriers_one_sends_and_another_takes_over(post: Post) -> None:
    await post.register()
    await post.happen("RM1", "room_started")
    await post.until(lambda: post.receiver.seqs("RM1") == [1])
    second = post.new_courier()
    second.start()
    await post.happen("RM1", "room_finished")
    await post.until(lambda: post.receiver.seqs("RM1") == [1, 2])
    await post.settle()
    assert len(post.receiver.tried) == 2, "not both of them"
    await post.courier.close()
    post.courier = second
    await post.happen("RM1", "room_started")
    await post.until(lambda: post.receiver.seqs("RM1") == [1, 2, 3], advancing=1)


async def test_what_other_processes_commit_is_heard_at_once(database: str) -> None:
    async with posting(database) as post, open_store(database) as elsewhere:
        webhook = await post.register()
        await post.settle()
        here, post.store = post.store, elsewhere
        await post.happen("RM1", "room_started", wake=False)
        await post.until(lambda: post.receiver.seqs("RM1") == [1])
        now = post.clock.now()
        await elsewhere.write(lambda c: post.requests.test(c, MAIN, webhook.id, now))
        await post.until(lambda: post.receiver.seqs(webhook.id) == [1])
        post.store = here


async def test_alone_it_does_nothing_until_it_is_woken(post: Post) -> None:
    await post.register()
    await post.settle()
    post.clock.advance(5)
    await post.settle()
    waiting = [timer for timer in post.clock._timers if not timer.cancelled]
    assert waiting == []


# --- replay --------------------------------------------------------------------------------------


async def failed_once(post: Post) -> None:
    """Everything about RM1 has failed for good, everything about RM2 arrived."""
    post.receiver.manner = lambda p: "address_refused" if p.envelope.subject == "RM1" else 200
    await post.happen("RM1", "room_started", "participant_joined", "room_finished")
    await post.happen("RM2", "room_started")
    await post.until(lambda: len(post.receiver.tried) == 4)
    await post.settle()
    post.receiver.manner = lambda parcel: 200


async def test_one_delivery_is_replayed_under_the_same_id(post: Post) -> None:
    webhook = await post.register()
    await failed_once(post)
    before = (await post.deliveries(webhook, "failed"))[1]
    now = post.clock.now()
    again = await post.store.write(
        lambda c: post.requests.replay(c, MAIN, webhook.id, before.id, now)
    )
    assert (again.state, again.id, again.event) == (State.PENDING, before.id, before.event)
    post.courier.wake(MAIN)
    await post.until(lambda: post.receiver.seqs("RM1") == [2])


async def test_all_that_failed_since_a_time_is_replayed_in_order(post: Post) -> None:
    webhook = await post.register()
    await failed_once(post)
    post.clock.advance(60)
    since, now = Micros(post.clock.now() - 120 * SECOND), post.clock.now()
    count = await post.store.write(
        lambda c: post.requests.replay_failed(c, MAIN, webhook.id, since, now, now)
    )
    assert count == 3
    post.courier.wake(MAIN)
    await post.until(lambda: post.receiver.seqs("RM1") == [1, 2, 3])
    assert post.receiver.seqs("RM2") == [1]


async def test_a_replay_goes_before_what_waits_about_the_same_subject(post: Post) -> None:
    webhook = await post.register()
    await failed_once(post)
    post.receiver.manner = lambda parcel: 500
    await post.happen("RM1", "room_started")
    await post.until(lambda: post.receiver.tried[-1].envelope.seq == 4)
    await post.settle()
    first = (await post.deliveries(webhook, "failed"))[0]
    now = post.clock.now()
    await post.store.write(lambda c: post.requests.replay(c, MAIN, webhook.id, first.id, now))
    post.receiver.manner = lambda parcel: 200
    post.courier.wake(MAIN)
    await post.until(lambda: post.receiver.seqs("RM1") == [1, 4])


async def test_what_was_missed_while_disabled_can_be_asked_for(post: Post) -> None:
    webhook = await post.register()
    await post.happen("RM1", "room_started")
    await post.until(lambda: post.receiver.seqs("RM1") == [1])
    await post.settle()
    since = Micros(post.clock.now() + 1)
    post.clock.advance(10)
    await post.change(webhook, disabled="requested")
    await post.happen("RM1", "participant_joined", "participant_left")
    await post.change(webhook, disabled=None)
    await post.happen("RM1", "room_finished")
    await post.until(lambda: post.receiver.seqs("RM1") == [1, 4])
    await post.settle()
    await post.store.write(lambda c: post.requests.rewind(c, MAIN, webhook.id, since))
    post.courier.rewound(webhook.id)
    await post.until(lambda: post.receiver.seqs("RM1") == [1, 4, 2, 3])
    await post.settle()
    assert len(post.receiver.tried) == 4, "what had arrived is not sent again"


async def test_a_trial_goes_to_one_endpoint_only(post: Post) -> None:
    webhook, other = await post.register("call.*"), await post.register("*")
    now = post.clock.now()
    record = await post.store.write(lambda c: post.requests.test(c, MAIN, webhook.id, now))
    assert (record.type, record.state) == ("webhook.test", State.PENDING)
    post.courier.wake(MAIN)
    await post.until(lambda: bool(post.receiver.taken))
    await post.settle()
    assert [id for id, _ in post.receiver.taken] == [webhook.id]
    assert await post.deliveries(other) == []


async def test_a_wider_filter_is_for_what_happens_from_then_on(post: Post) -> None:
    webhook = await post.register("room_*")
    await post.happen("RM1", "room_started", "participant_joined")
    await post.change(webhook, events=("*",))
    await post.happen("RM1", "participant_left")
    await post.until(lambda: post.receiver.seqs("RM1") == [1, 3])
    await post.settle()
    await post.restart()
    await post.settle()
    assert post.receiver.seqs("RM1") == [1, 3]


# --- bounds --------------------------------------------------------------------------------------


async def test_an_account_has_a_bounded_number_of_webhooks(post: Post) -> None:
    for _ in range(20):
        await post.register()
    with pytest.raises(Conflict) as refused:
        await post.register()
    assert refused.value.code == "too_many_webhooks"
    await post.register(account=OTHER)


async def test_a_change_of_another_revision_is_refused(post: Post) -> None:
    webhook = await post.register()
    with pytest.raises(PreconditionFailed):
        await post.store.write(
            lambda c: post.requests.change(c, MAIN, webhook.id, lambda w: w, 7, post.clock.now())
        )


async def test_a_deleted_endpoint_gets_nothing_more_and_its_deliveries_go(post: Post) -> None:
    webhook = await post.register()
    post.receiver.manner = lambda parcel: 500
    await post.happen("RM1", "room_started", "room_finished")
    await post.until(lambda: bool(post.receiver.tried))
    await post.settle()
    now = post.clock.now()
    await post.store.write(lambda c: post.requests.delete(c, MAIN, webhook.id, None, now))
    post.courier.changed()
    post.clock.advance(3600)
    await post.settle()
    assert len(post.receiver.tried) == 1
    with pytest.raises(NotFound):
        await post.deliveries(webhook)
    assert await post.courier.prune() == 2
    rows = await post.store.read(
        lambda c: [
            c.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()  # noqa: S608  three names
            for table in ("webhooks", "webhook_deliveries", "webhook_attempts")
        ]
    )
    assert rows == [0, 0, 0]


async def test_what_ended_long_ago_is_forgotten_a_little_at_a_time(post: Post) -> None:
    webhook = await post.register()
    await post.happen("RM1", *["participant_joined"] * 450)
    await post.until(lambda: len(post.receiver.taken) == 450)
    await post.settle()
    post.clock.advance(KEPT / SECOND - 60)
    await post.happen("RM1", "participant_left")
    await post.until(lambda: len(post.receiver.taken) == 451)
    await post.settle()
    assert await post.courier.prune() == 0
    post.clock.advance(61)
    assert await post.courier.prune() == 450
    assert [record.seq for record in await post.deliveries(webhook)] == [451]


async def test_the_log_of_attempts_is_bounded(post: Post) -> None:
    webhook = await post.register()
    post.receiver.manner = lambda parcel: 500
    await post.happen("RM1", "room_started")
    await post.until(lambda: len(post.receiver.tried) == 1)
    [record] = await post.deliveries(webhook)
    for turn in range(ATTEMPTS_KEPT + 5):
        await post.settle()
        await post.replay(record)
        await post.tries(turn + 2)
    await post.settle()
    found, attempts, _ = await post.store.read(
        lambda c: post.requests.delivery(c, MAIN, webhook.id, record.id)
    )
    assert found.attempts == ATTEMPTS_KEPT + 6
    assert [a.number for a in attempts] == list(range(7, ATTEMPTS_KEPT + 7))


async def test_figures_tell_results_and_the_age_of_the_oldest(post: Post) -> None:
    await post.register()
    post.receiver.manner = lambda parcel: 500
    await post.happen("RM1", "room_started")
    await post.until(lambda: len(post.receiver.tried) == 1)
    await post.settle()
    assert post.figure("webhook_deliveries_total", {"result": "retrying"}) == 1
    post.clock.advance(4)
    assert post.figure("webhook_oldest_pending_seconds") == 4
    post.receiver.manner = lambda parcel: 200
    await post.until(lambda: bool(post.receiver.taken), advancing=1)
    await post.settle()
    assert post.figure("webhook_deliveries_total", {"result": "delivered"}) == 1
    assert post.figure("webhook_oldest_pending_seconds") == 0


async def test_what_a_sender_breaks_on_is_tried_again_later(post: Post) -> None:
    await post.register()

    def broken(parcel: object) -> int:
        post.receiver.manner = lambda parcel: 200
        raise RuntimeError("a fault of ours")

    post.receiver.manner = broken
    await post.happen("RM1", "room_started", "room_finished")
    await post.until(lambda: post.receiver.seqs("RM1") == [1, 2], advancing=1)
    assert in_order(post.receiver.seqs("RM1"))
