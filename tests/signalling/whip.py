"""An encoder or player that speaks WHIP or WHEP, and the offers it makes."""

from __future__ import annotations

import io
from typing import Any

import aiohttp
import jwt
from multidict import CIMultiDict

from tests.signalling.signalling import Signalling

SDP = "application/sdp"
FRAGMENT = "application/trickle-ice-sdpfrag"


def offer(*lines: str, direction: str = "sendonly", ufrag: str = "theirs") -> str:
    """A description with m-lines of these kinds."""
    head = f"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=ice-ufrag:{ufrag}\r\n"
    media = (f"m={kind} 9 UDP/TLS/RTP/SAVPF 96\r\na={direction}\r\n" for kind in lines)
    return head + "".join(media)


def fragment(ufrag: str = "theirs") -> str:
    """A trickled candidate, with the names of the client's ICE session."""
    return (
        f"a=ice-ufrag:{ufrag}\r\na=ice-pwd:{'w' * 22}\r\nm=audio 9 UDP/TLS/RTP/SAVPF 96\r\n"
        "a=mid:0\r\na=candidate:1 1 udp 1 192.0.2.9 9 typ host\r\na=end-of-candidates\r\n"
    )


class Encoder:
    """Requests of one client; `body` and `headers` are those of the last answer."""

    def __init__(self, server: Signalling, kind: str = "whip", token: str | None = None) -> None:
        self._http: aiohttp.ClientSession = server.http
        self.kind = kind
        self.token = token
        self.body = ""
        self.headers: CIMultiDict[str] = CIMultiDict()

    async def send(
        self,
        method: str,
        path: str,
        body: str | bytes | None = None,
        *,
        expect: int,
        kind: str = SDP,
        token: str | None = None,
        **headers: str,
    ) -> dict[str, Any]:
        """One request; the problem of a refusal."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if token or self.token:
            given["Authorization"] = f"Bearer {token or self.token}"
        if body is not None:
            given["Content-Type"] = kind
        raw = body.encode() if isinstance(body, str) else body
        data = None if raw is None else io.BytesIO(raw)
        async with self._http.request(method, path, data=data, headers=given) as reply:
            self.body = await reply.text()
            assert reply.status == expect, f"{reply.status}: {self.body}"
            self.headers = CIMultiDict(reply.headers)
            assert reply.headers["Access-Control-Allow-Origin"] == "*"
            if expect < 400:
                return {}
            assert reply.content_type == "application/problem+json"
            problem: dict[str, Any] = await reply.json()
            return problem

    async def begin(
        self, sdp: str = offer("audio", "video"), path: str = "", query: str = ""
    ) -> str:
        """Offer, and be taken; return where the session is."""
        await self.send("POST", f"/{self.kind}{path}{query}", sdp, expect=201)
        return self.headers["Location"]


def token(server: Signalling, identity: str = "obs", room: str = "demo", **video: Any) -> str:
    """A join token of the seeded key."""
    assert server.seeded
    grants = {"roomJoin": True, "room": room} | video
    claims = {"iss": server.seeded.key_id, "sub": identity, "exp": 4_000_000_000, "video": grants}
    return jwt.encode(claims, server.seeded.key_secret, algorithm="HS256")
