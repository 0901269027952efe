"""Bytes are what they are declared as, or they are refused."""

from __future__ import annotations

import pytest

from offhook.core.errors import UnsupportedMedia
from signalling.domain.files.kinds import KINDS, kind_of
from tests.support.files import DOCX, GOOD, ODT, XLSX, inspect, office, png_of, zipped

pytestmark = pytest.mark.unit

MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"


def refused(type: str, data: bytes) -> str:
    with pytest.raises(UnsupportedMedia) as caught:
        inspect(type, data)
    assert caught.value.status == 415
    return caught.value.code


def test_there_is_a_good_file_of_every_kind() -> None:
    assert GOOD.keys() == {kind.type for kind in KINDS}


@pytest.mark.parametrize("type", GOOD)
@pytest.mark.parametrize("piece", [1, 7, 100_000])
def test_a_file_is_what_it_says_it_is(type: str, piece: int) -> None:
    inspect(type, GOOD[type], piece)


@pytest.mark.parametrize("declared", [t for t in GOOD if not t.startswith("text/")])
@pytest.mark.parametrize("found", GOOD)
def test_a_file_is_nothing_else(declared: str, found: str) -> None:
    if declared != found:
        assert refused(declared, GOOD[found]) == "file_type_mismatch"


@pytest.mark.parametrize("found", [t for t in GOOD if not t.startswith("text/")])
def test_what_is_not_text_is_not_sent_as_text(found: str) -> None:
    if found != "application/pdf":
        assert refused("text/plain", GOOD[found]) == "file_type_mismatch"


@pytest.mark.parametrize(
    "data", [b"a\x00b", b"\xff\xfea\x00", b"caf\xe9", b"\x1b[2J", "ü".encode()[:1]]
)
def test_text_is_utf_8_without_control_characters(data: bytes) -> None:
    assert refused("text/plain", data) == "file_type_mismatch"


@pytest.mark.parametrize("type", [t for t in GOOD if not t.startswith("text/")])
@pytest.mark.parametrize("length", [1, 3, 5, 8])
def test_the_beginning_of_a_file_is_no_file(type: str, length: int) -> None:
    if type == "application/pdf" and length > 4:
        return
    assert refused(type, GOOD[type][:length]) == "file_type_mismatch"


@pytest.mark.parametrize(
    "type", ["image/svg+xml", "text/html", "application/zip", "application/x-msdownload", ""]
)
def test_what_a_browser_or_a_machine_would_run_is_not_sent(type: str) -> None:
    with pytest.raises(UnsupportedMedia) as caught:
        kind_of(type)
    assert caught.value.code == "file_type_not_allowed"


def test_a_media_type_may_have_parameters_and_another_name() -> None:
    assert kind_of("Text/Plain; charset=UTF-8").type == "text/plain"
    assert kind_of("image/jpg").type == "image/jpeg"


def test_a_picture_that_would_fill_the_memory_of_who_sees_it_is_refused() -> None:
    assert refused("image/png", png_of(60_000, 60_000, b"")) == "picture_too_large"
    inspect("image/png", png_of(10_000, 10_000, b""))


def test_a_picture_of_no_size_is_none() -> None:
    assert refused("image/png", png_of(0, 10, b"")) == "file_type_mismatch"


def test_a_document_with_macros_is_refused_whatever_it_is_called() -> None:
    assert refused(DOCX, office(main=MACROS)) == "file_type_mismatch"
    assert refused(DOCX, office(DOCX, ("word/vbaProject.bin", "x"))) == "file_type_mismatch"


def test_any_other_archive_is_no_document() -> None:
    assert refused(DOCX, zipped(("a.txt", "a"))) == "file_type_mismatch"
    assert refused(ODT, zipped(("a.txt", "a"), ("mimetype", ODT + "-template"))) == (
        "file_type_mismatch"
    )
    assert refused(XLSX, b"#!/bin/sh\n" + office(XLSX)) == "file_type_mismatch"


def test_a_list_of_types_that_unpacks_to_gigabytes_is_not_unpacked() -> None:
    bomb = zipped(("a", "a"), ("[Content_Types].xml", " " * 50_000_000))
    assert len(bomb) < 100_000
    assert refused(DOCX, bomb) == "file_type_mismatch"


def test_an_archive_that_names_an_entry_twice_is_refused() -> None:
    whole = office(DOCX, ("one", "1"), ("two", "2"))
    inspect(DOCX, whole)
    assert refused(DOCX, whole.replace(b"two", b"one")) == "file_type_mismatch"
