"""What tells of the browser behind a request: its sign-in cookie, and whose page it is."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from offhook.core.clock import SECOND
from offhook.core.errors import Forbidden
from signalling.domain.signing_in import LASTS
from signalling.settings import SignallingSettings

_NAME = "offhook_session"
#: Browsers take a cookie with this prefix only over https, for this host alone (RFC 6265bis).
_SECURE_NAME = f"__Host-{_NAME}"
_GUEST = "offhook_guest"
#: A year, in seconds.
_GUEST_LASTS = 365 * 24 * 3600
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Browser:
    """`token`: of its sign-in; `secure`: it came over https; `ours`: one of our own pages asks, or
    None when nothing tells, as with programs; `safe`: the method changes nothing; `guest`: by which
    a guest's browser is known again to rooms that banned it."""

    token: str | None
    user_agent: str
    secure: bool
    ours: bool | None
    safe: bool
    guest: str | None = None

    def require_ours(self) -> None:
        """Raise `Forbidden` (`csrf`) unless one of our own pages asks, or nothing is changed."""
        if not self.safe and not self.ours:
            raise Forbidden(
                "With the sign-in cookie only our own pages may do this. Programs use an API key.",
                code="csrf",
            )

    def keep(self, token: str) -> str:
        """The Set-Cookie that keeps a sign-in."""
        return self._cookie(token, LASTS // SECOND)

    def drop(self) -> str:
        """The Set-Cookie that forgets it."""
        return self._cookie("", 0)

    def keep_guest(self, value: str) -> str:
        """The Set-Cookie by which a guest's browser is known again."""
        flags = "HttpOnly; SameSite=Lax" + ("; Secure" if self.secure else "")
        return f"{_GUEST}={value}; Path=/r/; Max-Age={_GUEST_LASTS}; {flags}"

    def _cookie(self, value: str, seconds: int) -> str:
        name = _SECURE_NAME if self.secure else _NAME
        flags = "HttpOnly; SameSite=Strict" + ("; Secure" if self.secure else "")
        return f"{name}={value}; Path=/; Max-Age={seconds}; {flags}"


def browser_of(request: web.Request, settings: SignallingSettings) -> Browser:
    """Read it off a request's headers."""
    secure = _is_secure(request, settings)
    return Browser(
        token=request.cookies.get(_SECURE_NAME if secure else _NAME) or None,
        user_agent=request.headers.get("User-Agent", ""),
        secure=secure,
        ours=_is_ours(request, settings),
        safe=request.method in _SAFE,
        guest=request.cookies.get(_GUEST) or None,
    )


def _is_secure(request: web.Request, settings: SignallingSettings) -> bool:
    if request.secure or settings.public_url.startswith("https://"):
        return True
    told = request.headers.get("X-Forwarded-Proto", "").rpartition(",")[2].strip().lower()
    return told == "https" and request.remote in settings.trusted_proxies


def _is_ours(request: web.Request, settings: SignallingSettings) -> bool | None:
    """By Fetch Metadata, which pages cannot forge; by Origin where the browser sends only that."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    if origin is None:
        return None
    scheme, _, host = origin.rstrip("/").partition("://")
    own = scheme in {"http", "https"} and host == request.host
    return own or origin.rstrip("/") == settings.public_url.rstrip("/")
