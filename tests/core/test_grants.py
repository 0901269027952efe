"""Grants: LiveKit's claims, read as LiveKit reads them."""

from __future__ import annotations

import msgspec
import pytest

from offhook.core.contracts.grants import DeskGrant, SipGrant, VideoGrant

pytestmark = pytest.mark.unit


def read(text: str) -> VideoGrant:
    return msgspec.json.decode(text, type=VideoGrant)


def test_a_grant_is_read_in_camel_case() -> None:
    grant = read(
        '{"roomJoin":true,"room":"demo","canPublish":true,"canPublishData":false,'
        '"canPublishSources":["microphone","screen_share_audio"],"canUpdateOwnMetadata":true,'
        '"roomAdmin":true,"roomCreate":true,"roomList":true,"roomRecord":true,"hidden":true,'
        '"recorder":true,"canSubscribe":false}'
    )
    assert grant == VideoGrant(
        room_join=True,
        room="demo",
        can_publish=True,
        can_subscribe=False,
        can_publish_data=False,
        can_publish_sources=("microphone", "screen_share_audio"),
        room_admin=True,
        room_create=True,
        room_list=True,
        room_record=True,
        hidden=True,
        recorder=True,
        can_update_own_metadata=True,
    )
    assert read(msgspec.json.encode(grant).decode()) == grant


def test_what_is_unset_is_not_written() -> None:
    grant = VideoGrant(room_join=True, room="demo")
    assert msgspec.json.encode(grant) == b'{"roomJoin":true,"room":"demo"}'


def test_claims_of_a_newer_kind_are_passed_over() -> None:
    assert read('{"roomJoin":true,"destinationRoom":"x"}') == VideoGrant(room_join=True)


@pytest.mark.parametrize(
    "text", ['{"roomJoin":"yes"}', '{"canPublishSources":["hologram"]}', '{"room":7}']
)
def test_a_claim_of_the_wrong_type_is_refused(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(text)


def test_unset_means_publish_subscribe_and_chat_but_not_rename() -> None:
    grant = VideoGrant()
    assert grant.may_publish("camera")
    assert grant.may_subscribe()
    assert grant.may_publish_data()
    assert not grant.may_update_own_metadata()
    assert grant.sources() == ("camera", "microphone", "screen_share", "screen_share_audio")


def test_sources_when_set_are_the_only_ones() -> None:
    grant = VideoGrant(can_publish_sources=("microphone",))
    assert grant.sources() == ("microphone",)
    assert grant.may_publish()


def test_an_empty_list_of_sources_says_nothing() -> None:
    assert VideoGrant(can_publish_sources=()).may_publish("camera")


def test_who_may_not_publish_may_publish_no_source_and_no_data() -> None:
    grant = VideoGrant(can_publish=False, can_publish_sources=("microphone",))
    assert grant.sources() == ()
    assert not grant.may_publish_data()
    assert VideoGrant(can_publish=False, can_publish_data=True).may_publish_data()


def test_the_claims_sip_and_desk() -> None:
    assert msgspec.json.decode(b'{"call":true}', type=SipGrant) == SipGrant(call=True)
    assert msgspec.json.decode(b'{"role":"agent"}', type=DeskGrant) == DeskGrant(role="agent")
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"role":"king"}', type=DeskGrant)


def test_who_is_hidden_publishes_and_chats_only_when_the_token_says_so() -> None:
    assert VideoGrant(hidden=True).sources() == ()
    assert not VideoGrant(hidden=True).may_publish_data()
    assert VideoGrant(hidden=True, can_publish=True).may_publish("microphone")
    assert VideoGrant(hidden=True, can_publish_sources=("microphone",)).sources() == ("microphone",)
