"""The server transaction of INVITE: RFC 3261 17.2.1 with RFC 6026, every timer by virtual time."""

from __future__ import annotations

import pytest

from media.sip.transaction import Hop, NoTransaction, Timers
from offhook.core.clock import SECOND
from offhook.core.errors import Conflict
from tests.media.sip.transaction.endpoint import (
    TCP,
    UDP,
    Endpoint,
    ended_at,
    messages,
    request,
    sent,
    sent_at,
    told,
)

pytestmark = pytest.mark.unit

INVITE = request("INVITE")
ACK = request("ACK", to_tag="b")


def test_a_user_that_thinks_has_100_said_for_it_after_200_milliseconds() -> None:
    """RFC 3261 17.2.1."""
    ben = Endpoint()
    ben.served(INVITE)
    ben.runs(10)
    assert sent_at(ben.done, "100") == [0.2]


def test_a_user_that_answers_at_once_needs_no_100() -> None:
    """RFC 3261 17.2.1."""
    ben = Endpoint()
    key, asked = ben.served(INVITE)
    ben.answers(asked, 180, key)
    ben.runs(10)
    assert sent_at(ben.done, "100") == []


def test_a_copy_of_the_invite_gets_the_last_provisional_response_and_nobody_is_told() -> None:
    """Proceeding (RFC 3261 17.2.1)."""
    ben = Endpoint()
    key, asked = ben.served(INVITE)
    assert ben.gets(INVITE) == []
    ben.answers(asked, 180, key)
    ben.answers(asked, 183, key)
    again = ben.gets(INVITE)
    assert (sent(again), told(again)) == (["183"], [])


