"""Descriptions that were made to be dear: as long as they may be, they are read in time."""

from __future__ import annotations

import time

import pytest

from media.sfu import sdp

pytestmark = pytest.mark.unit

#: Seconds of the processor; on an idle core a tenth of it.
_IN_TIME = 0.5
_LOCAL = sdp.Transport("u" * 4, "p" * 22, (("sha-256", "AA:BB"),), "actpass")
_HEAD = (
    "v=0\r\no=- 1 1 IN IP4 0\r\ns=-\r\nt=0 0\r\na=ice-ufrag:abcd\r\n"
    f"a=ice-pwd:{'p' * 22}\r\na=fingerprint:sha-256 AA:BB\r\na=setup:actpass\r\n"
)
_FORMATS = " ".join(map(str, range(1, 100)))
_CODECS = "".join(f"a=rtpmap:{number} VP8/90000\r\n" for number in range(1, 100))


def _lines(count: int, formats: str, attributes: str) -> str:
    """So many m-lines; an @ in their attributes is the mid."""
    head = f"m=video 9 UDP/TLS/RTP/SAVPF {formats}\r\na=mid:@\r\n"
    return "".join((head + attributes).replace("@", str(mid)) for mid in range(count))


DEAR = {
    "feedback for all": _lines(
        12, _FORMATS, _CODECS + "".join(f"a=rtcp-fb:* n@{n}\r\n" for n in range(900))
    ),
    "m-lines": _lines(200, "96 97", "a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\n"),
    "codecs": _lines(40, _FORMATS, _CODECS),
    "extensions": _lines(1, "96", "a=extmap:1 a\r\n" * 14_000),
    "streams": _lines(1, "96", "".join(f"a=ssrc:{n} x\r\n" for n in range(12_000))),
    "layers": _lines(1, "96", "a=simulcast:send " + ";".join(f"a{n}" for n in range(25_000))),
    "nothing": "\n" * 190_000,
}


@pytest.mark.parametrize("body", DEAR.values(), ids=DEAR.keys())
def test_a_dear_description_is_read_and_answered_or_refused_in_time(body: str) -> None:
    began = time.process_time()
    try:
        offer = sdp.parse((_HEAD + body)[:200_000].rpartition("\r\n")[0] + "\r\n")
        mids = {media.mid for media in offer.media}
        sdp.write(sdp.answer(offer, _LOCAL, mids))
        sdp.answer_viewer(offer, _LOCAL)
    except sdp.SdpError:
        pass
    assert time.process_time() - began < _IN_TIME
