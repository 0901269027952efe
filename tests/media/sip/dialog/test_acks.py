"""The ACK of a 2xx is sent again for each of its copies (RFC 3261 13.2.2.4)."""

from __future__ import annotations

import pytest

from media.sip.dialog.acks import Acks
from media.sip.transaction import Send
from offhook.core.clock import SECOND, Micros
from tests.media.sip.dialog.calls import answer, invite
from tests.media.sip.transaction.endpoint import UDP

pytestmark = pytest.mark.unit

T0 = Micros(0)


def test_a_copy_of_the_2xx_gets_the_same_bytes_again() -> None:
    """RFC 3261 13.2.2.4: passed to the transport for every 2xx."""
    acks = Acks(32 * SECOND)
    first = acks.keep(answer(invite()), b"ACK 1", UDP, T0)
    assert first == acks.again(answer(invite())) == Send(b"ACK 1", UDP)


def test_each_fork_and_each_invite_has_an_ack_of_its_own() -> None:
    """By Call-ID, both tags and the number (RFC 3261 12, 13.2.2.4)."""
    acks = Acks(32 * SECOND)
    acks.keep(answer(invite(), tag="b"), b"ACK b", UDP, T0)
    acks.keep(answer(invite(), tag="c"), b"ACK c", UDP, T0)
    again = acks.again(answer(invite(), tag="c"))
    assert again is not None
    assert again.data == b"ACK c"
    assert acks.again(answer(invite(), tag="d")) is None


def test_an_ack_is_forgotten_after_64_t1() -> None:
    """RFC 3261 13.2.2.4."""
    acks = Acks(32 * SECOND)
    acks.keep(answer(invite()), b"ACK", UDP, T0)
    assert acks.deadline == 32 * SECOND
    acks.tick(Micros(32 * SECOND))
    assert acks.again(answer(invite())) is None
    assert len(acks) == 0