def test_a_refusal_is_repeated_ever_more_rarely_until_64_t1() -> None:
    """Timers G and H (RFC 3261 17.2.1)."""
    ben = Endpoint()
    key, asked = ben.served(INVITE)
    ben.answers(asked, 486, key)
    done = ben.runs(60)
    pauses = [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert sent_at(ben.done, "486") == pauses
    assert (told([effect for _, effect in done]), ended_at(done)) == (["TimedOut"], [32])


def test_over_a_reliable_transport_a_refusal_is_sent_once_and_its_ack_awaited() -> None:
    """Timer G is not started (RFC 3261 17.2.1)."""
    ben = Endpoint()
    key, asked = ben.served(INVITE, TCP)
    ben.answers(asked, 486, key)
    ben.runs(60)
    assert (sent_at(ben.done, "486"), ended_at(ben.done)) == ([0], [32])


def test_a_copy_of_the_invite_gets_the_refusal_again() -> None:
    """Completed (RFC 3261 17.2.1)."""
    ben = Endpoint()
    key, asked = ben.served(INVITE)
    ben.answers(asked, 486, key)
    again = ben.gets(INVITE)
    assert (sent(again), told(again)) == (["486"], [])


def test_the_ack_of_a_refusal_ends_the_copies_and_is_no_business_of_the_user() -> None:
    """Confirmed, then Timer I (RFC 3261 17.2.1)."""
    ben = Endpoint()
    key, asked = ben.served(INVITE)
    ben.answers(asked, 486, key)
    ben.runs(1)
    assert [ben.gets(ACK), ben.gets(ACK), ben.gets(INVITE)] == [[], [], []]
    ben.runs(60)
    assert (sent_at(ben.done, "486"), ended_at(ben.done)) == ([0, 0.5], [6])


def test_over_a_reliable_transport_the_ack_ends_the_transaction_at_once() -> None:
    """Timer I is zero (RFC 3261 17.2.1)."""
    ben = Endpoint()
    key, asked = ben.served(INVITE, TCP)
    ben.answers(asked, 486, key)
    assert told(ben.gets(ACK, TCP)) == []
    assert (len(ben.layer), ben.layer.deadline) == (0, None)


@pytest.mark.parametrize("hop", [UDP, TCP], ids=["datagrams", "stream"])
def test_an_accepted_invite_takes_its_copies_silently_for_64_t1(hop: Hop) -> None:
    """Accepted and Timer L (RFC 6026 7.1)."""
    ben = Endpoint()
    key, asked = ben.served(INVITE, hop)
    ben.runs(3)
    ben.answers(asked, 200, key)
    assert ben.gets(INVITE, hop) == []
    ben.runs(60)
    assert (sent_at(ben.done, "200"), ended_at(ben.done)) == ([3], [35])


def test_copies_of_a_2xx_come_from_the_user_and_pass() -> None:
    """Accepted (RFC 6026 7.1, RFC 3261 13.3.1.4)."""
    ben = Endpoint()
    key, asked = ben.served(INVITE)
    ben.answers(asked, 200, key)
    ben.runs(0.5)
    assert sent(ben.answers(asked, 200, key)) == ["200"]
    ben.runs(60)
    with pytest.raises(NoTransaction):
        ben.answers(asked, 200, key)


def test_the_ack_of_a_2xx_reaches_the_user_in_or_out_of_the_transaction() -> None:
    """It has a branch of its own (RFC 3261 17.1.1.3); one with the old branch is taken also
    (RFC 6026 7.1)."""
    ben = Endpoint()
    key, asked = ben.served(INVITE)
    ben.answers(asked, 200, key)
    assert told(ben.gets(ACK)) == ["Acknowledged"]
    assert told(ben.gets(request("ACK", branch="z9hG4bK2", to_tag="b"))) == ["Acknowledged"]


def test_an_ack_before_any_answer_is_taken_silently() -> None:
    """Proceeding knows no ACK (RFC 3261 17.2.1)."""
    ben = Endpoint()
    key, asked = ben.served(INVITE)
    assert ben.gets(ACK) == []
    assert sent(ben.answers(asked, 486, key)) == ["486"]


@pytest.mark.parametrize(("final", "late"), [(200, 486), (200, 180), (486, 200), (486, 180)])
def test_what_is_answered_cannot_be_answered_otherwise(final: int, late: int) -> None:
    """There is one final response (RFC 3261 17.2.1)."""
    ben = Endpoint()
    key, asked = ben.served(INVITE)
    ben.answers(asked, final, key)
    with pytest.raises(Conflict):
        ben.answers(asked, late, key)


def test_a_user_that_forgets_an_invite_does_not_keep_it_for_ever() -> None:
    """As the proxies before us, by Timer C (RFC 3261 16.6)."""
    ben = Endpoint()
    key, asked = ben.served(INVITE)
    ben.answers(asked, 180, key)
    done = ben.runs(181)
    assert sent_at(done, "408") == [181]
    assert told([effect for _, effect in done]) == ["TimedOut"]
    ben.gets(ACK)
    ben.runs(60)
    assert (len(ben.layer), ben.layer.half_open) == (0, 0)


def test_each_provisional_response_puts_the_forgetting_off() -> None:
    """A UAS asks for more time by a response each minute (RFC 3261 13.3.1.1)."""
    ben = Endpoint()
    key, asked = ben.served(INVITE)
    for _ in range(10):
        ben.answers(asked, 180, key)
        ben.runs(60)
    assert sent(ben.answers(asked, 200, key)) == ["200"]


@pytest.mark.parametrize("status", [180, 200, 486])
def test_an_answer_that_cannot_be_sent_is_told_and_the_next_copy_may_get_through(
    status: int,
) -> None:
    """Transport errors end no INVITE server transaction (RFC 6026 7.1)."""
    ben = Endpoint()
    key, asked = ben.served(INVITE)
    ben.answers(asked, status, key)
    assert told(ben.fails(key)) == ["SendFailed"]
    assert len(ben.layer) == 1


def test_timers_follow_t1_and_t2_as_they_are_set() -> None:
    """Table 4 of RFC 3261 has all timers as multiples of T1, T2 and T4."""
    slow = Timers(t1=SECOND, t2=3 * SECOND, t4=SECOND)
    ben = Endpoint(timers=slow)
    key, asked = ben.served(INVITE)
    ben.answers(asked, 486, key)
    ben.runs(10)
    assert sent_at(ben.done, "486") == [0, 1, 3, 6, 9]
    assert slow.patience == 64 * SECOND


def test_the_tag_that_is_offered_is_the_same_for_copies_and_differs_between_calls() -> None:
    """RFC 3261 8.2.6.2."""
    ben = Endpoint()
    _, first = ben.served(INVITE)
    _, other = ben.served(request("INVITE", branch="z9hG4bK2", call_id="call-2"))
    assert len(first.to_tag) >= 8
    assert first.to_tag != other.to_tag


def test_100_has_no_tag_and_copies_the_timestamp() -> None:
    """RFC 3261 8.2.6.1 and 8.2.6.2."""
    ben = Endpoint()
    invite = request("INVITE")
    invite.headers.add("Timestamp", "54")
    ben.served(invite)
    ((_, trying),) = ben.runs(0.2)
    (response,) = messages([trying])
    assert (response.to.tag, response.headers.get("Timestamp")) == ("", "54")
