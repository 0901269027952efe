"""The permission table: what nobody granted is forbidden."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.core.contracts.grants import DeskGrant, VideoGrant
from offhook.core.errors import Forbidden
from offhook.core.ids import AccountId
from offhook.core.policy import EVERYTHING, TABLE, Permission, Principal, Role, allowed, require

pytestmark = pytest.mark.unit

MAIN, OTHER = AccountId("AC1"), AccountId("AC2")
ALL = frozenset({EVERYTHING})
PERMISSIONS: tuple[Permission, ...] = get_args(Permission)
IN_A_ROOM: set[Permission] = {
    "rooms.join",
    "tracks.publish",
    "tracks.subscribe",
    "data.send",
    "self.update",
}

principals = st.builds(
    Principal,
    account=st.just(MAIN),
    role=st.sampled_from(Role),
    scopes=st.frozensets(st.sampled_from([EVERYTHING, *PERMISSIONS])),
    video=st.builds(
        VideoGrant,
        room_join=st.booleans(),
        room=st.sampled_from(["", "demo", "other"]),
        can_publish=st.sampled_from([None, True, False]),
        can_publish_sources=st.sampled_from([None, (), ("camera",)]),
        can_subscribe=st.sampled_from([None, True, False]),
        can_publish_data=st.sampled_from([None, True, False]),
        room_admin=st.booleans(),
        room_create=st.booleans(),
        room_list=st.booleans(),
        can_update_own_metadata=st.sampled_from([None, True, False]),
    ),
)
permissions = st.sampled_from(PERMISSIONS)
rooms = st.sampled_from([None, "demo", "other", ""])
sources = st.sampled_from([None, "camera", "microphone"])


def guest(scopes: frozenset[str] = ALL, **grants: object) -> Principal:
    video = VideoGrant(**{"room_join": True, "room": "demo", **grants})  # type: ignore[arg-type]
    return Principal.of_token(MAIN, "ines", scopes, video=video)


def granted(principal: Principal, room: str | None = "demo") -> set[Permission]:
    return {each for each in PERMISSIONS if allowed(principal, each, room=room, source="camera")}


def test_the_table_names_only_permissions_there_are() -> None:
    assert set(TABLE) == set(Role)
    for rules in TABLE.values():
        assert set(rules) <= set(PERMISSIONS)


def test_every_permission_is_somebodys() -> None:
    assert {permission for rules in TABLE.values() for permission in rules} == set(PERMISSIONS)


def test_a_plain_guest_talks_in_its_room_and_nothing_else() -> None:
    assert granted(guest()) == IN_A_ROOM - {"self.update"}
    assert granted(guest(can_update_own_metadata=True)) == IN_A_ROOM


def test_a_guest_is_nobody_in_another_room() -> None:
    assert granted(guest(room_admin=True), room="other") == set()
    assert granted(guest(room_admin=True), room=None) == set()


def test_a_grant_without_a_room_is_for_none() -> None:
    assert granted(guest(room="", room_admin=True), room="") == set()
    assert granted(guest(room="", room_admin=True), room=None) == set()


def test_a_moderator_sees_mutes_removes_and_locks_in_its_room_only() -> None:
    moderator = guest(room_admin=True)
    more = granted(moderator) - granted(guest())
    assert more == {"rooms.read", "rooms.admin", "participants.read", "participants.moderate"}


def test_a_listener_sends_nothing() -> None:
    assert granted(guest(can_publish=False)) == {"rooms.join", "tracks.subscribe"}


def test_a_source_that_is_not_listed_is_forbidden() -> None:
    singer = guest(can_publish_sources=("microphone",))
    assert allowed(singer, "tracks.publish", room="demo", source="microphone")
    assert not allowed(singer, "tracks.publish", room="demo", source="camera")
    assert allowed(singer, "data.send", room="demo")


def test_a_servers_token_lists_and_creates_by_its_claims() -> None:
    server = guest(room_join=False, room="", room_create=True, room_list=True)
    assert granted(server, room=None) == {"rooms.read", "rooms.write"}


def test_a_token_never_grants_more_than_its_key_may() -> None:
    everything = {"room_admin": True, "room_create": True, "room_list": True}
    narrow = guest(frozenset({"rooms.join"}), **everything)
    assert granted(narrow) == IN_A_ROOM - {"self.update"}
    assert granted(guest(frozenset(), **everything)) == set()
    desk = Principal.of_token(MAIN, "x", frozenset({"rooms.read"}), desk=DeskGrant(role="admin"))
    assert granted(desk) == {"rooms.read"}


def test_an_api_key_does_what_its_scopes_say_and_joins_no_room() -> None:
    key = Principal(MAIN, Role.INTEGRATOR, scopes=frozenset({"rooms.write", "events.read"}))
    assert granted(key) == {"rooms.write", "events.read"}
    whole = Principal(MAIN, Role.INTEGRATOR, scopes=ALL)
    of_people = {"sign_in.own", "desk.own", "desk.watch", "desk.supervise"}
    assert granted(whole) == set(PERMISSIONS) - IN_A_ROOM - of_people


def test_the_desk_claim_gives_the_role() -> None:
    agent = Principal.of_token(MAIN, "tom", ALL, desk=DeskGrant(role="agent"))
    boss = Principal.of_token(MAIN, "ana", ALL, desk=DeskGrant(role="supervisor"))
    assert agent.role is Role.AGENT
    assert not allowed(agent, "participants.moderate", room="demo")
    assert allowed(boss, "participants.moderate", room="demo")
    assert not allowed(boss, "keys.write")


def test_agents_do_not_read_what_all_customers_did() -> None:
    agent = Principal.of_token(MAIN, "tom", ALL, desk=DeskGrant(role="agent"))
    boss = Principal.of_token(MAIN, "ana", ALL, desk=DeskGrant(role="supervisor"))
    of_all: set[Permission] = {
        *("agents.supervise", "sessions.read", "sessions.write"),
        *("tasks.read", "tasks.write"),
    }
    assert not of_all & granted(agent)
    assert of_all <= granted(boss)


def test_agents_look_contacts_up_and_write_them_but_take_none_away() -> None:
    agent = Principal.of_token(MAIN, "tom", ALL, desk=DeskGrant(role="agent"))
    boss = Principal.of_token(MAIN, "ana", ALL, desk=DeskGrant(role="supervisor"))
    in_bulk: set[Permission] = {"contacts.delete", "contacts.import", "contacts.export"}
    assert {"contacts.read", "contacts.write"} <= granted(agent)
    assert not in_bulk & granted(agent)
    assert in_bulk <= granted(boss)


def test_a_visitor_only_takes_its_place() -> None:
    video = VideoGrant(room_join=True, room="demo", room_admin=True, room_create=True)
    visitor = Principal(MAIN, Role.VISITOR, "v", ALL, video)
    assert granted(visitor) == IN_A_ROOM - {"self.update"}


def test_a_refusal_says_what_is_missing() -> None:
    with pytest.raises(Forbidden) as refused:
        require(guest(), "participants.moderate", room="demo")
    assert refused.value.code == "not_allowed"
    assert refused.value.detail == "this needs participants.moderate in room demo"
    require(guest(), "rooms.join", room="demo")


@given(principals, permissions, rooms, sources)
def test_nobody_reaches_into_another_account(
    principal: Principal, permission: Permission, room: str | None, source: str | None
) -> None:
    assert not allowed(principal, permission, account=OTHER, room=room, source=source)


@given(principals, permissions, rooms, sources)
def test_without_a_scope_nothing_is_allowed(
    principal: Principal, permission: Permission, room: str | None, source: str | None
) -> None:
    if allowed(principal, permission, account=MAIN, room=room, source=source):
        scope = "rooms.join" if permission in IN_A_ROOM else permission
        assert {scope, EVERYTHING} & principal.scopes
        assert permission in TABLE[principal.role]


@given(principals, st.sampled_from(sorted(IN_A_ROOM)), rooms, sources)
def test_a_place_in_a_room_comes_only_from_a_token_for_it(
    principal: Principal, permission: Permission, room: str | None, source: str | None
) -> None:
    if allowed(principal, permission, room=room, source=source):
        assert principal.video.room_join
        assert principal.video.room == room != ""
