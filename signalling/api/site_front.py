"""What everybody may know of a site: how its button looks, and which pages may show it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from html import escape

import msgspec
from msgspec import Struct

from signalling.domain.visit_views import ThemeView

#: A source of `frame-ancestors`: an origin or `*`, and nothing that could begin another directive.
_SOURCE = re.compile(r"\*|https?://[A-Za-z0-9.\-\[\]:]+")
_META = re.compile(r'(<meta name="offhook-site" content=")[^"]*(")')


class SiteFront(Struct, frozen=True, kw_only=True):
    """A site as its button needs it. `origins` are those of the pages that may frame the panel;
    `*` lets in every page, which apps without an origin need."""

    theme: ThemeView
    origins: tuple[str, ...] = ()

    @property
    def frame_sources(self) -> tuple[str, ...]:
        """The origins as sources of a policy; what is no origin is left out."""
        return tuple(origin for origin in self.origins if _SOURCE.fullmatch(origin))

    def written_into(self, page: str) -> str:
        """The built page with the looks of this site in its head."""
        looks = escape(msgspec.json.encode(self.theme).decode(), quote=True)
        return _META.sub(lambda found: f"{found[1]}{looks}{found[2]}", page, count=1)


#: The front of the site with this public key; null when there is none.
FrontOf = Callable[[str], Awaitable[SiteFront | None]]


async def no_sites(key: str) -> SiteFront | None:
    """There are no sites."""
    return None
