"""The client transaction of other methods: RFC 3261 17.1.2, every timer by virtual time."""

from __future__ import annotations

import pytest

from tests.media.sip.transaction.endpoint import (
    TCP,
    Endpoint,
    ended_at,
    request,
    sent_at,
    told,
)

pytestmark = pytest.mark.unit

BYE = request("BYE", to_tag="b")


def test_a_request_is_sent_again_ever_more_rarely_up_to_every_t2() -> None:
    """Timer E (RFC 3261 17.1.2.2)."""
    ada = Endpoint()
    ada.asks(BYE)
    ada.runs(60)
    pauses = [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert sent_at(ada.done, "BYE") == pauses


def test_a_request_that_nobody_answers_ends_after_64_t1() -> None:
    """Timer F (RFC 3261 17.1.2.2)."""
    ada = Endpoint()
    ada.asks(BYE)
    done = ada.runs(60)
    assert told([effect for _, effect in done]) == ["TimedOut"]
    assert ended_at(done) == [32]


def test_after_a_provisional_response_copies_go_out_every_t2() -> None:
    """Timer E in Proceeding (RFC 3261 17.1.2.2)."""
    ada = Endpoint()
    ada.asks(BYE)
    ada.runs(0.1)
    assert told(ada.gets(BYE.respond(100))) == ["100"]
    ada.runs(13)
    assert sent_at(ada.done, "BYE") == [0, 0.5, 4.5, 8.5, 12.5]


def test_a_provisional_response_does_not_put_the_timeout_off() -> None:
    """Timer F also ends Proceeding (RFC 3261 17.1.2.2)."""
    ada = Endpoint()
    ada.asks(BYE)
    ada.runs(1)
    ada.gets(BYE.respond(100))
    ada.runs(60)
    assert ended_at(ada.done) == [32]


def test_over_a_reliable_transport_a_request_is_sent_once_and_still_times_out() -> None:
    """Timer E is not started (RFC 3261 17.1.2.2)."""
    ada = Endpoint()
    ada.asks(BYE, TCP)
    ada.runs(60)
    assert sent_at(ada.done, "BYE") == [0]
    assert ended_at(ada.done) == [32]


@pytest.mark.parametrize("status", [200, 302, 404, 503, 603])
def test_a_final_response_is_told_once_and_its_copies_are_taken_for_t4(status: int) -> None:
    """Timer K (RFC 3261 17.1.2.2)."""
    ada = Endpoint()
    ada.asks(BYE)
    ada.runs(1)
    assert told(ada.gets(BYE.respond(status))) == [str(status)]
    assert ada.gets(BYE.respond(status)) == []
    ada.runs(60)
    assert ended_at(ada.done) == [6]


def test_over_a_reliable_transport_a_final_response_ends_it_at_once() -> None:
    """Timer K is zero (RFC 3261 17.1.2.2)."""
    ada = Endpoint()
    ada.asks(BYE, TCP)
    assert told(ada.gets(BYE.respond(200), TCP)) == ["200"]
    assert (len(ada.layer), ada.layer.deadline) == (0, None)


def test_a_provisional_response_after_the_final_one_is_taken_silently() -> None:
    """Completed (RFC 3261 17.1.2.2)."""
    ada = Endpoint()
    ada.asks(BYE)
    ada.gets(BYE.respond(200))
    assert ada.gets(BYE.respond(100)) == []


def test_a_request_that_cannot_be_sent_tells_and_ends() -> None:
    """Transport errors (RFC 3261 17.1.4); not when the answer is there already."""
    ada = Endpoint()
    assert told(ada.fails(ada.asks(BYE))) == ["SendFailed"]
    assert len(ada.layer) == 0
    answered = ada.asks(BYE)
    ada.gets(BYE.respond(200))
    assert ada.fails(answered) == []
