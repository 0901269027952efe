"""What signalling asks of a media node, and what the node tells of itself (version 1).

Commands are requests with a typed reply; news is published on the topic `media`. Ids are those of
signalling; a media node invents none. Every command names the `epoch` of the room's pin, and a
node refuses one that is older than what it has seen (`stale_epoch`, 409).
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

TrackSource = Literal["camera", "microphone", "screen_share", "screen_share_audio"]
TrackKind = Literal["audio", "video"]
Direction = Literal["publish", "subscribe"]
Quality = Literal["excellent", "good", "poor", "lost"]

#: Which kind of stream each source is; a publisher cannot send video as a microphone.
KIND_OF_SOURCE: dict[str, TrackKind] = {
    "camera": "video",
    "microphone": "audio",
    "screen_share": "video",
    "screen_share_audio": "audio",
}

#: The topic on which media nodes publish their news.
MEDIA_TOPIC = "media"

#: What the hold music is called where tracks and participants have ids: it is of no participant.
MUSIC = "music"


class Hearing(Struct, frozen=True, kw_only=True):
    """Whom somebody receives, whatever they wish: sound, camera and screen alike.

    `publishers` are identities, None for everybody; `music`: they hear the hold music.
    """

    publishers: tuple[str, ...] | None = None
    music: bool = False

    def lets_through(self, identity: str) -> bool:
        """Whether what is published under this identity is received."""
        return self.publishers is None or identity in self.publishers


class Command(Struct, frozen=True, kw_only=True, tag_field="type"):
    """Every command names its room and the epoch of the room's pin."""

    room: str
    epoch: int = 1


class Enter(Command, frozen=True, kw_only=True, tag="enter"):
    """Let a participant into the room's media; known already: keep its legs, take the grants.

    Reply: `Entered`. With `subscribe`, everything published by others is offered to it. `identity`
    is what it is called when it comes back under another id. `account`: whose room it is, for the
    limit of connections under way (`RateLimited`, `too_many_connecting`). `hearing` and `order` are
    those of `Hear`, and hold before its first packet.
    """

    participant: str
    identity: str = ""
    account: str = ""
    subscribe: bool = True
    hidden: bool = False
    hearing: Hearing | None = None
    order: int = 0


class PublishedTrack(Struct, frozen=True, kw_only=True):
    """One m-line of a publish offer that signalling has allowed."""

    mid: str
    track: str
    source: TrackSource
    muted: bool = False


class Publish(Command, frozen=True, kw_only=True, tag="publish"):
    """Answer a browser's publish offer. Reply: `Answered`.

    `tracks` is the whole list of live m-lines: a track that is missing has ended, and an m-line
    that is not in it is answered `inactive`. An offer that cannot be read, or an m-line whose kind
    is not its source's, raises `InvalidInput` (code `bad_sdp` or `wrong_kind`) and changes nothing.
    """

    participant: str
    sdp: str
    tracks: tuple[PublishedTrack, ...]


class AnswerSubscribe(Command, frozen=True, kw_only=True, tag="answer_subscribe"):
    """The browser's answer to the subscribe offer `version`. Reply: `Done`."""

    participant: str
    version: int
    sdp: str


class RestartSubscribe(Command, frozen=True, kw_only=True, tag="restart_subscribe"):
    """Make a new subscribe offer: with new ICE credentials, or on a new connection. Reply: `Done`.

    `fresh` throws the old subscribe leg away: the browser lost its peer connection.
    """

    participant: str
    fresh: bool = False


class Mute(Command, frozen=True, kw_only=True, tag="mute"):
    """Stop or resume forwarding a track, whatever its publisher sends. Reply: `Done`."""

    participant: str
    track: str
    muted: bool


class Withdraw(Command, frozen=True, kw_only=True, tag="withdraw"):
    """End tracks that their publisher may send no longer, whatever it goes on sending: they are
    taken off all who receive them. Tracks that have ended already are passed over. Reply: `Done`.
    """

    participant: str
    tracks: tuple[str, ...]


class TrackWish(Struct, frozen=True, kw_only=True):
    """How one subscriber wants one track: not at all, hidden for now, or at most this size."""

    track: str
    subscribed: bool = True
    enabled: bool = True
    width: int | None = None
    height: int | None = None


