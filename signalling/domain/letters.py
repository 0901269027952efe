"""What visitors are written about their callbacks, in their language. Pure.

Nothing that a visitor wrote stands in a letter: whoever gives somebody else's address for theirs
cannot have us send them words of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC

from offhook.core.clock import Micros, moment
from offhook.core.mail.letter import Letter
from signalling.domain.hours import Zones

#: The sentence of a key, in a language, with these values.
Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class About:
    """What a letter tells of. `at` and `zone`: when a booked callback is, by the site's clock."""

    kind: str
    key: str
    to: str
    language: str
    site: str
    agent: str
    link: str
    at: Micros | None = None
    zone: str = "UTC"


def letter(about: About, say: Say, zones: Zones) -> Letter:
    """The letter: that an agent is on the line (`ringing`), or when one will be (`booked`)."""
    kind, language = about.kind, about.language
    values = {"site": about.site, "agent": about.agent or about.site, "when": _when(about, zones)}
    words = {name: say(f"mail.{kind}.{name}", language, **values) for name in _PARTS}
    return Letter(
        key=about.key,
        to=about.to,
        language=language,
        direction=say("language.direction", language),
        subject=words["subject"],
        lines=[words["line"], words["how"]],
        action=words["action"],
        link=about.link,
        footer=say("mail.footer", language, **values),
    )


_PARTS = ("subject", "line", "how", "action")


def _when(about: About, zones: Zones) -> str:
    """A date and time that reads the same in every language, with the place whose clock it is."""
    if about.at is None:
        return ""
    local = moment(about.at).replace(tzinfo=UTC).astimezone(zones(about.zone))
    return f"{local:%Y-%m-%d %H:%M} ({about.zone.replace('_', ' ')})"
