"""Reliable provisional responses from both ends (RFC 3262)."""

from __future__ import annotations

import pytest

from media.sip.dialog.prack import FIRST_END, Ordered, RAck, Reliable, has_option, is_reliable
from media.sip.dialog.repeating import Repeat
from media.sip.message import BadMessage, Request, Response
from media.sip.transaction import Timers
from offhook.core.clock import SECOND, Micros
from offhook.core.errors import Conflict
from tests.media.sip.dialog.calls import answer, invite
from tests.media.sip.transaction.endpoint import request

pytestmark = pytest.mark.unit

T0 = Micros(0)


def uas(first: int = 7) -> Reliable:
    """Ben's side of Ada's INVITE, number 10."""
    return Reliable(invite(), first, Timers())


def prack(rack: object) -> Request:
    """Ada's PRACK."""
    asking = request("PRACK", cseq="11", to_tag="b")
    asking.headers.add("RAck", str(rack))
    return asking


def ringing(rseq: int | str) -> Response:
    """A reliable 180 as Ada hears it."""
    response = answer(invite(), 180)
    response.headers.add("Require", "100rel")
    response.headers.add("RSeq", str(rseq))
    return response


def test_a_reliable_response_says_so_and_has_a_number() -> None:
    """RFC 3262 3."""
    sent = uas(7).send(answer(invite(), 183), T0)
    assert (sent.headers.get("Require"), sent.headers.get("RSeq")) == ("100rel", "7")
    assert is_reliable(sent)
    assert not is_reliable(answer(invite(), 180))


def test_it_is_repeated_until_its_prack_comes() -> None:
    """RFC 3262 3."""
    ben = uas()
    ben.send(answer(invite(), 180), T0)
    assert ben.tick(Micros(SECOND // 2)) == [Repeat()]
    assert ben.take(prack(RAck(7, 10, "INVITE")), Micros(SECOND)) == 200
    assert (ben.waiting, ben.tick(Micros(99 * SECOND))) == (False, [])


@pytest.mark.parametrize(
    "rack", [RAck(8, 10, "INVITE"), RAck(7, 11, "INVITE"), RAck(7, 10, "UPDATE")]
)
def test_a_prack_of_something_else_gets_481(rack: RAck) -> None:
    """RFC 3262 3."""
    ben = uas()
    ben.send(answer(invite(), 180), T0)
    assert ben.take(prack(rack), T0) == 481
    assert ben.waiting


def test_a_second_prack_of_the_same_gets_481() -> None:
    """RFC 3262 3: it matches nothing that is unacknowledged."""
    ben = uas()
    ben.send(answer(invite(), 180), T0)
    statuses = [ben.take(prack(RAck(7, 10, "INVITE")), T0) for _ in range(2)]
    assert statuses == [200, 481]


def test_the_next_waits_for_the_prack_of_the_one_before_and_has_the_next_number() -> None:
    """RFC 3262 3."""
    ben = uas()
    ben.send(answer(invite(), 180), T0)
    with pytest.raises(Conflict):
        ben.send(answer(invite(), 183), T0)
    ben.take(prack(RAck(7, 10, "INVITE")), T0)
    assert ben.send(answer(invite(), 183), T0).headers.get("RSeq") == "8"


def test_a_2xx_waits_for_a_description_that_is_on_its_way() -> None:
    """RFC 3262 3."""
    ben, early = uas(), answer(invite(), 183)
    early.body = b"v=0"
    may = []
    for number, response in enumerate((answer(invite(), 180), early), start=7):
        ben.send(response, T0)
        may.append(ben.may_accept)
        ben.take(prack(RAck(number, 10, "INVITE")), T0)
        may.append(ben.may_accept)
    assert may == [True, True, False, True]


def test_nobody_waits_for_a_prack_for_ever() -> None:
    """After 64*T1 the INVITE is refused (RFC 3262 3)."""
    ben = uas()
    ben.send(answer(invite(), 180), T0)
    done: list[tuple[float, str]] = []
    while (at := ben.deadline) is not None:
        done += [(at / SECOND, type(effect).__name__) for effect in ben.tick(at)]
    repeats = [(at, "Repeat") for at in (0.5, 1.5, 3.5, 7.5, 15.5, 31.5)]
    assert done == [*repeats, (32, "GiveUp")]


def test_a_final_response_ends_the_copies_and_a_late_prack_is_still_taken() -> None:
    """RFC 3262 3."""
    ben = uas()
    ben.send(answer(invite(), 180), T0)
    ben.answered(T0)
    assert ben.deadline is None
    assert ben.take(prack(RAck(7, 10, "INVITE")), T0) == 200


@pytest.mark.parametrize("status", [100, 200, 404])
def test_only_some_responses_can_be_reliable(status: int) -> None:
    """RFC 3262 3: never 100."""
    with pytest.raises(ValueError, match="101"):
        uas().send(invite().respond(status), T0)


@pytest.mark.parametrize("first", [0, FIRST_END])
def test_the_first_number_leaves_room_for_others(first: int) -> None:
    """RFC 3262 3."""
    with pytest.raises(ValueError, match="RSeq"):
        uas(first)


def test_the_caller_takes_each_response_once_and_in_order() -> None:
    """RFC 3262 4."""
    ada = Ordered()
    taken = [ada.take(ringing(rseq)) for rseq in (7, 7, 9, 8, 9)]
    assert taken == [
        RAck(7, 10, "INVITE"),
        None,
        None,
        RAck(8, 10, "INVITE"),
        RAck(9, 10, "INVITE"),
    ]


@pytest.mark.parametrize("text", ["", "x", "0", "4294967296", "-1", "٣"])
def test_a_number_that_cannot_be_is_an_error(text: str) -> None:
    """RFC 3262 7.1."""
    with pytest.raises(BadMessage):
        Ordered().take(ringing(text))


@pytest.mark.parametrize("text", ["", "7 10", "7 x INVITE", "7 10 INVITE more"])
def test_a_prack_says_what_it_is_for(text: str) -> None:
    """RFC 3262 7.2."""
    with pytest.raises(BadMessage):
        uas().take(prack(text), T0)


def test_options_are_compared_without_case_and_named_once() -> None:
    """RFC 3261 20.32, 7.3.1."""
    response = answer(invite(), 180)
    response.headers.add("Require", "timer, 100REL")
    uas().send(response, T0)
    assert response.headers.values("Require") == ["timer", "100REL"]
    assert has_option(response, "Require")
