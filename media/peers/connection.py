"""A peer connection that speaks in descriptions: offer, accept, answer.

Made by `aiortc_fixes.peer_connection()` only.
"""

from __future__ import annotations

from aiortc import RTCPeerConnection, RTCSessionDescription

from media.peers.negotiation import readable_answer, readable_offer, with_refusals


class PeerConnection(RTCPeerConnection):
    """aiortc's peer connection with three doors that mend what it cannot read."""

    @property
    def stands(self) -> bool:
        """Whether it has neither failed nor ended."""
        return self.connectionState not in ("failed", "closed")

    async def offer(self) -> str:
        """Make the next offer of everything this connection sends, candidates included."""
        await self.setLocalDescription(await self.createOffer())
        return self.localDescription.sdp

    async def accept(self, answer: str) -> None:
        """Take the answer to our offer."""
        await self.setRemoteDescription(RTCSessionDescription(readable_answer(answer), "answer"))

    async def answer(self, offer: str, *, receive: bool = True) -> str:
        """Answer an offer; m-lines whose codecs we cannot decode are inactive, the others live.

        Without `receive` all are inactive: the connection stands, and nothing is sent on it.
        """
        readable = readable_offer(offer)
        await self.setRemoteDescription(RTCSessionDescription(readable.sdp, "offer"))
        if not receive:
            for transceiver in self.getTransceivers():
                transceiver.direction = "inactive"
        await self.setLocalDescription(await self.createAnswer())
        return with_refusals(self.localDescription.sdp, offer, readable.refused)
