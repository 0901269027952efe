"""A server and a client of one realm, with time and randomness in the test's hands."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from media.sip.auth import (
    Algorithm,
    DigestClient,
    DigestServer,
    Login,
    Nonces,
    Password,
    Replays,
    Request,
)
from offhook.core.clock import SECOND, Micros

START = Micros(1_800_000_000 * SECOND)
PASSWORD = "open sesame"
REALM = "pbx.example.com"
NONCES = Nonces(b"a secret of the server")
REGISTER = Request("REGISTER", "sip:pbx.example.com")
INVITE = Request("INVITE", "sip:+442079460123@pbx.example.com", b"v=0\r\n")


def later(seconds: float) -> Micros:
    """So many seconds after the start."""
    return Micros(START + round(seconds * SECOND))


def server(
    *,
    algorithms: Sequence[Algorithm] = (Algorithm.SHA_256, Algorithm.MD5),
    qops: Sequence[str] = ("auth", "auth-int"),
    proxy: bool = False,
    without_qop: bool = True,
    realm: str = REALM,
    replays: Replays | None = None,
) -> DigestServer:
    """A server that knows alice."""
    salts = itertools.count()
    return DigestServer(
        realm,
        {"alice": Password(PASSWORD)}.get,
        NONCES,
        lambda: next(salts).to_bytes(6),
        algorithms=algorithms,
        qops=qops,
        proxy=proxy,
        without_qop=without_qop,
        replays=replays,
    )


def client(
    password: str = PASSWORD, *, username: str = "alice", integrity: bool = False
) -> DigestClient:
    """Somebody who says to be alice."""
    numbers = itertools.count(1)
    login = Login(username, password)
    return DigestClient([login], lambda: f"cnonce{next(numbers)}", integrity=integrity)


def texts(headers: Sequence[tuple[str, str]], name: str) -> list[str]:
    """The values of the headers of this name."""
    return [value for header, value in headers if header == name]


def shown(guard: DigestServer, who: DigestClient, request: Request, at: Micros) -> list[str]:
    """Be challenged at a time and answer: the values of the credentials headers."""
    attempt = who.attempt()
    asked = [value for _, value in guard.challenges(at)]
    assert attempt.challenged(**{"proxy" if guard.status == 407 else "www": asked})
    return texts(attempt.headers(request), guard.credentials_header)
