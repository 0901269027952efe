"""A stand-in for signalling and the SFU: a real socket.io server that speaks what peers need of
/room, with one peer connection to hear what a peer publishes and one to send it something."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import socketio
from aiohttp import web
from aiohttp.typedefs import Handler
from aiortc.mediastreams import MediaStreamTrack

from media.peers.aiortc_fixes import peer_connection
from media.peers.connection import PeerConnection
from media.peers.protocol import PublishTrack
from offhook.core.contracts.events import ParticipantView, TrackView
from offhook.core.contracts.media import KIND_OF_SOURCE, TrackSource
from offhook.core.tasks import Tasks
from tests.media.peers.pair import Ear, candidates_once

ROOM = "/room"
ADA = "PA-ada"


def problem(status: int, code: str) -> dict[str, object]:
    """The body of a refusal."""
    return {"status": status, "code": code, "title": code, "detail": f"refused: {code}"}


class RoomDouble:
    """One room with `ada` in it, for one peer at a time."""

    def __init__(self, tasks: Tasks) -> None:
        self.url = ""
        self.commands: list[tuple[str, Any]] = []
        self.tokens: list[str] = []
        self.refuse: dict[str, dict[str, object]] = {}
        self.media_after_resume = "kept"
        self.hears: dict[TrackSource, Ear] = {}
        self.seq = 1
        self._tasks = tasks
        self._news = asyncio.Event()
        self._sid = ""
        self._lines: list[str] = []
        self._version = 0
        self.publish: PeerConnection | None = None
        self._ufrag = ""
        self._transport: asyncio.WriteTransport | None = None
        self._sources: dict[str, TrackSource] = {}
        self.subscribe: PeerConnection | None = None
        self._answered: asyncio.Future[str] | None = None
        self.sio: Any = socketio.AsyncServer(async_mode="aiohttp")
        self.sio.on("connect", self._connect, namespace=ROOM)
        self.sio.on("*", self._command, namespace=ROOM)

    # --- what the tests do -----------------------------------------------------------------------

    async def commanded(self, name: str, times: int = 1) -> Any:
        """Return the argument of a command when it has come so many times."""
        async with asyncio.timeout(30):
            while len(found := [body for each, body in self.commands if each == name]) < times:
                self._news.clear()
                await self._news.wait()
        return found[times - 1]

    async def offer(self, tracks: Mapping[str, MediaStreamTrack], *, fresh: bool = False) -> str:
        """Send more tracks of ada's; return the peer's answer when it is taken."""
        self._answered = asyncio.get_running_loop().create_future()
        await self.send_offer(tracks, fresh=fresh)
        async with asyncio.timeout(30):
            answer = await self._answered
        assert self.subscribe is not None
        await self.subscribe.accept(answer)
        return answer

    async def send_offer(
        self, tracks: Mapping[str, MediaStreamTrack], *, fresh: bool = False
    ) -> None:
        """Offer ada's tracks and more of them, without waiting for the answer."""
        if self.subscribe is None or fresh:
            if self.subscribe is not None:
                await self.subscribe.close()
            self.subscribe, self._lines = peer_connection(), []
        for sid, track in tracks.items():
            self.subscribe.addTransceiver(track, direction="sendonly")
            self._lines.append(sid)
        self._version += 1
        sdp = candidates_once(await self.subscribe.offer())
        lines = [{"mid": str(i), "track": t, "participant": ADA} for i, t in enumerate(self._lines)]
        body = {"version": self._version, "sdp": sdp, "tracks": lines, "fresh": fresh}
        await self.tell("offer", body)

    async def fact(self, kind: str, data: dict[str, object]) -> None:
        """Tell a fact."""
        self.seq += 1
        await self.tell("fact", {"seq": self.seq, "type": kind, "at": "", "data": data})

    async def publishes(self, sid: str, source: TrackSource) -> None:
        """Tell that ada publishes a track."""
        view = TrackView(sid=sid, source=source, kind=KIND_OF_SOURCE[source], muted=False)
        track = msgspec.to_builtins(view)
        await self.fact("track_published", {"participant": ADA, "track": track})

    async def tell(self, name: str, body: object) -> None:
        """Emit one event to the peer."""
        await self.sio.emit(name, body, to=self._sid, namespace=ROOM)

    def cut(self) -> None:
        """Break the peer's socket as a network does."""
        assert self._transport is not None
        self._transport.abort()

    @web.middleware
    async def remember(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Keep the transport of the newest socket."""
        if isinstance(request.transport, asyncio.WriteTransport):
            self._transport = request.transport
        return await handler(request)

    async def disconnect(self) -> None:
        """End the peer's socket without a word."""
        await self.sio.disconnect(self._sid, namespace=ROOM)

    async def close(self) -> None:
        """End both connections."""
        for connection in (self.publish, self.subscribe):
            if connection is not None:
                await connection.close()

    # --- what the peer does ----------------------------------------------------------------------

    async def _connect(self, sid: str, environ: object, auth: dict[str, str]) -> None:
        self.tokens.append(auth["token"])
        self._sid = sid
        refusal = self.refuse.pop("connect", None)
        if refusal is not None:
            raise socketio.exceptions.ConnectionRefusedError("no", refusal)

    async def _command(self, name: str, sid: str, body: dict[str, Any]) -> dict[str, object]:
        refusal = self.refuse.pop(name, None)
        value = None
        if refusal is None:
            value = await getattr(self, f"_on_{name}", self._on_other)(body)
        self.commands.append((name, body))
        self._news.set()
        return {"ok": refusal is None, "value": value, "error": refusal}

    async def _on_other(self, body: dict[str, Any]) -> None:
        return None

    async def _on_join(self, body: dict[str, Any]) -> dict[str, object]:
        return {
            "participant": "PA-peer",
            "resume_token": "resume-1",
            "grants": {"can_publish": True, "can_subscribe": True, "hidden": False, "more": 1},
            "ice_servers": [],
            "snapshot": self._snapshot(),
            "server_version": "0",
        }

    async def _on_resume(self, body: dict[str, Any]) -> dict[str, object]:
        return {
            "participant": "PA-peer",
            "resume_token": "resume-2",
            "media": self.media_after_resume,
            "snapshot": self._snapshot(),
            "missed": [],
        }

    def _snapshot(self) -> dict[str, object]:
        ada = ParticipantView(
            sid=ADA,
            identity="ada",
            name="Ada",
            state="active",
            joined_at="2026-11-20T00:00:00.000Z",
            metadata="",
            attributes={},
            can_publish=True,
            can_publish_sources=("microphone", "camera"),
            moderator=False,
            tracks=(TrackView(sid="TR-1", source="microphone", kind="audio", muted=False),),
        )
        people = [msgspec.to_builtins(ada)]
        return {"seq": self.seq, "room": {}, "participants": people, "chat": [], "speakers": []}

    async def _on_offer(self, body: dict[str, Any]) -> dict[str, object]:
        tracks = msgspec.convert(body["tracks"], list[PublishTrack])
        ufrag = body["sdp"].split("a=ice-ufrag:")[1].split("\r\n")[0]
        if ufrag != self._ufrag:
            self._ufrag = ufrag
            await self._listen_anew()
        self._sources |= {track.mid: track.source for track in tracks}
        assert self.publish is not None
        answer = candidates_once(await self.publish.answer(body["sdp"]))
        sids = [{"mid": track.mid, "sid": f"TR-{track.source}"} for track in tracks]
        return {"sdp": answer, "tracks": sids}

    async def _listen_anew(self) -> None:
        if self.publish is not None:
            await self.publish.close()
        connection = self.publish = peer_connection()
        self._sources = {}

        def heard(track: MediaStreamTrack) -> None:
            mids = {line.receiver.track: line.mid for line in connection.getTransceivers()}
            ear = Ear(track)
            self.hears[self._sources[mids[track] or ""]] = ear
            self._tasks.spawn(ear.read(), "double's ear")

        connection.on("track", heard)

    async def _on_answer(self, body: dict[str, Any]) -> None:
        if self._answered is not None and body["version"] == self._version:
            self._answered.set_result(body["sdp"])


@asynccontextmanager
async def room_double() -> AsyncIterator[RoomDouble]:
    """A running double."""
    async with Tasks() as tasks:
        double = RoomDouble(tasks)
        app = web.Application(middlewares=[double.remember])
        double.sio.attach(app)
        runner = web.AppRunner(app, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        double.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield double
        finally:
            await double.close()
            await double.sio.shutdown()
            await runner.cleanup()
