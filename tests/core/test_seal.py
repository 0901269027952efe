"""Sealing: only the same key and the same context open it, and erasing is deleting one key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.core.seal import SealBroken, Sealer

pytestmark = pytest.mark.unit

sealer = Sealer(b"k" * 32)


@given(st.binary(max_size=200), st.binary(max_size=20))
def test_what_is_sealed_opens_again(plain: bytes, context: bytes) -> None:
    sealed = sealer.seal(plain, context)
    assert sealer.open(sealed, context) == plain
    assert len(sealed) == len(plain) + 1 + 12 + 16


@given(st.text(max_size=100))
def test_a_text_of_a_contact_opens_with_the_contacts_key(text: str) -> None:
    key = sealer.new_contact_key()
    assert sealer.open_for(key, sealer.seal_for(key, text)) == text


@given(st.binary(min_size=1, max_size=50), st.data())
def test_a_changed_bit_breaks_the_seal(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(sealer.seal(plain, b"context"))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SealBroken):
        sealer.open(bytes(sealed), b"context")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" + b"n" * 12, b"\x02" + b"n" * 40])
def test_what_was_never_sealed_does_not_open(sealed: bytes) -> None:
    with pytest.raises(SealBroken):
        sealer.open(sealed, b"context")


def test_another_context_or_another_master_key_does_not_open() -> None:
    sealed = sealer.seal(b"secret", b"api-key AK1")
    with pytest.raises(SealBroken):
        sealer.open(sealed, b"api-key AK2")
    with pytest.raises(SealBroken):
        Sealer(b"x" * 32).open(sealed, b"api-key AK1")


def test_a_contacts_text_does_not_open_with_anothers_key() -> None:
    mine, theirs = sealer.new_contact_key(), sealer.new_contact_key()
    with pytest.raises(SealBroken):
        sealer.open_for(theirs, sealer.seal_for(mine, "Inès"))


def test_a_text_and_a_key_are_not_taken_for_each_other() -> None:
    key = sealer.new_contact_key()
    with pytest.raises(SealBroken):
        sealer.seal_for(sealer.seal_for(key, "k" * 32), "text")


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert sealer.seal(b"a", b"c") != sealer.seal(b"a", b"c")


def test_a_master_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes, not 32"):
        Sealer(b"k" * 16)
