"""Replies: texts that agents have at hand, in each language, with places for what is known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from offhook.core.errors import InvalidInput
from signalling.domain import names
from signalling.domain.configured.kind import Kind, named
from signalling.domain.configured.values import Language, Name, check_distinct
from signalling.domain.hours import Zones

Text = Annotated[str, Meta(min_length=1, max_length=names.CHAT_LIMIT)]

#: What may stand between double braces: facts of the contact, answers of the form, attributes.
VARIABLES: Final = (
    "visitor.name", "visitor.email", "visitor.phone", "agent.name", "site.name", "queue.name",
    "session.id", "date", "time",
)  # fmt: skip
_OPEN_ENDED = re.compile(r"(form|attributes)\.[^\W\d]\w{0,63}\Z")
_PLACE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


class ReplySettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reply. `texts` by language; `{{visitor.name}}`, `{{agent.name}}`, `{{form.reason}}` and the
    like are filled in, and what is not known is left out. `tags` help to find it."""

    name: Name
    texts: Annotated[dict[Language, Text], Meta(min_length=1)]
    channels: Annotated[list[Literal["chat", "sms"]], Meta(min_length=1, max_length=2)] = field(
        default_factory=lambda: ["chat"]
    )
    tags: Annotated[list[Name], Meta(max_length=20)] = field(default_factory=list)


def variables(text: str, where: str) -> list[str]:
    """The variables of a text in order; raise `InvalidInput` (code `bad_variable`) for one that
    does not exist, with its position."""
    found = []
    for place in _PLACE.finditer(text):
        name = place[1].strip()
        if name not in VARIABLES and not _OPEN_ENDED.match(name):
            raise InvalidInput(
                f"There is no variable {name[:64]!r}; there are {', '.join(VARIABLES)}, form.… and "
                "attributes.….",
                code="bad_variable",
                field=where,
                position=place.start() + 1,
            )
        found.append(name)
    return found


def filled(text: str, known: Mapping[str, str]) -> str:
    """The text with what is known in its places, and nothing where nothing is known."""
    return _PLACE.sub(lambda place: known.get(place[1].strip(), ""), text)


def _check(given: ReplySettings, zones: Zones) -> ReplySettings:
    for language, text in given.texts.items():
        variables(text, f"texts.{language}")
    check_distinct(given.channels, "channel", "channels")
    check_distinct(given.tags, "tag", "tags")
    return replace(given, name=named(given.name))


REPLY = Kind(
    noun="reply",
    plural="replies",
    prefix="RP",
    shape=ReplySettings,
    check=_check,
    most=2_000,
)
