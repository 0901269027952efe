"""The claims of tokens: LiveKit's defaults, the room that must be named, and times."""

from __future__ import annotations

from typing import Any

import pytest

from offhook.core.clock import SECOND, Micros
from offhook.core.contracts.grants import VideoGrant
from offhook.core.errors import Forbidden, OffhookError, Unauthenticated
from signalling.domain import tokens

pytestmark = pytest.mark.unit


def claims(**changed: Any) -> tokens.Claims:
    """A good token's claims, with changes."""
    payload = {
        "iss": "AK1",
        "sub": "ada",
        "exp": 2000,
        "video": {"roomJoin": True, "room": "standup"},
    }
    return tokens.parse({**payload, **changed})


def code_of(error: pytest.ExceptionInfo[OffhookError]) -> str:
    return error.value.code


def test_unset_publishing_and_subscribing_is_allowed_and_own_metadata_is_not() -> None:
    grants = tokens.grants_of(VideoGrant(room_join=True, room="standup"))
    assert grants.can_publish
    assert grants.can_subscribe
    assert grants.can_publish_data
    assert not grants.can_update_own_metadata
    assert len(grants.can_publish_sources) == 4


def test_data_follow_publishing_unless_told_otherwise() -> None:
    assert not tokens.grants_of(VideoGrant(can_publish=False)).can_publish_data
    assert tokens.grants_of(VideoGrant(can_publish=False, can_publish_data=True)).can_publish_data


def test_grants_survive_the_way_through_the_policy_table() -> None:
    grants = tokens.grants_of(VideoGrant(can_publish_sources=("microphone",), hidden=True))
    assert tokens.grants_of(tokens.video_of(grants, "standup")) == grants


def test_a_join_grant_without_a_room_is_refused() -> None:
    with pytest.raises(Forbidden) as error:
        tokens.room_of(claims(video={"roomJoin": True}))
    assert code_of(error) == "token_without_room"


def test_a_token_for_another_room_is_refused() -> None:
    with pytest.raises(Forbidden) as error:
        tokens.require_room(claims(), "boardroom")
    assert code_of(error) == "wrong_room"


@pytest.mark.parametrize(
    ("now", "changed", "code"),
    [
        (2010, {}, "token_expired"),
        (1000, {"nbf": 1011}, "token_not_yet_valid"),
        (1000, {"exp": float("nan")}, "token_expired"),
    ],
)
def test_a_token_out_of_its_time_is_refused(now: int, changed: dict[str, Any], code: str) -> None:
    with pytest.raises(Unauthenticated) as error:
        tokens.check_times(claims(**changed), Micros(now * SECOND))
    assert code_of(error) == code


def test_clocks_may_differ_by_a_few_seconds() -> None:
    tokens.check_times(claims(nbf=1005), Micros(1000 * SECOND))
    tokens.check_times(claims(), Micros(2005 * SECOND))


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": "tomorrow"},
        {"video": "all"},
        {"video": {"roomJoin": "yes"}},
        {"video": {"canPublishSources": ["kitchen"]}},
        {"attributes": {"a": 1}},
        {"desk": {"role": "boss"}},
        {"iss": None},
    ],
)
def test_claims_of_the_wrong_shape_are_no_token(changed: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated) as error:
        claims(**changed)
    assert code_of(error) == "token_invalid"


@pytest.mark.parametrize("identity", ["", "..", "a b", "a/b", "x" * 129, "a\x00"])
def test_a_token_needs_an_identity_that_can_be_one(identity: str) -> None:
    with pytest.raises(Unauthenticated) as error:
        tokens.identity_of(claims(sub=identity))
    assert error.value.field == "sub"


def test_unknown_claims_are_passed_over() -> None:
    assert claims(kind="standard", roomConfig={"name": "x"}).sub == "ada"
