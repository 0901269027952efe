"""A WHIP encoder made of GStreamer alone, run by Debian's own Python: it shares no line with us.

`gst_encoder.py URL TOKEN HERTZ` publishes a tone and GStreamer's test picture and tells its
candidates by PATCH. It prints a line of JSON for whatever happens, and deletes its session when
its input ends.
"""

from __future__ import annotations

import importlib
import json
import sys
import threading
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urljoin

gi = importlib.import_module("gi")
gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
_of = "gi.repository."
GLib, Gst = importlib.import_module(f"{_of}GLib"), importlib.import_module(f"{_of}Gst")
GstSdp, GstWebRTC = (
    importlib.import_module(f"{_of}GstSdp"),
    importlib.import_module(f"{_of}GstWebRTC"),
)

_PIPELINE = """
webrtcbin name=out bundle-policy=max-bundle
audiotestsrc is-live=true wave=sine freq={hertz} volume=0.3 ! audioconvert ! audioresample !
  opusenc ! rtpopuspay pt=100 !
  application/x-rtp,media=audio,encoding-name=OPUS,payload=100,clock-rate=48000 ! out.
videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=15/1 !
  vp8enc deadline=1 cpu-used=8 keyframe-max-dist=30 ! rtpvp8pay pt=96 picture-id-mode=15-bit !
  application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000 ! out.
"""


def say(**what: Any) -> None:
    """Print what happened."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


class Encoder:
    """One session."""

    def __init__(self, url: str, token: str, hertz: int) -> None:
        self._url = url
        self._token = token
        self._session = ""
        self._tag = ""
        self._names = ""
        self._waiting: list[str] = []
        self._pipeline = Gst.parse_launch(_PIPELINE.format(hertz=hertz))
        self._peer = self._pipeline.get_by_name("out")
        self._peer.connect("on-negotiation-needed", self._needed)
        self._peer.connect("on-ice-candidate", self._candidate)
        self._peer.connect("notify::connection-state", self._state)

    def start(self) -> None:
        """Play: the offer follows."""
        self._pipeline.set_state(Gst.State.PLAYING)

    def _needed(self, peer: Any) -> None:
        peer.emit("create-offer", None, Gst.Promise.new_with_change_func(self._offered))

    def _offered(self, promise: Any) -> None:
        promise.wait()
        reply = promise.get_reply()
        offer = reply.get_value("offer")
        self._peer.emit("set-local-description", offer, Gst.Promise.new())
        text = offer.sdp.as_text()
        lines = text.splitlines()
        self._names = "".join(
            f"{next(line for line in lines if line.startswith(name))}\r\n"
            for name in ("a=ice-ufrag:", "a=ice-pwd:")
        )
        GLib.idle_add(self._post, text)

    def _post(self, offer: str) -> None:
        status, headers, answer = self._send("POST", self._url, offer, "application/sdp")
        say(what="answer", status=status, location=headers.get("Location"), sdp=answer)
        if status != 201:
            return
        self._session = urljoin(self._url, headers["Location"])
        self._tag = headers["ETag"]
        _, message = GstSdp.SDPMessage.new_from_text(answer)
        described = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
        self._peer.emit("set-remote-description", described, Gst.Promise.new())
        for candidate in self._waiting:
            self._trickle(candidate)

    def _candidate(self, peer: Any, line: int, candidate: str) -> None:
        GLib.idle_add(self._take, candidate)

    def _take(self, candidate: str) -> None:
        if self._session:
            self._trickle(candidate)
        else:
            self._waiting.append(candidate)

    def _trickle(self, candidate: str) -> None:
        media = "m=audio 9 UDP/TLS/RTP/SAVPF 100\r\na=mid:audio0\r\n"
        body = f"{self._names}{media}a={candidate}\r\n"
        kind = "application/trickle-ice-sdpfrag"
        status, _, _ = self._send("PATCH", self._session, body, kind, {"If-Match": self._tag})
        say(what="trickle", status=status)

    def _state(self, peer: Any, _: Any) -> None:
        say(what="state", state=peer.get_property("connection-state").value_nick)

    def end(self) -> None:
        """Delete the session and stop."""
        if self._session:
            status, _, _ = self._send("DELETE", self._session)
            say(what="deleted", status=status)
        self._pipeline.set_state(Gst.State.NULL)

    def _send(
        self,
        method: str,
        url: str,
        body: str = "",
        kind: str = "",
        more: dict[str, str] | None = None,
    ) -> tuple[int, dict[str, str], str]:
        headers = {"Authorization": f"Bearer {self._token}", **(more or {})}
        if kind:
            headers["Content-Type"] = kind
        request = urllib.request.Request(  # noqa: S310 - the test's own server
            url, data=body.encode() or None, headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as reply:  # noqa: S310
                return reply.status, dict(reply.headers), reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read().decode()


def main() -> None:
    """Run until the input ends."""
    Gst.init(None)
    encoder = Encoder(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    loop = GLib.MainLoop()

    def until_told() -> None:
        sys.stdin.read()
        GLib.idle_add(loop.quit)

    threading.Thread(target=until_told, daemon=True).start()
    encoder.start()
    loop.run()
    encoder.end()


if __name__ == "__main__":
    main()