class Wish(Command, frozen=True, kw_only=True, tag="wish"):
    """Change what a subscriber receives of some tracks. Reply: `Done`."""

    participant: str
    tracks: tuple[TrackWish, ...]


class Hear(Command, frozen=True, kw_only=True, tag="hear"):
    """Decide whom somebody hears and sees, and whether they get music. Reply: `Done`.

    Nothing of anybody else is sent to them from now on; no wish of theirs changes that. With a
    `hearing` the music is offered to them, to be there when they are put on hold; with None nobody
    has decided anything, and they receive everybody. One whose `order` is below that of the last
    is late, and passed over.
    """

    participant: str
    hearing: Hearing | None = None
    order: int = 0


class Exit(Command, frozen=True, kw_only=True, tag="exit"):
    """Take a participant out of the room's media and close its legs. Reply: `Done`."""

    participant: str


class CloseRoom(Command, frozen=True, kw_only=True, tag="close_room"):
    """Close all legs of a room. Reply: `Done`."""


class Inspect(Command, frozen=True, kw_only=True, tag="inspect"):
    """Figures of a room's legs, tracks and subscriptions. Reply: `Inspection`."""


class Describe(Command, frozen=True, kw_only=True, tag="describe"):
    """Read an offer that is for no room yet; any node can. Reply: `Described`.

    `direction` is ours: `publish` when its writer wants to send, `subscribe` when it wants to
    receive. An offer that cannot be read raises `InvalidInput` (`bad_sdp`).
    """

    room: str = ""
    sdp: str
    direction: Direction


class Watch(Command, frozen=True, kw_only=True, tag="watch"):
    """Answer the offer of who takes one sound and one picture at a time. Reply: `Answered`.

    The m-lines carry what the identity `publisher` publishes, now or later; when that is None, what
    one publisher does, a speaker first, and the next one when that one stops. An offer that cannot
    be read, or wants nothing that we could send, raises `InvalidInput` (`bad_sdp`) and changes
    nothing.
    """

    participant: str
    sdp: str
    publisher: str | None = None


class UpdateIce(Command, frozen=True, kw_only=True, tag="update_ice"):
    """The client has told its ICE user fragment for one connection. Reply: `IceSession`.

    Another fragment than before restarts ICE; the same one, or none, changes nothing. `known` are
    our fragments that the client takes for the present one, None when it does not say: when ours
    is another, `PreconditionFailed`. A connection that is not there raises `NotFound`.
    """

    participant: str
    direction: Direction
    ufrag: str = ""
    known: tuple[str, ...] | None = None


MediaCommand = (
    Enter
    | Publish
    | AnswerSubscribe
    | RestartSubscribe
    | Mute
    | Withdraw
    | Wish
    | Hear
    | Exit
    | CloseRoom
    | Inspect
    | Describe
    | Watch
    | UpdateIce
)


class Reply(Struct, frozen=True, kw_only=True, tag_field="type"):
    """The good answers; the bad ones are errors."""


class Done(Reply, frozen=True, tag="done"):
    """It is so now."""


class Entered(Reply, frozen=True, kw_only=True, tag="entered"):
    """The participant is in; `kept` when its legs were there already."""

    kept: bool


class Answered(Reply, frozen=True, kw_only=True, tag="answered"):
    """Our answer to an offer."""

    sdp: str


class OfferedLine(Struct, frozen=True, kw_only=True):
    """One m-line of an offer. `usable`: it goes our way, and has a codec that we speak."""

    mid: str
    kind: str
    usable: bool


class Described(Reply, frozen=True, kw_only=True, tag="described"):
    """The m-lines of an offer, in its order."""

    lines: tuple[OfferedLine, ...]


class IceSession(Reply, frozen=True, kw_only=True, tag="ice_session"):
    """Our end of one connection's ICE as it is now; `restarted` when the command made it so."""

    ufrag: str
    password: str
    candidates: tuple[str, ...]
    restarted: bool


class LegFigures(Struct, frozen=True, kw_only=True):
    """One connection of one participant. Rates are bits per second over the last second."""

    participant: str
    direction: Direction
    connected: bool
    srtp_profile: str | None
    path: str | None
    packets_in: int
    packets_out: int
    refused: int
    round_trip: float | None


