"""What aiortc 1.16 and aioice 0.13 do wrong for us, and how it is put right in a peer's process.

`apply()` is called by the child process of a peer before its first connection, never at import.
Private names are used here and nowhere else, so the versions are checked; each fix has a test in
tests/media/peers/test_aiortc_fixes.py that fails when the library no longer needs it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import aioice
import aiortc
from aioice import ice
from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCRtpReceiver,
    jitterbuffer,
    rtcrtpreceiver,
    rtp,
)
from aiortc.rtcrtpparameters import RTCRtpReceiveParameters
from av.frame import Frame

from media.peers.audio_buffer import AudioBuffer
from media.peers.connection import PeerConnection
from media.tracks.level import frame_level
from offhook.core.errors import Misconfigured

AIORTC = "1.16.0"
AIOICE = "0.13.0"

#: Decoded frames kept for a slow reader: one second of sound, half a second of video.
KEPT_FRAMES = {"audio": 50, "video": 15}


@dataclass(frozen=True)
class Fix:
    """One thing put right: what is wrong, in which version, and what installs the cure."""

    name: str
    version: str
    wrong: str
    install: Callable[[ExitStack], None]


def peer_connection() -> PeerConnection:
    """Make a peer connection: without the public STUN server that aiortc asks by default
    (5 s per answer where it cannot be reached), and with one transport for all its tracks."""
    return PeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))


def apply(*, loopback: bool = False) -> ExitStack:
    """Install every fix in this process; closing the result brings the libraries' own code back.

    `loopback`: the server is on this machine's loopback, gather candidates there too.
    Raises `Misconfigured` when another version of aiortc or aioice is installed.
    """
    found = (aiortc.__version__, aioice.__version__)
    if found != (AIORTC, AIOICE):
        raise Misconfigured(
            f"the fixes are for aiortc {AIORTC} and aioice {AIOICE}, not {found[0]} and {found[1]}"
        )
    undo = ExitStack()
    for fix in FIXES if loopback else FIXES[:-1]:
        fix.install(undo)
    return undo


def _replace(undo: ExitStack, owner: object, name: str, value: object) -> None:
    undo.callback(setattr, owner, name, getattr(owner, name))
    setattr(owner, name, value)


# --- the audio level ------------------------------------------------------------------------------


def _fix_level(undo: ExitStack) -> None:
    _replace(undo, rtp, "compute_audio_level_dbov", frame_level)


# --- tracks that nobody reads ---------------------------------------------------------------------


class LatestFrames(asyncio.Queue[Frame | None]):
    """A queue that forgets its oldest frame when it is full; `dropped` counts them."""

    def __init__(self, keep: int) -> None:
        super().__init__()
        self._keep = keep
        self.dropped = 0

    def _put(self, item: Frame | None) -> None:
        if self.qsize() >= self._keep:
            self._get()
            self.dropped += 1
        super()._put(item)


def _fix_unread_tracks(undo: ExitStack) -> None:
    stock = rtcrtpreceiver.RemoteStreamTrack.__init__

    def init(self: rtcrtpreceiver.RemoteStreamTrack, kind: str, id: str | None = None) -> None:
        stock(self, kind, id)
        self._queue = LatestFrames(KEPT_FRAMES[kind])

    _replace(undo, rtcrtpreceiver.RemoteStreamTrack, "__init__", init)


# --- the jitter buffer of sound -------------------------------------------------------------------


def _fix_audio_buffer(undo: ExitStack) -> None:
    _replace(undo, rtcrtpreceiver, "JitterBuffer", _buffer)


def _buffer(
    capacity: int, prefetch: int = 0, is_video: bool = False
) -> jitterbuffer.JitterBuffer | AudioBuffer:
    """What a receiver makes for its kind of media."""
    if is_video:
        return jitterbuffer.JitterBuffer(capacity, prefetch, is_video=True)
    return AudioBuffer(prefetch)


# --- m-lines that carry one track after another ---------------------------------------------------


def _fix_reused_lines(undo: ExitStack) -> None:
    stock = RTCRtpReceiver.receive

    async def receive(self: RTCRtpReceiver, parameters: RTCRtpReceiveParameters) -> None:
        if not vars(self)["_RTCRtpReceiver__started"]:
            await stock(self, parameters)
        elif not _is_received(self, parameters):
            _receive_anew(self, parameters)

    _replace(undo, RTCRtpReceiver, "receive", receive)


def _is_received(receiver: RTCRtpReceiver, parameters: RTCRtpReceiveParameters) -> bool:
    table = receiver.transport._rtp_router.ssrc_table
    return all(table.get(encoding.ssrc) is receiver for encoding in parameters.encodings)


def _receive_anew(receiver: RTCRtpReceiver, parameters: RTCRtpReceiveParameters) -> None:
    """Route the new SSRC here, and forget numbers and times of the old one."""
    private: dict[str, Any] = vars(receiver)
    video = private["_RTCRtpReceiver__kind"] == "video"
    private |= {
        "_RTCRtpReceiver__codecs": {codec.payloadType: codec for codec in parameters.codecs},
        "_RTCRtpReceiver__rtx_ssrc": {
            encoding.rtx.ssrc: encoding.ssrc for encoding in parameters.encodings if encoding.rtx
        },
        "_RTCRtpReceiver__jitter_buffer": (
            _buffer(capacity=512, is_video=True) if video else _buffer(capacity=16, prefetch=4)
        ),
        "_RTCRtpReceiver__nack_generator": rtcrtpreceiver.NackGenerator() if video else None,
        "_RTCRtpReceiver__timestamp_mapper": rtcrtpreceiver.TimestampMapper(),
        "_RTCRtpReceiver__remote_streams": {},
    }
    frames: asyncio.Queue[Frame | None] = private["_track"]._queue
    while not frames.empty():
        frames.get_nowait()
    receiver.transport._unregister_rtp_receiver(receiver)
    receiver.transport._register_rtp_receiver(receiver, parameters)


# --- addresses ------------------------------------------------------------------------------------


def _fix_loopback(undo: ExitStack) -> None:
    stock = ice.get_host_addresses

    def addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        loopback = ["127.0.0.1"] * use_ipv4 + ["::1"] * use_ipv6
        return [*stock(use_ipv4, use_ipv6), *loopback]

    _replace(undo, ice, "get_host_addresses", addresses)


#: All of them; the last one only where the server is on the loopback.
FIXES = (
    Fix(
        "audio level",
        f"aiortc {AIORTC}",
        "pure Python over the whole plane of a frame, also what is stale: wrong by decibels,"
        " and half the cost of a peer",
        _fix_level,
    ),
    Fix(
        "unread tracks",
        f"aiortc {AIORTC}",
        "decoded frames of a track that nobody reads fill the memory",
        _fix_unread_tracks,
    ),
    Fix(
        "audio jitter buffer",
        f"aiortc {AIORTC}",
        "multiplies loss: 5 % on the wire are 33 % in the ear",
        _fix_audio_buffer,
    ),
    Fix(
        "reused m-lines",
        f"aiortc {AIORTC}",
        "a receiver keeps the SSRCs of its first track: the next one on its m-line is not heard",
        _fix_reused_lines,
    ),
    Fix(
        "loopback",
        f"aioice {AIOICE}",
        "127.0.0.1 and ::1 are never candidates: a machine without a network makes no call",
        _fix_loopback,
    ),
)
