"""Who is in the room, fact by fact."""

from __future__ import annotations

import pytest

from media.peers.protocol import Fact, Snapshot, read, read_ack
from media.peers.roster import Roster
from offhook.core.contracts.events import ParticipantView
from offhook.core.errors import NotFound, OffhookError, Unavailable

pytestmark = pytest.mark.unit

MICROPHONE = {"sid": "TR-1", "source": "microphone", "kind": "audio", "muted": False}
BEN = {
    "sid": "PA-ben",
    "identity": "ben",
    "name": "Ben",
    "state": "active",
    "joined_at": "2026-11-20T00:00:00.000Z",
    "metadata": "",
    "attributes": {},
    "can_publish": True,
    "can_publish_sources": ["microphone", "camera"],
    "moderator": False,
    "tracks": [MICROPHONE],
}


def roster_after(*facts: tuple[str, dict[str, object]]) -> Roster:
    """An empty room in which some things happened."""
    roster = Roster()
    roster.load(Snapshot(seq=10, participants=[]))
    for seq, (kind, data) in enumerate(facts, 11):
        roster.apply(Fact(seq=seq, type=kind, data=data))
    return roster


def test_somebody_who_joins_is_known_with_their_tracks() -> None:
    roster = roster_after(("participant_joined", {"participant": BEN}))
    known = roster.track("TR-1")
    assert known is not None
    assert (known.identity, known.track.source, roster.seq) == ("ben", "microphone", 11)


def test_a_snapshot_replaces_what_was_known() -> None:
    roster = roster_after(("participant_joined", {"participant": BEN}))
    camera = {"sid": "TR-9", "source": "camera", "kind": "video", "muted": False}
    ada = read({**BEN, "sid": "PA-ada", "identity": "ada", "tracks": [camera]}, ParticipantView)
    roster.load(Snapshot(seq=40, participants=[ada]))
    assert roster.identities() == {"ada"}
    assert roster.track("TR-1") is None
    assert roster.track("TR-9") is not None


def test_tracks_come_and_go() -> None:
    camera = {"sid": "TR-2", "source": "camera", "kind": "video", "muted": False}
    roster = roster_after(
        ("participant_joined", {"participant": BEN}),
        ("track_published", {"participant": "PA-ben", "track": camera}),
        ("track_unpublished", {"participant": "PA-ben", "track": "TR-1"}),
    )
    assert roster.track("TR-1") is None
    assert roster.track("TR-2") is not None


def test_whoever_leaves_takes_their_tracks_along() -> None:
    roster = roster_after(
        ("participant_joined", {"participant": BEN}),
        ("participant_left", {"participant": "PA-ben", "identity": "ben", "reason": "x"}),
    )
    assert roster.identities() == set()
    assert roster.track("TR-1") is None
    assert roster.identity("PA-ben") == ""


def test_facts_that_the_snapshot_had_are_passed_over() -> None:
    roster = roster_after()
    roster.apply(Fact(seq=10, type="participant_joined", data={"participant": BEN}))
    assert roster.identities() == set()


def test_facts_that_say_nothing_to_a_peer_only_count() -> None:
    roster = roster_after(("hidden", {}), ("chat_sent", {"message": {}}), ("not_yet_invented", {}))
    assert roster.seq == 13


def test_a_refusal_is_raised_as_the_error_it_is() -> None:
    problem = {"status": 404, "code": "gone", "detail": "the place was given up", "type": "x"}
    with pytest.raises(NotFound) as caught:
        read_ack({"ok": False, "error": problem}, dict)
    assert (caught.value.code, caught.value.detail) == ("gone", "the place was given up")


def test_a_status_that_is_not_ours_is_still_an_error() -> None:
    with pytest.raises(OffhookError, match="teapot"):
        read_ack({"ok": False, "error": {"status": 418, "code": "teapot"}}, dict)


def test_nonsense_from_the_server_is_named() -> None:
    with pytest.raises(Unavailable, match="bad Fact"):
        read({"seq": "one"}, Fact)
