"""What a transaction keeps that only lingers: the bytes it may have to send again, and its name."""

from __future__ import annotations

import gc
import tracemalloc

import pytest

from media.sip.message import Request
from tests.media.sip.transaction.endpoint import Endpoint, request

pytestmark = pytest.mark.unit

#: Bytes of a description, as a request and its answer carry them.
BODY = b"v=0\r\n" * 200


def lingering(method: str, status: int, count: int) -> Endpoint:
    """An endpoint that has answered so many requests and still takes their copies."""
    ben = Endpoint()
    for number in range(count):
        asking = request(method, branch=f"z9hG4bK{number}", call_id=f"call-{number}")
        asking.body = BODY
        key, asked = ben.served(asking)
        ben.answers(asked, status, key)
        ben.done.clear()
    return ben


@pytest.mark.parametrize(("method", "status"), [("OPTIONS", 200), ("INVITE", 486), ("INVITE", 200)])
def test_an_answered_request_takes_less_than_three_kilobytes(method: str, status: int) -> None:
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        ben = lingering(method, status, 200)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(ben.layer) == 200
    assert (after - before) / 200 < 3000


@pytest.mark.parametrize(("status", "acknowledged"), [(486, False), (486, True), (200, False)])
def test_no_message_outlives_its_answer_at_the_server(status: int, acknowledged: bool) -> None:
    ben = lingering("INVITE", status, 5)
    for number in range(5 if acknowledged else 0):
        ben.gets(request("ACK", branch=f"z9hG4bK{number}", to_tag="b"))
    assert len(ben.layer) == 5
    assert requests_with_body() == []
    assert (kept(ben) == 0) is (acknowledged or status == 200)
    ben.runs(60)
    assert (len(ben.layer), ben.layer.deadline) == (0, None)


@pytest.mark.parametrize("status", [200, 486])
def test_no_message_outlives_its_answer_at_the_client(status: int) -> None:
    ada, invite = Endpoint(), request("INVITE")
    invite.body = BODY
    ada.asks(invite)
    ada.gets(invite.respond(status, to_tag="b"))
    ada.done.clear()
    del invite
    assert len(ada.layer) == 1
    assert requests_with_body() == []
    assert kept(ada) < 500


def requests_with_body() -> list[Request]:
    """The requests of these tests that somebody still holds."""
    gc.collect()
    return [o for o in gc.get_objects() if isinstance(o, Request) and o.body == BODY]


def kept(end: Endpoint) -> int:
    """How many bytes there are to be sent again."""
    transactions = [entry[0] for entry in end.layer._table._all.values()]
    return sum(len(transaction.data or b"") for transaction in transactions)
