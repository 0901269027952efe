"""A registration of ours: asked for, refreshed, taken back (RFC 3261 10.2, RFC 5626 4.5)."""

from __future__ import annotations

import itertools
from typing import TypeVar

import pytest

from media.sip.auth import DigestClient, Login
from media.sip.message import Request, Response
from media.sip.registrar import registration as r
from media.sip.transaction.effects import Requested
from media.sip.transaction.hop import Hop
from offhook.core.clock import SECOND
from offhook.core.machine import Tick
from tests.media.sip.registrar.test_registrar import PASSWORDS, START, Phones

pytestmark = pytest.mark.unit

E = TypeVar("E")
US = Hop("UDP", "192.0.2.50", 5060)
ACCOUNT = r.Account("sip:ada@pbx.example", "sip:pbx.example", "sip:ada@192.0.2.50:5060", 600)


class Trunk:
    """One registration, with time and what it wanted last."""

    def __init__(self, secret: str = PASSWORDS["ada"], account: r.Account = ACCOUNT) -> None:
        ids = itertools.count(1)
        client = DigestClient([Login("ada", secret)], lambda: "cnonce")
        self.machine = r.Registration(account, client, lambda: f"id{next(ids)}", lambda: 1.0)
        self.now = START
        self.effects: list[object] = []

    def happens(self, event: object) -> None:
        self.effects = self.machine.handle(event, self.now)

    def answered(self, status: int, *headers: tuple[str, str], contact: bool = False) -> None:
        """The registrar says so."""
        response = self.request.respond(status, to_tag="r")
        for name, value in headers:
            response.headers.add(name, value)
        if contact:
            response.headers.add("Contact", f"<{self.machine.account.contact}>;expires=600")
        self.happens(r.Answered(response))

    def wakes(self) -> float:
        """Go to the deadline; the seconds until then."""
        assert self.machine.deadline is not None
        waited = (self.machine.deadline - self.now) / SECOND
        self.now = self.machine.deadline
        self.happens(Tick())
        return waited

    def only(self, kind: type[E]) -> E:
        """The one effect, which is of this kind."""
        [effect] = self.effects
        assert isinstance(effect, kind), effect
        return effect

    @property
    def request(self) -> Request:
        """The request that it sent last."""
        return self.only(r.SendRequest).request


def talk(trunk: Trunk, phones: Phones) -> list[int]:
    """Let both talk until nothing more is sent; the answers."""
    statuses: list[int] = []
    while trunk.effects and isinstance(trunk.effects[0], r.SendRequest):
        request = trunk.request
        request.headers.prepend("Via", f"SIP/2.0/UDP 192.0.2.50;branch=z9hG4bK{len(statuses)}")
        answer: Response = phones.registrar.answer(Requested(request, US, "t"), trunk.now)
        statuses.append(answer.status)
        trunk.happens(r.Answered(answer))
    return statuses


def registered() -> Trunk:
    """One that is registered."""
    trunk = Trunk()
    trunk.happens(r.Start())
    trunk.answered(200, contact=True)
    return trunk


def test_with_our_own_registrar_it_is_registered_refreshed_and_removed() -> None:
    phones, trunk = Phones(), Trunk()
    trunk.happens(r.Start())
    assert talk(trunk, phones) == [401, 200]
    assert trunk.only(r.Registered).until == trunk.now + 600 * SECOND
    assert trunk.wakes() == 540
    assert talk(trunk, phones) == [401, 200], "the nonce is old by now"
    trunk.happens(r.Stop())
    assert talk(trunk, phones) == [200]
    assert trunk.effects == [r.Removed()]
    assert not len(phones.bindings)


def test_all_requests_have_one_call_id_and_growing_numbers() -> None:
    trunk = Trunk()
    trunk.happens(r.Start())
    first = trunk.request
    trunk.answered(423, ("Min-Expires", "900"))
    second = trunk.request
    assert (first.call_id, first.from_.tag) == (second.call_id, second.from_.tag)
    assert (first.cseq.number, second.cseq.number) == (1, 2)
    assert second.headers.get("Expires") == "900"


def test_a_wrong_password_is_not_tried_again_and_again() -> None:
    phones, trunk = Phones(), Trunk("wrong")
    trunk.happens(r.Start())
    assert talk(trunk, phones) == [401, 401]
    assert trunk.only(r.Lost).status == 401


def test_each_failure_is_waited_for_longer_up_to_half_an_hour() -> None:
    trunk = Trunk()
    trunk.happens(r.Start())
    waits = []
    for _ in range(9):
        trunk.happens(r.Unanswered("timeout"))
        assert trunk.only(r.Lost).reason == "timeout"
        waits.append(trunk.wakes())
    assert waits == [30, 60, 120, 240, 480, 960, 1800, 1800, 1800]


def test_after_a_success_waits_are_short_again() -> None:
    trunk = Trunk()
    trunk.happens(r.Start())
    for _ in range(5):
        trunk.happens(r.Unanswered("timeout"))
        trunk.wakes()
    trunk.answered(200, contact=True)
    trunk.wakes()
    trunk.happens(r.Unanswered("timeout"))
    assert trunk.wakes() == 30


def test_a_registrar_that_says_when_is_asked_then() -> None:
    trunk = Trunk()
    trunk.happens(r.Start())
    trunk.answered(503, ("Retry-After", "17 (maintenance)"))
    assert trunk.only(r.Lost).status == 503
    assert trunk.wakes() == 17


def test_an_answer_without_our_contact_is_no_registration() -> None:
    trunk = Trunk()
    trunk.happens(r.Start())
    trunk.answered(200, ("Contact", "<sip:ada@192.0.2.77>;expires=600"))
    assert trunk.only(r.Lost).reason == "The contact was not registered"


def test_a_shorter_time_than_asked_is_kept_to() -> None:
    trunk = Trunk()
    trunk.happens(r.Start())
    trunk.answered(200, ("Contact", f"<{ACCOUNT.contact}>;expires=60"))
    assert trunk.only(r.Registered).until == trunk.now + 60 * SECOND
    assert trunk.wakes() == 30


def test_what_says_nothing_lasts_as_long_as_was_asked() -> None:
    trunk = Trunk()
    trunk.happens(r.Start())
    trunk.answered(200, ("Contact", f"<{ACCOUNT.contact}>"))
    assert trunk.only(r.Registered).until == trunk.now + 600 * SECOND


def test_it_is_taken_back_while_it_is_asked_for() -> None:
    trunk = Trunk()
    trunk.happens(r.Start())
    trunk.happens(r.Stop())
    assert trunk.request.headers.get("Expires") == "0"
    trunk.happens(r.Unanswered("timeout"))
    assert trunk.effects == [r.Removed()]


def test_what_waits_is_given_up_without_a_word() -> None:
    trunk = Trunk()
    trunk.happens(r.Start())
    trunk.happens(r.Unanswered("timeout"))
    trunk.happens(r.Stop())
    assert trunk.effects == [r.Removed()]
    assert trunk.machine.deadline is None


def test_a_late_answer_changes_nothing() -> None:
    trunk = registered()
    deadline = trunk.machine.deadline
    trunk.happens(r.Unanswered("timeout"))
    assert (trunk.effects, trunk.machine.deadline) == ([], deadline)


def test_provisional_answers_are_waited_through() -> None:
    trunk = Trunk()
    trunk.happens(r.Start())
    request = trunk.request
    trunk.happens(r.Answered(request.respond(100)))
    assert trunk.machine.state is r.State.ASKING
