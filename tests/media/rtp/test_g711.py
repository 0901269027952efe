"""G.711: each code means what the standard says, and what is encoded is near what was said."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from media.rtp.codec import CodecError
from media.rtp.g711 import G711, PCMA, PCMU

pytestmark = pytest.mark.unit

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    audioop = pytest.importorskip("audioop")

ALL_CODES = bytes(range(256))
ALL_SAMPLES = np.arange(65536, dtype=np.uint16).view(np.int16)
LAWS = pytest.mark.parametrize("law", [PCMU, PCMA], ids=lambda law: law.name)

#: Points of ITU-T G.711, tables 1 and 2, scaled to 16 bits.
ULAW = {0x80: 32124, 0x00: -32124, 0xFF: 0, 0x7F: 0, 0xFE: 8, 0x7E: -8, 0x8F: 16764, 0xEF: 132}
ALAW = {0xAA: 32256, 0x2A: -32256, 0xD5: 8, 0x55: -8, 0xD4: 24, 0x80: 5504, 0xC5: 264}


@pytest.mark.parametrize(("law", "points"), [(PCMU, ULAW), (PCMA, ALAW)], ids=["µ", "A"])
def test_points_of_the_standard(law: G711, points: dict[int, int]) -> None:
    assert {code: int(law.decode(bytes((code,)))[0]) for code in points} == points


def test_all_codes_are_decoded_as_an_independent_decoder_does() -> None:
    assert PCMU.decode(ALL_CODES).tobytes() == audioop.ulaw2lin(ALL_CODES, 2)
    assert PCMA.decode(ALL_CODES).tobytes() == audioop.alaw2lin(ALL_CODES, 2)


def test_a_code_survives_decoding_and_encoding() -> None:
    assert PCMA.encode(PCMA.decode(ALL_CODES)) == ALL_CODES
    negative_zero = ALL_CODES.replace(b"\x7f", b"\xff")
    assert PCMU.encode(PCMU.decode(ALL_CODES)) == negative_zero


@LAWS
def test_the_error_is_half_a_step_and_at_most_the_clipping(law: G711) -> None:
    heard = law.decode(law.encode(ALL_SAMPLES)).astype(np.int32)
    error = np.abs(heard - ALL_SAMPLES)
    assert error.max() <= 644
    assert np.all(error <= 8 + np.abs(ALL_SAMPLES.astype(np.int32)) / 30 + (error > 520) * 200)


@LAWS
def test_encoding_is_monotonic(law: G711) -> None:
    heard = law.decode(law.encode(np.sort(ALL_SAMPLES)))
    assert np.all(np.diff(heard.astype(np.int32)) >= 0)


def test_encoders_differ_at_thresholds_only() -> None:
    others = audioop.lin2alaw(ALL_SAMPLES.tobytes(), 2), audioop.lin2ulaw(ALL_SAMPLES.tobytes(), 2)
    assert PCMA.encode(ALL_SAMPLES) == others[0]
    differing = sum(a != b for a, b in zip(PCMU.encode(ALL_SAMPLES), others[1], strict=True))
    assert differing < 900


@LAWS
def test_an_empty_payload_is_refused(law: G711) -> None:
    with pytest.raises(CodecError):
        law.decode(b"")
    assert law.ticks(b"") == 0
