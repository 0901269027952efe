"""What an offer wants, told before anybody takes it: its m-lines, and which we can serve."""

from __future__ import annotations

from media.sfu import sdp
from offhook.core.contracts.media import Described, Direction, OfferedLine

_NO_TRANSPORT = sdp.Transport("", "", (), "")


def describe(text: str, direction: Direction, policy: sdp.CodecPolicy) -> Described:
    """The m-lines of an offer to send (`publish`) or to receive; raise `SdpError`."""
    offer = sdp.parse(text)
    if offer.transport.setup == "passive":
        raise sdp.SdpError("we are the passive end of DTLS: offer actpass or active")
    if direction == "publish":
        mids = {media.mid for media in offer.media}
        draft = sdp.answer(offer, _NO_TRANSPORT, mids, policy=policy)
    else:
        draft = sdp.answer_viewer(offer, _NO_TRANSPORT, policy=policy)
    going = "recvonly" if direction == "publish" else "sendonly"
    lines = (
        OfferedLine(
            mid=line.mid,
            kind=line.kind,
            usable=not line.rejected and line.direction == going,
        )
        for line in draft.media
    )
    return Described(lines=tuple(lines))