class LayerFigures(Struct, frozen=True, kw_only=True):
    """One incoming stream; `rid` is empty without simulcast."""

    rid: str
    ssrc: int | None
    bitrate: int
    width: int | None
    height: int | None
    received: int
    lost: int
    repaired: int
    keyframes: int
    keyframe_requests: int


class TrackFigures(Struct, frozen=True, kw_only=True):
    """One published track as it arrives."""

    track: str
    participant: str
    source: TrackSource
    codec: str
    muted: bool
    layers: tuple[LayerFigures, ...]


class SubscriptionFigures(Struct, frozen=True, kw_only=True):
    """One track on its way to one subscriber."""

    track: str
    participant: str
    mid: str
    layer: str | None
    packets: int
    retransmitted: int
    nacked: int
    loss: float


class Inspection(Reply, frozen=True, kw_only=True, tag="inspection"):
    """What a room's media look like now."""

    legs: tuple[LegFigures, ...]
    tracks: tuple[TrackFigures, ...]
    subscriptions: tuple[SubscriptionFigures, ...]


MediaReply = Done | Entered | Answered | Inspection | Described | IceSession


class News(Struct, frozen=True, kw_only=True, tag_field="type"):
    """Everything a node tells of a room names the node."""

    node: str


class NodeAlive(News, frozen=True, kw_only=True, tag="node_alive"):
    """A media node is there and this loaded; told twice a second, and at the start.

    `draining`: it wants to be left, and gets no new rooms.
    """

    legs: int
    rooms: int
    draining: bool = False


class NodeGone(News, frozen=True, kw_only=True, tag="node_gone"):
    """A media node says goodbye; its rooms must be pinned elsewhere."""


class OfferedTrack(Struct, frozen=True, kw_only=True):
    """Which m-line of a subscribe offer carries which track. The hold music is the track `music` of
    a participant `music`, who is in no list of participants."""

    mid: str
    track: str
    participant: str


class SubscribeOffer(News, frozen=True, kw_only=True, tag="subscribe_offer"):
    """An offer for the browser of `participant`; answer with `AnswerSubscribe` and its version.

    `fresh` says that it belongs to a new leg: the browser must use a new peer connection.
    """

    room: str
    participant: str
    version: int
    sdp: str
    tracks: tuple[OfferedTrack, ...]
    fresh: bool = False


class LegConnected(News, frozen=True, kw_only=True, tag="leg_connected"):
    """ICE and DTLS are done on one of the two connections."""

    room: str
    participant: str
    direction: Direction


class LegLost(News, frozen=True, kw_only=True, tag="leg_lost"):
    """The browser stopped answering for it (consent, RFC 7675), said goodbye, or failed; or we
    ended it, because far more came on it than anybody needs to send (`flooding`)."""

    room: str
    participant: str
    direction: Direction
    reason: Literal["consent_expired", "closed_by_peer", "handshake_failed", "flooding"]


class Speaker(Struct, frozen=True, kw_only=True):
    """One active speaker; `level` from 0 (silent) to 1 (loudest)."""

    participant: str
    level: float


class SpeakersChanged(News, frozen=True, kw_only=True, tag="speakers_changed"):
    """Who is speaking now, loudest first; sent when it changes."""

    room: str
    speakers: tuple[Speaker, ...]


class QualityOf(Struct, frozen=True, kw_only=True):
    """The connection of one participant, judged from loss and round trip of both legs."""

    participant: str
    quality: Quality
    loss: float
    round_trip: float | None


class QualityChanged(News, frozen=True, kw_only=True, tag="quality_changed"):
    """Told every two seconds for those whose quality changed."""

    room: str
    qualities: tuple[QualityOf, ...]


class StreamsPaused(News, frozen=True, kw_only=True, tag="streams_paused"):
    """Video we do not send to `participant` for want of bandwidth (`paused`), or send again."""

    room: str
    participant: str
    tracks: tuple[str, ...]
    paused: bool


MediaNews = (
    NodeAlive
    | NodeGone
    | SubscribeOffer
    | LegConnected
    | LegLost
    | SpeakersChanged
    | QualityChanged
    | StreamsPaused
)
