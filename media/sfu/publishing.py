"""What one participant publishes: its publish leg, and the tracks of its offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from media.sfu import sdp
from media.sfu.bounds import Beginnings
from media.sfu.datapath.plans import Kind, LinePlan, PublishPlan
from media.sfu.datapath.port import Delivery
from media.sfu.host import Host
from media.sfu.leg import Leg, LostReason
from media.sfu.publication import Publication
from media.sfu.sdp.codecs import EXTENSION_IDS, FORWARDED_EXTENSIONS, format_key
from media.sfu.sdp.types import LEVEL, MID, REPAIRED_RID, RID, TRANSPORT_CC
from media.sfu.telling import Telling
from offhook.core.clock import Micros
from offhook.core.contracts.media import KIND_OF_SOURCE, PublishedTrack
from offhook.core.errors import InvalidInput

_NO_TRANSPORT = sdp.Transport("", "", (), "")


class Publishing:
    """Answers offers; publications outlive the leg that carries them."""

    def __init__(self, host: Host, room: str, participant: str, account: str = "") -> None:
        self._host = host
        self._account = account
        self._beginnings = Beginnings(host.half_open, account, host.timers.now())
        self._telling = Telling(host, room, participant)
        self._session_id = host.random.getrandbits(40)
        self._version = 0
        self.remote_ufrag = ""
        self.leg: Leg | None = None
        self.publications: dict[str, Publication] = {}

    # offers

    def check(self, text: str, tracks: Sequence[PublishedTrack]) -> Negotiation:
        """Read an offer and what it carries; raise `InvalidInput` and change nothing.

        Raises `RateLimited` when it is for a new connection, and none can be begun now.
        """
        offer = sdp.parse(text)
        if offer.transport.setup == "passive":
            raise sdp.SdpError("we are the passive end of DTLS: offer actpass or active")
        named = {track.mid: track for track in tracks}
        if len(named) != len(tracks) or len({t.track for t in tracks}) != len(tracks):
            raise InvalidInput("a mid or track is listed twice", code="bad_sdp", field="tracks")
        draft = sdp.answer(offer, _NO_TRANSPORT, named.keys(), policy=self._host.policy)
        for track in tracks:
            _check_line(track, offer.by_mid(track.mid), draft.by_mid(track.mid))
        if offer.transport.ufrag and not self._is_ours(offer.transport):
            self._beginnings.require(self._host.timers.now())
        return Negotiation(offer, draft, named)

    def accept(self, negotiation: Negotiation, publications: Mapping[str, Publication]) -> str:
        """Answer a checked offer, with one publication for each of its tracks, by track id."""
        offer = negotiation.offer
        leg = self._leg_for(offer) if offer.transport.ufrag else self.leg
        self._take(negotiation, publications)
        if leg is not None:
            self._host.datapath.publish(leg.number, self._plan(negotiation))
            leg.expect(offer.transport.fingerprints)
        local = leg.transport() if leg is not None else _NO_TRANSPORT
        self._version += 1
        return sdp.write(
            replace(
                negotiation.draft,
                transport=replace(local, setup="passive"),
                session_id=self._session_id,
                version=self._version,
            )
        )

    def _leg_for(self, offer: sdp.Description) -> Leg:
        """The leg of an offer: a new certificate means a new connection, a new ufrag a restart."""
        remote = offer.transport
        if not self._is_ours(remote):
            self.drop_leg()
        leg = self.leg
        if leg is None:
            leg = self.leg = self._host.new_leg("publish", self._account)
            leg.owner = self
        elif remote.ufrag != self.remote_ufrag:
            leg.restart()
        self.remote_ufrag = remote.ufrag
        return leg

    def _is_ours(self, remote: sdp.Transport) -> bool:
        return self.leg is not None and self.leg.knows(remote.fingerprints)

    def _take(self, negotiation: Negotiation, publications: Mapping[str, Publication]) -> None:
        self.publications = dict(publications)
        for mid, track in negotiation.tracks.items():
            line = negotiation.draft.by_mid(mid)
            if line is not None:
                publication = publications[track.track]
                publication.mid, publication.codec = mid, line.codecs[0].key
                publication.expect(line.rids or ("",))

    def _plan(self, negotiation: Negotiation) -> PublishPlan:
        draft, offer = negotiation.draft, negotiation.offer
        lines = [
            self._line(line, offer.by_mid(line.mid)) for line in draft.media if not line.rejected
        ]
        ids = _extensions(draft)
        return PublishPlan(
            lines=tuple(lines),
            mid_id=ids.get(MID),
            rid_id=ids.get(RID),
            repaired_rid_id=ids.get(REPAIRED_RID),
            transport_cc_id=ids.get(TRANSPORT_CC),
            level_id=ids.get(LEVEL),
            forwarded=tuple(
                (ids[uri], EXTENSION_IDS[uri]) for uri in FORWARDED_EXTENSIONS if uri in ids
            ),
            repairs=tuple(
                (codec.payload_type, int(codec.parameter("apt") or -1))
                for line in draft.media
                for codec in line.codecs
                if codec.key == "rtx"
            ),
        )

    def _line(self, line: sdp.Media, offered: sdp.Media | None) -> LinePlan:
        publication = next((p for p in self.publications.values() if p.mid == line.mid), None)
        kind: Kind = "audio" if line.kind == "audio" else "video"
        return LinePlan(
            mid=line.mid,
            kind=kind,
            track=publication.number if publication else None,
            clock_rate=line.codecs[0].clock_rate,
            formats=tuple((c.payload_type, format_key(c)) for c in line.codecs),
            rids=line.rids or ("",),
            known=() if line.rids or offered is None else _known(offered),
        )

    # the leg

    def leg_connected(self, leg: Leg) -> None:
        """ICE and DTLS of the publish leg are done."""
        self._telling.connected("publish")

    def leg_lost(self, leg: Leg, reason: LostReason) -> None:
        """The browser is gone: its tracks rest until it offers again."""
        self.drop_leg()
        self._telling.lost("publish", reason)

    def leg_delivered(self, delivery: Delivery, now: Micros) -> None:
        """A publish leg is sent nothing but feedback."""

    def drop_leg(self) -> None:
        """Close the leg, keep the publications."""
        leg, self.leg = self.leg, None
        if leg is not None:
            self._host.drop_leg(leg)
            for publication in self.publications.values():
                publication.rest()


class Negotiation:
    """An offer that was understood, our draft of its answer, and the tracks by mid."""

    def __init__(
        self,
        offer: sdp.Description,
        draft: sdp.Description,
        tracks: Mapping[str, PublishedTrack],
    ) -> None:
        self.offer = offer
        self.draft = draft
        self.tracks = tracks

    def codec(self, mid: str) -> str:
        """The codec that the m-line of this mid will carry."""
        line = self.draft.by_mid(mid)
        return line.codecs[0].key if line and line.codecs else ""


def _check_line(
    track: PublishedTrack, offered: sdp.Media | None, drafted: sdp.Media | None
) -> None:
    if offered is None or drafted is None or offered.rejected:
        raise sdp.SdpError(f"the offer has no live m-line with mid {track.mid}")
    if offered.kind != KIND_OF_SOURCE[track.source]:
        raise InvalidInput(
            f"mid {track.mid} is {offered.kind}, and a {track.source} is not",
            code="wrong_kind",
            field="tracks",
        )
    if drafted.rejected:
        raise sdp.SdpError(f"mid {track.mid} offers no codec that we speak")


def _extensions(description: sdp.Description) -> dict[str, int]:
    """The number of each; in a bundle one number means one thing on all m-lines."""
    ids: dict[str, int] = {}
    for media in description.media:
        if not media.rejected:
            for number, uri in media.extensions:
                ids.setdefault(uri, number)
    return ids


def _known(offered: sdp.Media) -> tuple[tuple[int, int], ...]:
    """The SSRC of a line without rids, and its repair SSRC or 0."""
    repairs = dict(offered.groups)
    primary = next((s for s in offered.ssrcs if s not in repairs.values()), None)
    return () if primary is None else ((primary, repairs.get(primary, 0)),)
