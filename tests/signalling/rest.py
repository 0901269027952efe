"""A program that uses the REST API with a key."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import aiohttp
import jwt
from multidict import CIMultiDict

from tests.signalling.signalling import Signalling


class Api:
    """Requests with the seeded key, whose answers are checked for their status; `headers` are those
    of the last answer."""

    def __init__(self, server: Signalling, key: str = "", secret: str = "") -> None:
        assert server.seeded
        self.session: aiohttp.ClientSession = server.http
        self.key = key or server.seeded.key_id
        self.secret = secret or server.seeded.key_secret
        self.headers: CIMultiDict[str] = CIMultiDict()

    def basic(self, key: str, secret: str) -> str:
        """A Basic header."""
        return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()

    def bearer(
        self, video: dict[str, Any], *, key: str = "", secret: str = "", exp: int = 4_000_000_000
    ) -> str:
        """A Bearer header with a token of these grants, signed by a key."""
        payload = {"iss": key or self.key, "sub": "backend", "exp": exp, "video": video}
        return "Bearer " + jwt.encode(payload, secret or self.secret, algorithm="HS256")

    async def send(
        self,
        method: str,
        path: str,
        *,
        raw: bytes | None = None,
        expect: int = 200,
        headers: dict[str, str] | None = None,
        authorization: str | None = "",
    ) -> Any:
        """One request; the decoded body of an answer with the expected status."""
        given = {"Content-Type": "application/json", **(headers or {})}
        if authorization is not None:
            given["Authorization"] = authorization or self.basic(self.key, self.secret)
        async with self.session.request(
            method, path, data=None if raw is None else io.BytesIO(raw), headers=given
        ) as reply:
            text = await reply.text()
            assert reply.status == expect, f"{reply.status}: {text}"
            self.headers = CIMultiDict(reply.headers)
            if expect >= 400:
                assert reply.content_type == "application/problem+json", text
            return json.loads(text) if text else None

    async def get(self, path: str, **more: Any) -> Any:
        """GET."""
        return await self.send("GET", path, **more)

    async def post(self, path: str, body: object, **more: Any) -> Any:
        """POST a JSON body."""
        return await self.send("POST", path, raw=json.dumps(body).encode(), **more)

    async def patch(self, path: str, body: object, **more: Any) -> Any:
        """PATCH with a JSON body."""
        return await self.send("PATCH", path, raw=json.dumps(body).encode(), **more)

    async def put(self, path: str, body: object, **more: Any) -> Any:
        """PUT a JSON body."""
        return await self.send("PUT", path, raw=json.dumps(body).encode(), **more)

    async def delete(self, path: str, **more: Any) -> Any:
        """DELETE."""
        return await self.send("DELETE", path, **more)
