"""The server transaction of other methods: RFC 3261 17.2.2 with RFC 4320, by virtual time."""

from __future__ import annotations

import pytest

from media.sip.transaction import NoTransaction, Timers
from offhook.core.clock import SECOND
from offhook.core.errors import Conflict, InvalidInput
from tests.media.sip.transaction.endpoint import (
    TCP,
    Endpoint,
    ended_at,
    request,
    sent,
    sent_at,
    told,
)

pytestmark = pytest.mark.unit

METHODS = ["BYE", "OPTIONS", "REGISTER", "INFO", "MESSAGE", "NOTIFY", "PRACK", "REFER", "X-NEW"]


@pytest.mark.parametrize("method", METHODS)
def test_copies_of_any_request_get_the_same_answer_and_reach_nobody(method: str) -> None:
    """Trying and Completed (RFC 3261 17.2.2)."""
    ben, asking = Endpoint(), request(method)
    key, asked = ben.served(asking)
    assert ben.gets(asking) == []
    ben.answers(asked, 200, key)
    again = ben.gets(asking)
    assert (sent(again), told(again)) == (["200"], [])


def test_an_answered_request_is_kept_for_64_t1_over_datagrams() -> None:
    """Timer J (RFC 3261 17.2.2)."""
    ben = Endpoint()
    key, asked = ben.served(request("BYE"))
    ben.runs(1)
    ben.answers(asked, 200, key)
    ben.runs(60)
    assert ended_at(ben.done) == [33]
    with pytest.raises(NoTransaction):
        ben.answers(asked, 200, key)


def test_over_a_reliable_transport_the_answer_ends_the_transaction() -> None:
    """Timer J is zero (RFC 3261 17.2.2)."""
    ben = Endpoint()
    key, asked = ben.served(request("BYE"), TCP)
    assert sent(ben.answers(asked, 200, key)) == ["200"]
    assert (len(ben.layer), ben.layer.deadline) == (0, None)


def test_a_slow_user_has_100_said_for_it_when_copies_are_t2_apart() -> None:
    """Neither earlier nor not at all (RFC 4320 4.1)."""
    ben = Endpoint()
    ben.served(request("REGISTER"))
    ben.runs(30)
    assert sent_at(ben.done, "100") == [3.5]
    assert Timers(t1=SECOND, t2=4 * SECOND).slow == 3 * SECOND


def test_an_early_100_is_refused_over_datagrams_only() -> None:
    """RFC 4320 4.1."""
    ben = Endpoint()
    key, asked = ben.served(request("REGISTER"))
    with pytest.raises(InvalidInput):
        ben.answers(asked, 100, key)
    key, asked = ben.served(request("REGISTER", branch="z9hG4bK2", cseq="2"), TCP)
    assert sent(ben.answers(asked, 100, key)) == ["100"]


@pytest.mark.parametrize("status", [180, 183, 408])
def test_answers_that_harm_other_requests_than_invite_are_refused(status: int) -> None:
    """RFC 4320 4.1 and 4.2."""
    ben = Endpoint()
    key, asked = ben.served(request("OPTIONS"))
    with pytest.raises(InvalidInput):
        ben.answers(asked, status, key)
    assert sent(ben.answers(asked, 200, key)) == ["200"]


def test_a_user_that_forgets_a_request_does_not_keep_it_for_ever() -> None:
    """The client has given up by Timer F, and wants no answer any more (RFC 4320 4.2)."""
    ben = Endpoint()
    ben.served(request("OPTIONS"))
    done = ben.runs(60)
    assert (told([effect for _, effect in done]), ended_at(done)) == (["TimedOut"], [32])


def test_after_100_copies_get_it_again_until_the_answer() -> None:
    """Proceeding (RFC 3261 17.2.2)."""
    ben, register = Endpoint(), request("REGISTER")
    key, asked = ben.served(register)
    ben.runs(4)
    assert sent(ben.gets(register)) == ["100"]
    ben.answers(asked, 200, key)
    assert sent(ben.gets(register)) == ["200"]


def test_what_is_answered_cannot_be_answered_otherwise() -> None:
    """Completed discards other final responses (RFC 3261 17.2.2)."""
    ben = Endpoint()
    key, asked = ben.served(request("OPTIONS"))
    ben.answers(asked, 200, key)
    with pytest.raises(Conflict):
        ben.answers(asked, 404, key)


def test_an_answer_that_cannot_be_sent_is_told_and_ends_the_transaction() -> None:
    """Transport errors (RFC 3261 17.2.4)."""
    ben = Endpoint()
    key, asked = ben.served(request("OPTIONS"))
    ben.answers(asked, 200, key)
    assert told(ben.fails(key)) == ["SendFailed"]
    assert len(ben.layer) == 0
