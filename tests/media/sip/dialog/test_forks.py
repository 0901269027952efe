"""One INVITE with several answers (RFC 3261 13.2.2, 12.1.2)."""

from __future__ import annotations

import pytest

from media.sip.dialog import Forks
from media.sip.message import BadMessage
from offhook.core.clock import SECOND, Micros
from tests.media.sip.dialog.calls import answer, invite

pytestmark = pytest.mark.unit

T0 = Micros(0)


def forks() -> Forks:
    """An INVITE that has just gone out."""
    return Forks(invite(), 32 * SECOND)


def test_each_tag_makes_an_early_dialog_of_its_own() -> None:
    """RFC 3261 12.1.2."""
    calls = forks()
    heard = [calls.hear(answer(invite(), 180, tag), T0) for tag in ("b", "c", "b")]
    assert [h.new for h in heard if h] == [True, True, False]
    assert heard[0] is not None
    assert heard[2] is not None
    assert heard[0].dialog is heard[2].dialog


def test_what_makes_no_dialog_is_told_apart() -> None:
    """100, and a ringing without a tag or an address (RFC 3261 12.1)."""
    calls, bare = forks(), invite().respond(180, to_tag="b")
    for response in (invite().respond(100), invite().respond(180), bare):
        assert calls.hear(response, T0) is None
    assert calls.dialogs == {}


def test_the_first_2xx_of_each_dialog_confirms_it_and_copies_do_not() -> None:
    """RFC 3261 13.2.2.4."""
    calls = forks()
    calls.hear(answer(invite(), 180, "b"), T0)
    heard = [calls.hear(answer(invite(), 200, tag), T0) for tag in ("b", "b", "c")]
    assert [(h.new, h.confirmed) for h in heard if h] == [
        (False, True),
        (False, False),
        (True, True),
    ]


def test_branches_that_are_early_when_the_others_are_settled_end() -> None:
    """64*T1 after the first 2xx (RFC 3261 13.2.2.4)."""
    calls = forks()
    calls.hear(answer(invite(), 180, "c"), T0)
    calls.hear(answer(invite(), 200, "b"), T0)
    calls.hear(answer(invite(), 200, "d"), Micros(5 * SECOND))
    assert calls.deadline == 32 * SECOND
    assert calls.tick(Micros(32 * SECOND - 1)) == []
    assert [d.id.remote_tag for d in calls.tick(Micros(32 * SECOND))] == ["c"]
    assert sorted(calls.dialogs) == ["b", "d"]
    assert calls.tick(Micros(99 * SECOND)) == []


def test_a_refusal_ends_all_early_dialogs() -> None:
    """RFC 3261 13.2.2.3, 12.3."""
    calls = forks()
    for tag in ("b", "c"):
        calls.hear(answer(invite(), 183, tag), T0)
    assert [dialog.id.remote_tag for dialog in calls.refuse()] == ["b", "c"]
    assert calls.dialogs == {}


def test_a_2xx_that_nobody_can_be_reached_by_is_an_error() -> None:
    """RFC 3261 12.1.2."""
    with pytest.raises(BadMessage):
        forks().hear(invite().respond(200, to_tag="b"), T0)
