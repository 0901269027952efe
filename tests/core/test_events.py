"""The event log: numbers without a gap for each subject, and one account never sees another's."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from offhook.core.clock import Micros
from offhook.core.contracts.events import Envelope, TrackView
from offhook.core.errors import Conflict, InvalidInput
from offhook.core.ids import AccountId, CountingIds, RandomIds
from offhook.core.store.events import EventLog, NewEvent
from offhook.core.store.place import Place
from offhook.core.store.store import Store
from tests.support.stores import MAIN, OTHER, open_store

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("nothing_blocks_the_loop")]

ROOM = "RM" + "1" * 32
NOW = Micros(1_800_000_000_000_000)


@pytest.fixture
async def store(place: Place) -> AsyncIterator[Store]:
    async with open_store(place) as opened:
        yield opened


@pytest.fixture
def log() -> EventLog:
    return EventLog(RandomIds())


def fact(name: str = "participant_joined", **data: object) -> NewEvent:
    return NewEvent(name, dict(data))


async def add(
    store: Store,
    log: EventLog,
    *events: NewEvent,
    account: AccountId = MAIN,
    subject: str = ROOM,
) -> list[Envelope]:
    return await store.write(lambda c: log.append(c, account, subject, events, NOW))


async def test_facts_are_numbered_from_one_in_order(store: Store, log: EventLog) -> None:
    first = await add(store, log, fact("room_started"), fact())
    second = await add(store, log, fact("participant_left"))
    assert [event.seq for event in first + second] == [1, 2, 3]
    assert await store.read(lambda c: log.since(c, MAIN, ROOM, 0)) == first + second
    assert await store.read(lambda c: log.since(c, MAIN, ROOM, 2)) == second
    assert await store.read(lambda c: log.last_seq(c, MAIN, ROOM)) == 3


async def test_an_envelope_comes_back_as_it_was_given(store: Store) -> None:
    log = EventLog(CountingIds())
    track = TrackView(sid="TR1", source="camera", kind="video", muted=False)
    new = NewEvent("track_published", {"track": track}, 2, "CV1", "EV0")
    [event] = await add(store, log, new)
    assert event.data == {
        "track": {"sid": "TR1", "source": "camera", "kind": "video", "muted": False}
    }
    assert (event.id, event.version, event.time) == (f"EV{1:032x}", 2, NOW)
    assert (event.conversation_id, event.causation_id) == ("CV1", "EV0")
    assert await store.read(lambda c: log.since(c, MAIN, ROOM, 0)) == [event]


async def test_a_subject_without_facts_is_at_zero(store: Store, log: EventLog) -> None:
    assert await store.read(lambda c: log.last_seq(c, MAIN, ROOM)) == 0
    assert await store.write(lambda c: log.append(c, MAIN, ROOM, [], NOW)) == []


async def test_numbers_have_no_gap_after_failures(store: Store, log: EventLog) -> None:
    def fail(connection: Connection) -> None:
        log.append(connection, MAIN, ROOM, [fact(), fact()], NOW)
        raise Conflict("no")

    for _ in range(3):
        await add(store, log, fact())
        with pytest.raises(Conflict):
            await store.write(fail)
    events = await store.read(lambda c: log.since(c, MAIN, ROOM, 0))
    assert [event.seq for event in events] == [1, 2, 3]


async def test_numbers_have_no_gap_under_many_writers(store: Store, log: EventLog) -> None:
    async def write(worker: int) -> list[Envelope]:
        written: list[Envelope] = []
        for _ in range(10):
            written += await add(store, log, fact(worker=worker), fact(worker=worker))
        return written

    answers = await asyncio.gather(*(write(worker) for worker in range(8)))
    events = await store.read(lambda c: log.since(c, MAIN, ROOM, 0))
    assert [event.seq for event in events] == list(range(1, 161))
    assert sorted(itertools.chain(*answers), key=lambda event: event.seq) == events
    for own in answers:
        assert [event.seq for event in own] == sorted(event.seq for event in own)


async def test_pages_follow_each_other_without_gap_or_repetition(
    store: Store, log: EventLog
) -> None:
    for number in range(7):
        await add(store, log, fact(number=number), subject=f"RM{number % 2}")
    seen: list[Envelope] = []
    after = None
    while page := await store.read(partial(log.page, account=MAIN, after=after, limit=3)):
        seen += page
        after = page[-1].id
    assert [event.data["number"] for event in seen] == list(range(7))


async def test_pages_also_go_from_the_newest_back(store: Store, log: EventLog) -> None:
    for number in range(7):
        await add(store, log, fact(number=number), subject=f"RM{number % 2}")
    seen: list[Envelope] = []
    after = None
    backwards = partial(log.page, account=MAIN, limit=3, newest_first=True)
    while page := await store.read(partial(backwards, after=after)):
        seen += page
        after = page[-1].id
    assert [event.data["number"] for event in seen] == list(range(6, -1, -1))


async def test_a_page_keeps_to_types_and_subject(store: Store, log: EventLog) -> None:
    await add(store, log, fact("room_started"), fact("participant_joined"))
    await add(store, log, fact("room_started"), subject="RM2")
    page = await store.read(
        lambda c: log.page(c, MAIN, after=None, limit=10, types=["room_started"], subject=ROOM)
    )
    assert [(event.type, event.subject) for event in page] == [("room_started", ROOM)]


async def test_a_page_after_an_unknown_event_is_refused(store: Store, log: EventLog) -> None:
    [foreign] = await add(store, log, fact(), account=OTHER)
    for after in ("EV" + "f" * 32, foreign.id):
        with pytest.raises(InvalidInput) as refused:
            await store.read(partial(log.page, account=MAIN, after=after, limit=10))
        assert refused.value.field == "after"


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    writes=st.lists(
        st.tuples(st.sampled_from([MAIN, OTHER]), st.sampled_from(["a", "b"]), st.integers(1, 3)),
        max_size=12,
    )
)
async def test_accounts_never_see_each_others_facts(
    store: Store, log: EventLog, writes: list[tuple[AccountId, str, int]]
) -> None:
    run = RandomIds().new("RM")
    expected: dict[tuple[AccountId, str], int] = {}
    for account, name, count in writes:
        subject = f"{name} of {run}"
        await add(store, log, *[fact()] * count, account=account, subject=subject)
        expected[account, subject] = expected.get((account, subject), 0) + count
    for (account, subject), count in expected.items():
        events = await store.read(partial(log.since, account=account, subject=subject, seq=0))
        assert [event.seq for event in events] == list(range(1, count + 1))
        assert {event.account for event in events} == {account}
        page = await store.read(
            partial(log.page, account=account, subject=subject, after=None, limit=999)
        )
        assert page == events
