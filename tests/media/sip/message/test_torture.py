"""The messages of RFC 4475 as a whole: the files are those of the RFC, and each has its outcome."""

from __future__ import annotations

import hashlib

import pytest

from media.sip.message import parse
from tests.media.sip.message.torture import FOLDER, OUTCOMES, data, parsed_as, taken_as

pytestmark = pytest.mark.unit

names = pytest.mark.parametrize("name", OUTCOMES)


def test_the_files_are_byte_for_byte_those_of_the_rfc() -> None:
    listed = (FOLDER / "SHA256SUMS").read_text(encoding="ascii").splitlines()
    sums = {name: digest for digest, name in (line.split() for line in listed)}
    found = {path.name: hashlib.sha256(path.read_bytes()) for path in FOLDER.glob("*.dat")}
    assert {name: digest.hexdigest() for name, digest in found.items()} == sums


def test_every_file_has_an_outcome() -> None:
    assert {path.stem for path in FOLDER.glob("*.dat")} == set(OUTCOMES)
    assert len([outcome for outcome in OUTCOMES.values() if outcome.section != "-"]) == 49


@names
def test_the_parser_does_as_the_table_says(name: str) -> None:
    assert parsed_as(data(name)) == OUTCOMES[name].parsed


@names
def test_a_phone_does_as_the_table_says(name: str) -> None:
    assert taken_as(data(name)) == OUTCOMES[name].taken


@pytest.mark.parametrize("name", [name for name, out in OUTCOMES.items() if out.parsed == 0])
def test_what_is_taken_goes_out_byte_for_byte(name: str) -> None:
    """Bytes after the end are not of the message, and one old message says no length."""
    came, sent = data(name), parse(data(name)).encode()
    if name == "inv2543":
        sent = sent.replace(b"Content-Length: 105\r\n", b"")
    assert came.startswith(sent)
    assert len(sent) == len(came) or name == "dblreq"
