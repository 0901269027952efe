"""Sites: web pages with the button, what visitors are asked there, and where they are led."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from offhook.core.errors import InvalidInput
from signalling.domain.calendar import Calendar
from signalling.domain.configured.colours import check_readable, readable_on
from signalling.domain.configured.kind import Kind, named
from signalling.domain.configured.origins import origin
from signalling.domain.configured.values import (
    Language,
    Name,
    Reference,
    Seconds,
    Target,
    Words,
    check_distinct,
    check_target,
    of_target,
)
from signalling.domain.hours import OpeningHours, Zones

Colour = Annotated[str, Meta(pattern="^#[0-9a-fA-F]{6}$", description="As #0b5fff.")]
Key = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,31}$")]
#: What a visitor agrees to, by language.
ConsentWords = Annotated[
    dict[Language, Annotated[str, Meta(min_length=1, max_length=4_000)]], Meta(min_length=1)
]


class FieldOption(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the answers to choose from."""

    value: Annotated[str, Meta(min_length=1, max_length=100)]
    label: Words


class SiteField(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question of the form; `options` for a `select` only."""

    key: Key
    kind: Literal["name", "email", "phone", "text", "textarea", "select"] = "text"
    label: Words
    required: bool = False
    max_length: Annotated[int, Meta(ge=1, le=4_000)] = 200
    options: Annotated[list[FieldOption], Meta(max_length=50)] = field(default_factory=list)


class SiteConsent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a visitor is asked before anything is recorded. `version` is kept with each answer.
    `required`: who does not agree is not let in; otherwise such a session is not recorded."""

    version: Annotated[str, Meta(min_length=1, max_length=64)]
    text: ConsentWords
    required: bool = False


class SiteTheme(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the button looks. `ink` is the colour of words on `accent`, white or black when it is
    null; `position` is the corner, `end` the right one where one reads from left to right."""

    accent: Colour = "#0b5fff"
    ink: Colour | None = None
    position: Literal["start", "end"] = "end"
    launcher: dict[Language, Annotated[str, Meta(min_length=1, max_length=60)]] = field(
        default_factory=dict
    )


class SiteCallback(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether visitors may ask to be called. `now`: as soon as an agent is free; `scheduled`: at a
    time of theirs within `days` days, in steps of `slot` minutes, `notice` minutes ahead at least.
    The call is tried for `window` minutes from its time on, `tries` times."""

    now: bool = True
    scheduled: bool = True
    days: Annotated[int, Meta(ge=1, le=60)] = 7
    slot: Annotated[int, Meta(ge=5, le=240)] = 30
    notice: Annotated[int, Meta(ge=0, le=1_440)] = 15
    window: Annotated[int, Meta(ge=5, le=1_440)] = 60
    tries: Annotated[int, Meta(ge=1, le=10)] = 3


class SiteSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A site. `allowed_origins`: the pages that may show the button, https unless of this machine;
    `webview`: apps may too, which have no origin. `hours`: null are those of the queue it leads to,
    or always. `mode`: `direct` rings one agent, or at once all of a queue who are free, and gives
    up after 30 seconds; `contact-center` routes; `call-me-back` only calls back. `languages`: the
    first is for whoever speaks none of them. `identity_required`: only visitors whom the site's own
    server vouches for. `max_wait_offer`: a longer estimated wait, in seconds, has a callback or
    message offered."""

    name: Name
    allowed_origins: Annotated[list[Annotated[str, Meta(max_length=300)]], Meta(max_length=50)] = (
        field(default_factory=list)
    )
    webview: bool = False
    hours: OpeningHours | None = None
    mode: Literal["direct", "contact-center", "call-me-back"] = "contact-center"
    target: Target
    languages: Annotated[list[Language], Meta(min_length=1, max_length=7)] = field(
        default_factory=lambda: ["en"]
    )
    form: Annotated[list[SiteField], Meta(max_length=20)] = field(default_factory=list)
    consent: SiteConsent | None = None
    theme: SiteTheme = SiteTheme()
    callback: SiteCallback | None = SiteCallback()
    message: bool = True
    video: bool = True
    max_wait_offer: Seconds | None = 300
    identity_required: bool = False

    @property
    def ink(self) -> str:
        """The colour of words on the accent."""
        return self.theme.ink or readable_on(self.theme.accent)


def public_key(random: bytes) -> str:
    """The key by which pages name a site, of 15 random bytes; it opens sessions, nothing else."""
    return "site_" + base64.b32encode(random).decode().rstrip("=").lower()


def identity_secret(random: bytes) -> str:
    """What a site's own server signs with, so that we believe who its visitors are."""
    return "visitor_" + base64.urlsafe_b64encode(random).decode().rstrip("=")


def _check(given: SiteSettings, zones: Zones) -> SiteSettings:
    check_target(given.target, "target")
    _check_mode(given)
    if given.hours is not None:
        Calendar.of(given.hours, zones)
    check_distinct(given.languages, "language", "languages")
    check_distinct([each.key for each in given.form], "key", "form")
    for n, each in enumerate(given.form):
        _check_field(each, given.languages[0], f"form[{n}]")
    if given.consent is not None:
        for language in given.languages:
            _require(given.consent.text, language, "consent.text")
    if given.theme.ink is not None:
        check_readable(given.theme.ink, given.theme.accent, "theme.ink")
    return replace(given, name=named(given.name), allowed_origins=_origins(given))


def _check_mode(given: SiteSettings) -> None:
    if given.mode == "call-me-back" and given.callback is None:
        raise InvalidInput("Calling back needs `callback`.", field="callback")
    if given.mode == "direct" and given.target.workflow is not None:
        raise InvalidInput("Direct rings an agent or a queue at once.", field="target.workflow")
    if given.callback is not None and not (given.callback.now or given.callback.scheduled):
        raise InvalidInput("Allow `now` or `scheduled`, or null for no callback.", field="callback")


def _check_field(given: SiteField, language: str, where: str) -> None:
    _require(given.label, language, f"{where}.label")
    if (given.kind == "select") != bool(given.options):
        raise InvalidInput("A select, and nothing else, has options.", field=f"{where}.options")
    check_distinct([each.value for each in given.options], "value", f"{where}.options")
    for n, each in enumerate(given.options):
        _require(each.label, language, f"{where}.options[{n}].label")


def _require(texts: dict[Language, str], language: str, where: str) -> None:
    if language not in texts:
        raise InvalidInput(f"The words in {language!r} are missing.", field=where)


def _origins(given: SiteSettings) -> list[str]:
    found = [origin(each, f"allowed_origins[{n}]") for n, each in enumerate(given.allowed_origins)]
    return list(dict.fromkeys(found))


def _references(given: SiteSettings) -> Iterator[Reference]:
    return of_target(given.target, "target")


SITE = Kind(
    noun="site",
    plural="sites",
    prefix="ST",
    shape=SiteSettings,
    check=_check,
    references=_references,
    most=200,
)
