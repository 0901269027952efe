"""People who sign in with a browser of their own: a cookie jar, and the headers browsers send."""

from __future__ import annotations

import json
from http.cookies import SimpleCookie
from typing import Any

import aiohttp
from multidict import CIMultiDict

from tests.signalling.signalling import Signalling

PASSWORD = "a lantern in the fog"


class Browser:
    """Requests of our own pages, with the cookie that the server set last."""

    def __init__(self, server: Signalling, **headers: str) -> None:
        self._http = server.http
        self.headers = {"Sec-Fetch-Site": "same-origin", **headers}
        self.cookies: dict[str, str] = {}
        self.flags = ""
        self.answer: CIMultiDict[str] = CIMultiDict()

    async def send(
        self, method: str, path: str, body: object = None, *, expect: int = 200, **headers: Any
    ) -> Any:
        """One request; the decoded body of an answer with the expected status."""
        given = {"Content-Type": "application/json", **self.headers, **headers}
        given = {name.replace("_", "-"): value for name, value in given.items() if value}
        if self.cookies:
            given["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        data = None if body is None else json.dumps(body)
        async with self._http.request(method, path, data=data, headers=given) as reply:
            text = await reply.text()
            assert reply.status == expect, f"{reply.status}: {text}"
            self._keep(reply)
            return json.loads(text) if text else None

    async def sign_in(self, login: str, password: str, *, expect: int = 200, **more: str) -> Any:
        """Sign in."""
        body = {"login": login, "password": password, **more}
        return await self.send("POST", "/v1/sign-in", body, expect=expect)

    async def change(self, old: str, new: str, *, expect: int = 200) -> Any:
        """Change the password."""
        body = {"password": old, "new_password": new}
        return await self.send("POST", "/v1/sign-in/password", body, expect=expect)

    def _keep(self, reply: aiohttp.ClientResponse) -> None:
        self.answer = CIMultiDict(reply.headers)
        for line in reply.headers.getall("Set-Cookie", []):
            self.flags = line.partition("; ")[2]
            for name, morsel in SimpleCookie(line).items():
                self.cookies.pop(name, None)
                if morsel.value:
                    self.cookies[name] = morsel.value


async def admin(server: Signalling, account: str = "main", **headers: str) -> Browser:
    """The first admin of an account, with a password of their own."""
    id = await server.services.accounts.ensure(account)
    given = await server.services.users.first_admin(id)
    assert given is not None
    browser = Browser(server, **headers)
    await browser.sign_in(given.login, given.password, account=account)
    await browser.change(given.password, PASSWORD)
    return browser
