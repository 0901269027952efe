"""What a viewer with an offer of its own is shown: one publisher's sound and picture at a time.

The m-lines are fixed by the viewer's only offer (WHEP). What they carry changes without a word to
the viewer: another track goes on with the same SSRC and the same run of numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from media.sfu import sdp
from media.sfu.bounds import Beginnings
from media.sfu.choosing import Choosing, Permits, Rank
from media.sfu.datapath.plans import Kind, SubscriptionNumber, SubscriptionPlan, TrackNumber
from media.sfu.datapath.port import Delivery
from media.sfu.host import Host
from media.sfu.leg import Leg, LostReason
from media.sfu.publication import Publication
from media.sfu.sdp.codecs import EXTENSION_IDS, format_key
from media.sfu.subscription import Subscription
from media.sfu.telling import Telling
from offhook.core.clock import Micros
from offhook.core.contracts.media import KIND_OF_SOURCE

_NO_TRANSPORT = sdp.Transport("", "", (), "")
#: Of several tracks of a kind, that of the first of these sources is shown.
_FIRST = tuple(KIND_OF_SOURCE)


@dataclass(slots=True)
class _Line:
    """An m-line that goes out. `rest` is a track of its own that never sends: what it carries
    while there is nothing to show, so that its numbers go on afterwards."""

    media: sdp.Media
    source: sdp.Source
    number: SubscriptionNumber
    rest: TrackNumber
    shown: Subscription | None = field(default=None)

    @property
    def publication(self) -> Publication | None:
        """What it carries now."""
        return None if self.shown is None else self.shown.publication

    def formats(self, codec: str) -> tuple[tuple[str, int], ...]:
        """The payload types for a track of this codec; of sound all, for it may change at once."""
        if self.media.kind == "audio":
            return tuple((format_key(c), c.payload_type) for c in self.media.codecs)
        found = next((c for c in self.media.codecs if c.key == codec), None)
        if found is None:
            return ()
        repair = self.media.rtx_of(found.payload_type)
        plain = ((codec, found.payload_type),)
        return plain if repair is None else (*plain, ("rtx", repair.payload_type))

    def carries(self, publication: Publication) -> bool:
        """Whether the viewer could decode this track on it."""
        if publication.kind != self.media.kind:
            return False
        spoken = {codec.key for codec in self.media.codecs}
        return publication.codec in spoken or publication.sound_for(spoken) != ""


class Watching:
    """Owner of the viewer's leg; `remote_ufrag` is the viewer's ICE user fragment."""

    def __init__(
        self,
        host: Host,
        room: str,
        participant: str,
        rank: Rank,
        permits: Permits,
        account: str = "",
    ) -> None:
        self._host = host
        self._account = account
        self._beginnings = Beginnings(host.half_open, account, host.timers.now())
        self._rank, self._permits = rank, permits
        self._participant = participant
        self._telling = Telling(host, room, participant)
        self._choosing = self._new_choosing()
        self.leg: Leg | None = None
        self.remote_ufrag = ""
        self.subscriptions: dict[str, Subscription] = {}
        self._lines: list[_Line] = []
        self._published: dict[str, Publication] = {}
        self._chosen: str | None = None
        self._followed: str | None = None

    def _new_choosing(self) -> Choosing:
        return Choosing(self._host.datapath, self._rank, self._permits, self._telling.paused)

    # the offer

    def answer(self, text: str, publisher: str | None) -> str:
        """Answer the viewer's offer on a new leg; raise `SdpError` or, when none can be begun now,
        `RateLimited`, and change nothing.

        With a `publisher` only who has that identity is shown, else one after the other.
        """
        offer = sdp.parse(text)
        if offer.transport.setup == "passive":
            raise sdp.SdpError("we are the passive end of DTLS: offer actpass or active")
        policy = self._host.policy
        draft = sdp.answer_viewer(offer, _NO_TRANSPORT, policy=policy)
        going = [media for media in draft.media if media.sends]
        if not going:
            raise sdp.SdpError("no m-line receives a codec that we speak")
        self._beginnings.require(self._host.timers.now())
        self._drop_leg()
        self._chosen, self.remote_ufrag = publisher, offer.transport.ufrag
        leg = self.leg = self._host.new_leg("subscribe", self._account)
        leg.owner = self
        ssrcs = iter(self._host.random.sample(range(1 << 20, 1 << 32), 2 * len(going)))
        self._lines += [self._line(leg, media, next(ssrcs), next(ssrcs)) for media in going]
        leg.expect(offer.transport.fingerprints)
        self._settle()
        sources = {line.media.kind: line.source for line in self._lines}
        session = self._host.random.getrandbits(40)
        return sdp.write(
            sdp.answer_viewer(
                offer, leg.transport(), sources, policy=policy, session_id=session, version=1
            )
        )

    def _line(self, leg: Leg, media: sdp.Media, ssrc: int, rtx_ssrc: int) -> _Line:
        kind: Kind = "audio" if media.kind == "audio" else "video"
        repaired = any(codec.key == "rtx" for codec in media.codecs)
        source = sdp.Source(
            track=kind,
            stream=self._participant,
            codec="",
            ssrc=ssrc,
            rtx_ssrc=rtx_ssrc if repaired else None,
        )
        line = _Line(media, source, self._host.subscription_number(), self._host.track_number())
        self._host.datapath.add_track(line.rest, kind)
        numbers = ((EXTENSION_IDS[uri], number) for number, uri in media.extensions)
        plan = SubscriptionPlan(
            leg=leg.number,
            track=line.rest,
            ssrc=source.ssrc,
            rtx_ssrc=source.rtx_ssrc,
            formats=(),
            first_sequence=self._host.random.randrange(1, 1 << 14),
            cname=source.stream,
            extensions=tuple(numbers),
        )
        self._host.datapath.subscribe(line.number, plan)
        return line

    # tracks

    def add(self, publications: Iterable[Publication]) -> None:
        """These tracks are there now."""
        for publication in publications:
            self._published.setdefault(publication.track, publication)
        self._settle()

    def remove(self, publication: Publication, *, ended: bool = True) -> None:
        """This track has ended: another may take its m-line."""
        if self._published.pop(publication.track, None) is not None:
            self._settle()

    def renew(self, publication: Publication) -> None:
        """The track's codec is another one now: begin it anew, if the viewer speaks that too."""
        for line in self._lines:
            if line.publication is publication:
                self._show(line, None)
        self._settle()

    def choose(self, publication: Publication | None = None) -> None:
        """Follow the layers that are alive and fit the budget."""
        self._choosing.choose(self.subscriptions, {}, publication)

    def reconsider(self) -> None:
        """Whom the viewer may hear and see has changed: show what it may."""
        self._settle()
        self.choose()

    def _settle(self) -> None:
        """Give each m-line what it is to carry."""
        self._followed = self._whom()
        for line in self._lines:
            fitting = self._fitting(line, self._followed)
            if line.publication not in fitting:
                first = min(fitting, key=lambda p: _FIRST.index(p.source), default=None)
                self._show(line, first)

    def _whom(self) -> str | None:
        """Whoever is shown stays; then who fills most m-lines, who shares or speaks, who was first.

        Sound and picture are always of one publisher, so that lips stay in step.
        """
        kinds: dict[str, set[str]] = {}
        ranks: dict[str, int] = {}
        for publication in self._published.values():
            who = publication.participant
            if publication.forms or not self._permits(publication):
                continue
            if self._chosen is not None and publication.identity != self._chosen:
                continue
            filled = {line.media.kind for line in self._lines if line.carries(publication)}
            if filled:
                kinds.setdefault(who, set()).update(filled)
                ranks[who] = min(ranks.get(who, self._rank(publication)), self._rank(publication))
        if self._followed in kinds:
            return self._followed
        return min(kinds, key=lambda who: (-len(kinds[who]), ranks[who]), default=None)

    def _fitting(self, line: _Line, who: str | None) -> list[Publication]:
        """What of theirs the line could carry; the music goes before all."""
        allowed = [p for p in self._published.values() if self._permits(p) and line.carries(p)]
        music = [publication for publication in allowed if publication.forms]
        return music or [publication for publication in allowed if publication.participant == who]

    def _show(self, line: _Line, publication: Publication | None) -> None:
        if line.shown is not None:
            self.subscriptions.pop(line.shown.publication.track, None)
            line.shown = None
        if publication is None:
            self._host.datapath.redirect(line.number, line.rest, ())
            return
        formats = line.formats(publication.codec)
        self._host.datapath.redirect(line.number, publication.number, formats)
        line.shown = Subscription(publication, line.source, line.media.mid, number=line.number)
        line.shown.sound = publication.sound_for(dict(formats))
        self.subscriptions[publication.track] = line.shown
        self.choose(publication)

    # the leg

    def leg_connected(self, leg: Leg) -> None:
        """ICE and DTLS of the viewer's leg are done."""
        self._telling.connected("subscribe")

    def leg_lost(self, leg: Leg, reason: LostReason) -> None:
        """The viewer is gone."""
        self._drop_leg()
        self._telling.lost("subscribe", reason)

    def leg_delivered(self, delivery: Delivery, now: Micros) -> None:
        """A window of what arrived at the viewer is over."""
        self._choosing.take(delivery, self.subscriptions, {}, now)

    def _drop_leg(self) -> None:
        leg, self.leg = self.leg, None
        if leg is None:
            return
        self._host.drop_leg(leg)
        for line in self._lines:
            self._host.datapath.remove_track(line.rest)
        self._lines.clear()
        self.subscriptions.clear()
        self._choosing = self._new_choosing()

    def close(self) -> None:
        """Close the leg and forget what is published."""
        self._drop_leg()
        self._published.clear()
