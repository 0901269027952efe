"""Our way into libsrtp gives what pylibsrtp's own gives, and refuses what it refuses."""

from __future__ import annotations

import pytest
from pylibsrtp import Policy, Session

from media.sfu.datapath.plans import SrtpMaterial
from media.sfu.datapath.srtp import PROFILES, Profile, Srtp, SrtpError

pytestmark = pytest.mark.unit


def _both(profile: Profile) -> tuple[Srtp, Session]:
    material = bytes(range(profile.exported))
    key, salt = profile.key, profile.salt
    server = material[key : 2 * key] + material[2 * key + salt : profile.exported]
    policy = Policy(server, Policy.SSRC_ANY_OUTBOUND, srtp_profile=profile.policy)
    return Srtp(SrtpMaterial(profile.name, material)), Session(policy)


def _packet(number: int, size: int) -> bytes:
    return b"\x80\x60" + number.to_bytes(2) + bytes(4) + b"SSRC" + bytes(size)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_packets_are_protected_as_by_the_library(profile: Profile) -> None:
    ours, theirs = _both(profile)
    for number, size in enumerate((0, 1, 160, 1188)):
        packet = _packet(number, size)
        assert ours.protect(packet) == theirs.protect(packet)


def test_a_packet_that_leaves_no_room_for_the_tag_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        _both(PROFILES[0])[0].protect(_packet(1, 1500))


def test_what_is_no_packet_is_refused() -> None:
    with pytest.raises(SrtpError):
        _both(PROFILES[0])[0].protect(b"\x80")
