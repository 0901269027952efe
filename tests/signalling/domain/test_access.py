"""Who may open /r/<name>."""

from __future__ import annotations

import pytest

from offhook.core.errors import OffhookError
from signalling.domain.access import Door, makes, require_admitted

pytestmark = pytest.mark.unit


def test_with_the_demo_data_any_name_opens() -> None:
    assert makes(Door(any_name_opens=True)) == "link"


def test_an_invitation_makes_the_room_it_names() -> None:
    assert makes(Door(any_name_opens=False, invited=True)) == "token"


def test_a_room_that_exists_is_not_made_again() -> None:
    assert makes(Door(any_name_opens=True, access="token")) is None


@pytest.mark.parametrize(
    "door",
    [
        Door(any_name_opens=False, access="link"),
        Door(any_name_opens=False, access="token", invited=True),
        Door(any_name_opens=False, access="link", locked=True, full=True, inside=True),
        Door(any_name_opens=False, access="link", locked=True, admin=True, invited=True),
    ],
)
def test_those_with_a_reason_come_in(door: Door) -> None:
    require_admitted(door)


@pytest.mark.parametrize(
    ("door", "code"),
    [
        (Door(any_name_opens=True, access="token"), "not_invited"),
        (Door(any_name_opens=True, access="link", locked=True), "room_locked"),
        (Door(any_name_opens=True, access="link", full=True), "room_full"),
    ],
)
def test_the_others_are_told_why_not(door: Door, code: str) -> None:
    with pytest.raises(OffhookError) as error:
        require_admitted(door)
    assert error.value.code == code


def test_without_demo_and_invitation_there_is_no_such_room() -> None:
    with pytest.raises(OffhookError) as error:
        makes(Door(any_name_opens=False))
    assert error.value.code == "room_not_found"
