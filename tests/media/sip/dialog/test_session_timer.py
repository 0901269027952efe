"""Session timers: what both ends agree on, and what happens when (RFC 4028)."""

from __future__ import annotations

import pytest

from media.sip.dialog.session_timer import (
    Agreed,
    Agreement,
    SessionExpires,
    SessionTimer,
    State,
    TimerPolicy,
    agreed_by,
    refuse_as_too_brief,
)
from media.sip.message import BadMessage, Request
from offhook.core.clock import SECOND, Micros
from offhook.core.machine import Tick
from tests.media.sip.transaction.endpoint import request

pytestmark = pytest.mark.unit


def asking(expires: str = "", *, knows: bool = True, least: str = "") -> Request:
    """An INVITE with these wishes."""
    invite = request("INVITE")
    fields = (
        ("Supported", "timer" if knows else ""),
        ("Session-Expires", expires),
        ("Min-SE", least),
    )
    for name, value in fields:
        if value:
            invite.headers.add(name, value)
    return invite


@pytest.mark.parametrize(
    ("invite", "said", "ours"),
    [
        (asking("600;refresher=uac"), "600;refresher=uac", False),
        (asking("600;refresher=uas"), "600;refresher=uas", True),
        (asking("600"), "600;refresher=uas", True),
        (asking("7200"), "1800;refresher=uas", True),
        (asking("7200", least="3600"), "3600;refresher=uas", True),
        (asking(), "1800;refresher=uas", True),
        (asking(knows=False), "1800;refresher=uas", True),
        (asking("600;refresher=uac", knows=False), "600;refresher=uas", True),
    ],
    ids=["uac", "uas", "either", "shorter", "not too short", "none", "unknown", "proxy"],
)
def test_the_answer_says_how_long_and_who_refreshes(invite: Request, said: str, ours: bool) -> None:
    """RFC 4028 9, table 2."""
    response = invite.respond(200, to_tag="b")
    agreement = TimerPolicy().agree(invite, response)
    assert response.headers.get("Session-Expires") == said
    assert agreement == Agreement(int(said.partition(";")[0]), ours)
    assert ("Require" in response.headers) is ("Supported" in invite.headers)


def test_both_ends_agree_on_the_same() -> None:
    """RFC 4028 7.2 and 9."""
    invite = request("INVITE")
    TimerPolicy(seconds=600).propose(invite, refresher="uac")
    response = invite.respond(200, to_tag="b")
    assert TimerPolicy().agree(invite, response) == Agreement(600, we_refresh=False)
    assert agreed_by(response) == Agreement(600, we_refresh=True)
    assert agreed_by(invite.respond(200)) is None


def test_who_is_asked_for_too_little_says_what_is_enough_and_is_asked_again() -> None:
    """422 (RFC 4028 5, 7.3, 9)."""
    invite, strict = asking("120"), TimerPolicy(least=600)
    assert strict.too_brief(invite)
    refusal = refuse_as_too_brief(invite, strict, "b")
    assert (refusal.status, refusal.headers.get("Min-SE")) == (422, "600")
    TimerPolicy(seconds=120).raise_for(invite, refusal)
    assert (invite.headers.get("Session-Expires"), invite.headers.get("Min-SE")) == ("600", "600")
    assert not strict.too_brief(invite)


def test_who_does_not_know_the_timer_is_not_refused_for_it() -> None:
    """A proxy put it there (RFC 4028 9)."""
    assert not TimerPolicy(least=600).too_brief(asking("120", knows=False))


@pytest.mark.parametrize("text", ["", "soon", "-5", "99999999999"])
def test_an_interval_that_cannot_be_read_is_an_error(text: str) -> None:
    """RFC 4028 4."""
    invite = request("INVITE")
    invite.headers.add("Session-Expires", text)
    with pytest.raises(BadMessage):
        SessionExpires.of(invite)


def test_an_unknown_refresher_is_nobody() -> None:
    """RFC 4028 4."""
    assert SessionExpires.of(asking("600;refresher=me;x=1")) == SessionExpires(600)


def happens(timer: SessionTimer, until: int) -> list[tuple[float, str]]:
    """What it asks for, and when, in seconds."""
    done: list[tuple[float, str]] = []
    while (at := timer.deadline) is not None and at <= until * SECOND:
        done += [(at / SECOND, type(e).__name__) for e in timer.handle(Tick(), at)]
    return done


@pytest.mark.parametrize(
    ("agreement", "done"),
    [
        (Agreement(1800, we_refresh=True), [(900, "Refresh"), (1768, "Expire")]),
        (Agreement(1800, we_refresh=False), [(1768, "Expire")]),
        (Agreement(90, we_refresh=True), [(45, "Refresh"), (60, "Expire")]),
    ],
    ids=["refresher", "other", "short"],
)
def test_a_session_is_refreshed_at_half_and_ends_shortly_before_its_time(
    agreement: Agreement, done: list[tuple[float, str]]
) -> None:
    """RFC 4028 10."""
    timer = SessionTimer()
    timer.handle(Agreed(agreement), Micros(0))
    assert happens(timer, 9999) == done
    assert timer.state is State.EXPIRED
    assert timer.handle(Agreed(agreement), Micros(9999 * SECOND)) == []


def test_each_refresh_begins_the_interval_anew_and_may_change_the_roles() -> None:
    """RFC 4028 10, 7.4."""
    timer = SessionTimer()
    timer.handle(Agreed(Agreement(600, we_refresh=True)), Micros(0))
    assert happens(timer, 300) == [(300, "Refresh")]
    timer.handle(Agreed(Agreement(600, we_refresh=False)), Micros(300 * SECOND))
    assert happens(timer, 867) == []
    assert happens(timer, 868) == [(868, "Expire")]


def test_a_refresh_without_a_timer_turns_it_off() -> None:
    """RFC 4028 7.2."""
    timer = SessionTimer()
    timer.handle(Agreed(Agreement(600, we_refresh=True)), Micros(0))
    timer.handle(Agreed(None), Micros(1))
    assert happens(timer, 9999) == []
