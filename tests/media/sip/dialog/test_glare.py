"""Two who change a session at once (RFC 3261 14, RFC 3311 5)."""

from __future__ import annotations

import pytest

from media.sip.dialog.glare import Changes, Refusal, SessionBusy, back_off
from offhook.core.clock import SECOND

pytestmark = pytest.mark.unit


def test_an_invite_that_crosses_ours_gets_491() -> None:
    """RFC 3261 14.2."""
    changes = Changes()
    changes.begin("INVITE", offer=True)
    assert changes.take("INVITE", offer=True, drawn=3) == Refusal(491)
    assert changes.take("INVITE", offer=False, drawn=3) == Refusal(491)


def test_a_second_invite_before_the_first_is_answered_gets_500() -> None:
    """RFC 3261 14.2: with a random Retry-After."""
    changes = Changes()
    assert changes.take("INVITE", offer=True, drawn=3) is None
    assert changes.take("INVITE", offer=True, drawn=7) == Refusal(500, 7)


def test_no_invite_is_sent_while_another_is_under_way_in_either_direction() -> None:
    """RFC 3261 14.1."""
    ours, theirs = Changes(), Changes()
    ours.begin("INVITE", offer=False)
    theirs.take("INVITE", offer=False, drawn=0)
    for changes in (ours, theirs):
        with pytest.raises(SessionBusy):
            changes.begin("INVITE", offer=False)


def test_an_update_with_an_offer_that_crosses_ours_gets_491() -> None:
    """RFC 3311 5.2."""
    changes = Changes()
    changes.begin("INVITE", offer=True)
    assert changes.take("UPDATE", offer=True, drawn=3) == Refusal(491)


def test_an_update_with_an_offer_before_theirs_is_answered_gets_500() -> None:
    """RFC 3311 5.2."""
    changes = Changes()
    changes.take("INVITE", offer=True, drawn=0)
    assert changes.take("UPDATE", offer=True, drawn=4) == Refusal(500, 4)


def test_an_update_before_the_last_is_answered_gets_500_also_without_an_offer() -> None:
    """RFC 3311 5.2."""
    changes = Changes()
    changes.take("UPDATE", offer=False, drawn=0)
    assert changes.take("UPDATE", offer=False, drawn=0) == Refusal(500, 0)


def test_an_update_without_an_offer_disturbs_no_invite() -> None:
    """RFC 3311 5.1 and 5.2: it may refresh an early session."""
    changes = Changes()
    changes.begin("INVITE", offer=True)
    assert changes.take("UPDATE", offer=False, drawn=0) is None
    changes.begin("UPDATE", offer=False)


def test_an_offer_in_an_update_may_follow_as_soon_as_the_first_is_answered() -> None:
    """RFC 3311 5.1: while the INVITE still rings."""
    changes = Changes()
    changes.begin("INVITE", offer=True)
    with pytest.raises(SessionBusy):
        changes.begin("UPDATE", offer=True)
    changes.settled()
    changes.begin("UPDATE", offer=True)


def test_an_offer_in_a_response_counts() -> None:
    """RFC 3311 5.2, RFC 3262 5: a delayed offer."""
    changes = Changes()
    changes.take("INVITE", offer=False, drawn=0)
    changes.offered(by_us=True)
    assert changes.take("UPDATE", offer=True, drawn=0) == Refusal(491)


def test_when_all_is_answered_anyone_may_begin() -> None:
    """RFC 3261 14.1."""
    changes = Changes()
    changes.begin("INVITE", offer=True)
    changes.settled()
    changes.answered("INVITE", ours=True)
    assert changes.take("INVITE", offer=True, drawn=0) is None
    changes.settled()
    changes.answered("INVITE", ours=False)
    changes.begin("INVITE", offer=True)


def test_after_a_glare_the_two_wait_for_different_times() -> None:
    """2.1 to 4 seconds for the owner of the Call-ID, 0 to 2 for the other (RFC 3261 14.1)."""
    draws = [0.0, 0.25, 0.5, 0.9999999]
    owner = [back_off(drawn, owns_call_id=True) / SECOND for drawn in draws]
    other = [back_off(drawn, owns_call_id=False) / SECOND for drawn in draws]
    assert (owner[0], owner[-1]) == (2.1, 4.0)
    assert (other[0], other[-1]) == (0.0, 2.0)
    assert all(round(wait * 100) == wait * 100 for wait in other)
