"""How much may be sent: each limit lets the last file in and refuses the next."""

from __future__ import annotations

import pytest

from offhook.core.errors import OffhookError
from signalling.domain.files.limits import FileLimits, Usage

pytestmark = pytest.mark.unit

LIMITS = FileLimits(size=100, mine=Usage(3, 200, 2), all=Usage(10, 500))


NOTHING = Usage()


def refusal(size: int, mine: Usage = NOTHING, all: Usage = NOTHING) -> str:
    try:
        LIMITS.require_size(size)
        LIMITS.require_place(size, mine, all)
    except OffhookError as error:
        return error.code
    return ""


def test_a_file_has_a_size_within_the_limit() -> None:
    assert [refusal(size) for size in (-1, 0, 1, 100, 101)] == [
        "file_empty", "file_empty", "", "", "file_too_large",
    ]  # fmt: skip


def test_one_person_sends_so_many_files_so_many_bytes_and_so_many_at_a_time() -> None:
    assert refusal(100, Usage(2, 100, 1), Usage(2, 100)) == ""
    assert refusal(1, Usage(3, 3, 0)) == "your_files_full"
    assert refusal(100, Usage(2, 101, 0)) == "your_files_full"
    assert refusal(1, Usage(2, 2, 2)) == "too_many_uploads"


def test_a_meeting_holds_so_many_files_and_so_many_bytes() -> None:
    assert refusal(100, all=Usage(9, 400)) == ""
    assert refusal(1, all=Usage(10, 10)) == "room_files_full"
    assert refusal(100, all=Usage(9, 401)) == "room_files_full"


def test_no_files_are_sent_where_the_limit_is_nought() -> None:
    off = FileLimits(size=0, mine=Usage(), all=Usage())
    with pytest.raises(OffhookError) as caught:
        off.require_size(1)
    assert caught.value.code == "files_off"
