"""One suite for every form of the bus: in this process, and over a real Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from msgspec import Raw
from structlog.testing import capture_logs

from offhook.core.bus.bus import Bus
from offhook.core.bus.local import LocalBus
from offhook.core.bus.redis import RedisBus
from offhook.core.contracts.media import (
    CloseRoom,
    Done,
    Enter,
    Entered,
    MediaCommand,
    MediaNews,
    MediaReply,
    NodeAlive,
    NodeGone,
    OfferedTrack,
    SubscribeOffer,
)
from offhook.core.contracts.processes import (
    Acked,
    CarryCommand,
    CarryRequest,
    ProcessCommand,
    ProcessNews,
    ProcessReply,
    SocketsGone,
    Told,
    topic_of,
)
from offhook.core.errors import (
    BusTimeout,
    Conflict,
    InvalidInput,
    NotFound,
    OffhookError,
    RateLimited,
    Unavailable,
)
from offhook.core.machine import UnexpectedEvent
from tests.support.machines import HungUp, Line
from tests.support.redis import run_redis

pytestmark = [pytest.mark.contract, pytest.mark.usefixtures("nothing_blocks_the_loop")]

ENTER = Enter(room="RM1", participant="PA1", epoch=3)
NODE = "ND1"
TOPIC = "media"


class Pair:
    """Two places that the bus joins; over Redis they might be two machines."""

    def __init__(self, here: Bus, there: Bus) -> None:
        self.here = here
        self.there = there

    async def close(self) -> None:
        await self.here.close()
        await self.there.close()


@pytest.fixture(params=["local", "redis"])
async def pair(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Pair]:
    if request.param == "local":
        bus = LocalBus()
        pair = Pair(bus, bus)
        yield pair
        await pair.close()
        return
    async with run_redis(tmp_path) as redis:
        pair = Pair(RedisBus(redis.url), RedisBus(redis.url))
        yield pair
        await pair.close()


class Node:
    """Answers commands, notes them, and can be told to wait or to fail."""

    def __init__(self) -> None:
        self.heard: list[MediaCommand] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.begun = asyncio.Event()
        self.ended = asyncio.Event()
        self.error: Exception | None = None

    async def __call__(self, command: MediaCommand) -> MediaReply:
        self.heard.append(command)
        self.begun.set()
        await self.gate.wait()
        self.ended.set()
        if self.error is not None:
            raise self.error
        return Entered(kept=isinstance(command, Enter) and command.hidden)


class Ears:
    """Notes what is published."""

    def __init__(self) -> None:
        self.heard: list[MediaNews] = []
        self.grew = asyncio.Condition()

    async def __call__(self, news: MediaNews) -> None:
        async with self.grew:
            self.heard.append(news)
            self.grew.notify_all()

    async def until(self, count: int) -> None:
        async with self.grew, asyncio.timeout(10):
            await self.grew.wait_for(lambda: len(self.heard) >= count)


def alive(number: int, node: str = NODE) -> NodeAlive:
    return NodeAlive(node=node, legs=number, rooms=1)


async def test_a_request_reaches_its_node_whole_and_brings_a_typed_reply(pair: Pair) -> None:
    node = Node()
    await pair.there.serve(NODE, node)
    command = Enter(room="RM1", participant="PA1", epoch=7, subscribe=False, hidden=True)
    assert await pair.here.request(NODE, command) == Entered(kept=True)
    assert node.heard == [command]


async def test_requests_go_side_by_side_and_each_gets_its_own_reply(pair: Pair) -> None:
    async def answer(command: MediaCommand) -> MediaReply:
        return Entered(kept=True) if isinstance(command, Enter) else Done()

    await pair.there.serve(NODE, answer)
    asked: list[MediaCommand] = [ENTER, CloseRoom(room="RM1")] * 20
    replies = await asyncio.gather(*(pair.here.request(NODE, command) for command in asked))
    assert replies == [Entered(kept=True), Done()] * 20


async def test_a_slow_command_does_not_hold_up_the_next(pair: Pair) -> None:
    slow, quick = Node(), Node()
    slow.gate.clear()

    async def answer(command: MediaCommand) -> MediaReply:
        return await (slow if isinstance(command, Enter) else quick)(command)

    await pair.there.serve(NODE, answer)
    waiting = asyncio.ensure_future(pair.here.request(NODE, ENTER))
    await slow.begun.wait()
    assert await pair.here.request(NODE, CloseRoom(room="RM1")) == Entered(kept=False)
    slow.gate.set()
    assert await waiting == Entered(kept=False)


async def test_commands_begin_in_the_order_they_were_sent(pair: Pair) -> None:
    node = Node()
    await pair.there.serve(NODE, node)
    asked = [Enter(room="RM1", participant=f"PA{number}") for number in range(30)]
    await asyncio.gather(*(pair.here.request(NODE, command) for command in asked))
    assert node.heard == asked


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (InvalidInput("bad line 3", code="bad_sdp", field="sdp"), InvalidInput),
        (Conflict("an older epoch", code="stale_epoch"), Conflict),
        (NotFound("no such room"), NotFound),
        (RateLimited("slower", retry_after=1.5), RateLimited),
        (UnexpectedEvent(Line(), HungUp()), Conflict),
    ],
    ids=lambda value: getattr(value, "code", value.__name__ if isinstance(value, type) else None),
)
async def test_an_error_is_raised_again_at_the_caller(
    pair: Pair, error: OffhookError, kind: type[OffhookError]
) -> None:
    node = Node()
    node.error = error
    await pair.there.serve(NODE, node)
    with pytest.raises(kind) as raised:
        await pair.here.request(NODE, ENTER)
    again = raised.value
    assert type(again) is kind
    assert (again.status, again.code, again.detail) == (error.status, error.code, error.detail)
    assert (again.field, again.retry_after) == (error.field, error.retry_after)


async def test_a_mistake_of_the_node_is_told_without_its_details(pair: Pair) -> None:
    node = Node()
    node.error = KeyError("the secret name")
    await pair.there.serve(NODE, node)
    with capture_logs() as logs, pytest.raises(OffhookError) as raised:
        await pair.here.request(NODE, ENTER)
    assert raised.value.code == "internal"
    assert "secret" not in raised.value.detail
    assert [line["event"] for line in logs] == ["node failed on command"]


async def test_a_node_that_nobody_serves_is_unavailable_at_once(pair: Pair) -> None:
    with pytest.raises(Unavailable) as refused:
        await pair.here.request("ND9", ENTER, within=60)
    assert refused.value.code == "no_such_node"


async def test_a_request_ends_at_its_deadline_and_the_command_goes_on(pair: Pair) -> None:
    node = Node()
    node.gate.clear()
    await pair.there.serve(NODE, node)
    with pytest.raises(BusTimeout):
        await pair.here.request(NODE, ENTER, within=0.1)
    node.gate.set()
    await node.ended.wait()
    assert await pair.here.request(NODE, ENTER) == Entered(kept=False)


async def test_a_node_that_stops_serving_finishes_what_is_under_way(pair: Pair) -> None:
    node = Node()
    node.gate.clear()
    serving = await pair.there.serve(NODE, node)
    waiting = asyncio.ensure_future(pair.here.request(NODE, ENTER))
    await node.begun.wait()
    closing = asyncio.ensure_future(serving.close())
    node.gate.set()
    assert await waiting == Entered(kept=False)
    await closing
    with pytest.raises(Unavailable):
        await pair.here.request(NODE, ENTER)


async def test_a_node_may_be_served_again(pair: Pair) -> None:
    first, second = Node(), Node()
    await (await pair.there.serve(NODE, first)).close()
    await pair.there.serve(NODE, second)
    await pair.here.request(NODE, ENTER)
    assert (first.heard, second.heard) == ([], [ENTER])


async def test_requests_under_way_end_when_the_bus_closes(pair: Pair) -> None:
    node = Node()
    node.gate.clear()
    await pair.there.serve(NODE, node)
    waiting = asyncio.ensure_future(pair.here.request(NODE, ENTER, within=60))
    await node.begun.wait()
    await pair.here.close()
    with pytest.raises(Unavailable):
        await waiting
    with pytest.raises(Unavailable):
        await pair.here.request(NODE, ENTER)


async def test_everybody_who_listens_hears_news_in_order(pair: Pair) -> None:
    one, other = Ears(), Ears()
    await pair.here.subscribe(TOPIC, one)
    await pair.there.subscribe(TOPIC, other)
    told = [alive(number) for number in range(50)]
    for news in told:
        await pair.there.publish(TOPIC, news)
    await asyncio.gather(one.until(50), other.until(50))
    assert one.heard == other.heard == told


async def test_news_arrives_whole(pair: Pair) -> None:
    ears = Ears()
    await pair.here.subscribe(TOPIC, ears)
    offer = SubscribeOffer(
        node=NODE,
        room="RM1",
        participant="PA1",
        version=2,
        sdp="v=0\r\n",
        tracks=(OfferedTrack(mid="0", track="TR1", participant="PA2"),),
        fresh=True,
    )
    await pair.there.publish(TOPIC, offer)
    await ears.until(1)
    assert ears.heard == [offer]


async def test_news_of_another_topic_is_not_heard(pair: Pair) -> None:
    ears = Ears()
    await pair.here.subscribe(TOPIC, ears)
    await pair.there.publish("another", alive(1))
    await pair.there.publish(TOPIC, alive(2))
    await ears.until(1)
    assert ears.heard == [alive(2)]


async def test_a_late_listener_hears_only_what_comes_after(pair: Pair) -> None:
    ears = Ears()
    await pair.there.publish(TOPIC, alive(1))
    await pair.there.subscribe(TOPIC, ears)
    await pair.there.publish(TOPIC, alive(2))
    await ears.until(1)
    assert ears.heard == [alive(2)]


async def test_news_that_nobody_hears_is_no_error(pair: Pair) -> None:
    await pair.here.publish("nobody", NodeGone(node=NODE))


async def test_a_listener_that_fails_hears_the_next_news(pair: Pair) -> None:
    ears = Ears()

    async def stumble(news: MediaNews) -> None:
        if news == alive(1):
            raise KeyError("one")
        await ears(news)

    await pair.here.subscribe(TOPIC, stumble)
    with capture_logs() as logs:
        await pair.there.publish(TOPIC, alive(1))
        await pair.there.publish(TOPIC, alive(2))
        await ears.until(1)
    assert [line["event"] for line in logs] == ["listener failed"]


async def test_a_slow_listener_delays_nobody_else(pair: Pair) -> None:
    gate, ears = asyncio.Event(), Ears()

    async def wait(news: MediaNews) -> None:
        await gate.wait()

    await pair.here.subscribe(TOPIC, wait)
    await pair.here.subscribe(TOPIC, ears)
    await pair.there.publish(TOPIC, alive(1))
    await ears.until(1)
    gate.set()


async def test_a_listener_that_was_closed_hears_nothing_more(pair: Pair) -> None:
    closed, open_ = Ears(), Ears()
    registration = await pair.here.subscribe(TOPIC, closed)
    await pair.here.subscribe(TOPIC, open_)
    await pair.there.publish(TOPIC, alive(1))
    await open_.until(1)
    await closed.until(1)
    await registration.close()
    await pair.there.publish(TOPIC, alive(2))
    await open_.until(2)
    assert closed.heard == [alive(1)]


async def test_a_listener_may_ask_the_bus(pair: Pair) -> None:
    node, replies = Node(), asyncio.Queue[MediaReply]()
    await pair.there.serve(NODE, node)

    async def ask(news: MediaNews) -> None:
        replies.put_nowait(await pair.here.request(NODE, ENTER))

    await pair.here.subscribe(TOPIC, ask)
    await pair.there.publish(TOPIC, alive(1))
    async with asyncio.timeout(10):
        assert await replies.get() == Entered(kept=False)


async def test_the_last_news_is_sent_before_the_bus_closes(pair: Pair) -> None:
    if pair.here is pair.there:
        return
    ears = Ears()
    await pair.here.subscribe(TOPIC, ears)
    await pair.there.publish(TOPIC, NodeGone(node=NODE))
    await pair.there.close()
    await ears.until(1)
    assert ears.heard == [NodeGone(node=NODE)]


async def test_a_carried_command_and_its_ack_arrive_whole(pair: Pair) -> None:
    heard: list[ProcessCommand] = []

    async def answer(command: ProcessCommand) -> ProcessReply:
        heard.append(command)
        return Acked(value=Raw(b'{"sid":"CH1"}'), seated=True)

    await pair.there.serve("ND2", answer)
    command = CarryCommand(
        process="ND1",
        socket="abc",
        token="t",
        command="chat",
        argument=Raw(b'{"text":"\xc3\xa4 \\u0000"}'),
    )
    reply = await pair.here.request("ND2", command)
    assert isinstance(reply, Acked)
    assert msgspec.json.decode(reply.value) == {"sid": "CH1"}
    assert msgspec.json.encode(heard) == msgspec.json.encode([command])


async def test_a_carried_request_of_a_megabyte_arrives_whole(pair: Pair) -> None:
    heard: list[ProcessCommand] = []

    async def refuse(command: ProcessCommand) -> ProcessReply:
        heard.append(command)
        raise Conflict("The room is locked.", code="room_locked")

    await pair.there.serve("ND2", refuse)
    command = CarryRequest(
        route="updateRoom",
        target="PATCH /v1/rooms/demo",
        path={"name": "demo"},
        query=(("limit", "1"), ("limit", "2")),
        headers={"If-Match": '"1"'},
        body=bytes(range(256)) * 4096,
        principal=Raw(b"null"),
        token=None,
        browser=Raw(b"{}"),
        address="192.0.2.1",
        origin="https://calls.example.com",
    )
    with pytest.raises(Conflict) as refused:
        await pair.here.request("ND2", command)
    assert refused.value.code == "room_locked"
    assert isinstance(heard[0], CarryRequest)
    assert (heard[0].body, heard[0].query) == (command.body, command.query)


async def test_a_line_to_one_process_keeps_its_order(pair: Pair) -> None:
    heard: list[int] = []
    done = asyncio.Event()

    async def hear(news: ProcessNews) -> None:
        heard.append(news.number)
        if len(heard) == 300:
            done.set()

    await pair.here.subscribe(topic_of("ND1"), hear, alone=True)
    big = Raw(msgspec.json.encode({"sdp": "x" * 9000}))
    for number in range(300):
        news = Told(sender="ND2", number=number, sockets=("a",), event="offer", message=big)
        await pair.there.publish(topic_of("ND1"), news)
    async with asyncio.timeout(10):
        await done.wait()
    assert heard == list(range(300))


async def test_gone_sockets_are_told_by_name(pair: Pair) -> None:
    heard: list[ProcessCommand] = []

    async def note(command: ProcessCommand) -> ProcessReply:
        heard.append(command)
        return Acked(value=Raw(b"null"), seated=False)

    await pair.there.serve("ND2", note)
    command = SocketsGone(process="ND1", sockets=("a", "b"))
    await pair.here.request("ND2", command)
    assert heard == [command]
