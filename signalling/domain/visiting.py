"""What visitors say of themselves, checked: the form, the host's word for them, consent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import jwt
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from offhook.core.clock import SECOND, Micros, isoformat
from offhook.core.errors import Conflict, Forbidden, InvalidInput, Unauthenticated
from offhook.core.mail.address import checked
from signalling.domain import names
from signalling.domain.calendar import Calendar
from signalling.domain.configured.site import SiteCallback, SiteField, SiteSettings
from signalling.domain.configured.values import in_language
from signalling.domain.hours import OpeningHours, Zones
from signalling.domain.sessions.customer import Customer
from signalling.domain.visit_views import (
    ChoiceView,
    ConsentView,
    FieldKind,
    FieldView,
    HoursView,
    SiteView,
    ThemeView,
)

_PHONE = re.compile(r"\+?[0-9 ()./-]{3,30}\Z")
#: Attributes that a page may say of itself, characters of one, and of an address.
_MOST, _LONGEST, _ADDRESS = 20, 500, 2_000
#: Seconds by which a host's clock may be off.
_LEEWAY = 60
#: Times that a page offers for a callback at most.
_TIMES = 200
_DAY = 86_400 * SECOND
_KINDS: Mapping[str, FieldKind] = {
    "name": "text",
    "email": "email",
    "phone": "phone",
    "text": "text",
    "textarea": "long_text",
    "select": "choice",
}


class Vouched(Struct, frozen=True, kw_only=True):
    """What a site's own server says of a visitor, as the payload of its token. `sub` is its own
    name for them; `exp` is needed, in Unix seconds."""

    sub: str
    exp: float
    nbf: float | None = None
    name: str = ""
    email: str = ""
    phone: str = ""
    attributes: dict[str, str] = {}


def vouched(token: str, secrets: list[str], now: Micros) -> Vouched:
    """Read a visitor's token (HS256); raise `Unauthenticated` (`identity_invalid`,
    `identity_expired`)."""
    for secret in secrets:
        try:
            options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
            payload = jwt.decode(token, secret, algorithms=["HS256"], options=options)
            found = msgspec.convert(payload, Vouched)
        except (jwt.InvalidTokenError, msgspec.ValidationError):
            continue
        if found.exp <= now / SECOND - _LEEWAY:
            raise Unauthenticated("The visitor's token has expired.", code="identity_expired")
        if found.nbf is not None and found.nbf > now / SECOND + _LEEWAY:
            break
        return found
    raise Unauthenticated("The visitor's token is not the site's.", code="identity_invalid")


def known(customer: Customer, found: Vouched) -> Customer:
    """The customer whom a site vouches for."""
    return replace(
        customer,
        name=names.display_name(found.name),
        email=_short(found.email),
        phone=_short(found.phone),
        attributes=attributes(found.attributes, "identity"),
        verified=True,
    )


def came_from(customer: Customer, url: str, title: str, referrer: str) -> Customer:
    """The customer on this page; what a page says of itself is cut to length, never refused."""
    return replace(
        customer,
        page_url=_clean(url, _ADDRESS),
        page_title=_clean(title, 200),
        referrer=_clean(referrer, _ADDRESS),
    )


def attributes(given: Mapping[str, str], field: str) -> dict[str, str]:
    """Attributes of bounded number and size; raise `InvalidInput`."""
    if len(given) > _MOST:
        raise InvalidInput(f"At most {_MOST} attributes.", code="too_many", field=field)
    for key, value in given.items():
        if len(key) > 64 or len(value) > _LONGEST:
            raise InvalidInput(
                f"An attribute has at most {_LONGEST} characters.", code="too_large", field=field
            )
        names.storable(key, field)
        names.storable(value, field)
    return dict(given)


def answered(site: SiteSettings, customer: Customer, given: Mapping[str, str]) -> Customer:
    """The customer with the form filled in; raise `InvalidInput` with the field."""
    fields = {field.key: field for field in site.form}
    for name in given:
        if name not in fields:
            raise InvalidInput("The form has no such field.", code="unknown_field", field=name[:64])
    answers = {key: _answer(field, given.get(key, "").strip()) for key, field in fields.items()}
    of_kind = {field.kind: answers[field.key] for field in reversed(site.form)}
    return replace(
        customer,
        answers={key: answer for key, answer in answers.items() if answer},
        name=customer.name or names.display_name(of_kind.get("name", "")[:100]),
        email=customer.email or of_kind.get("email", ""),
        phone=customer.phone or of_kind.get("phone", ""),
    )


def _answer(field: SiteField, text: str) -> str:
    names.storable(text, field.key)
    if not text:
        if field.required:
            raise InvalidInput("This is needed.", code="required", field=field.key)
        return ""
    if len(text) > field.max_length:
        raise InvalidInput(
            f"At most {field.max_length} characters.", code="too_large", field=field.key
        )
    if field.kind == "email":
        checked(text, field.key)
    if field.kind == "phone" and not _PHONE.match(text):
        raise InvalidInput("This is no phone number.", code="bad_phone", field=field.key)
    if field.kind == "select" and text not in {option.value for option in field.options}:
        raise InvalidInput("Choose one of these.", code="bad_choice", field=field.key)
    return text


def letter(text: str) -> str:
    """A message that was left; raise `InvalidInput`."""
    kept = names.storable(text.strip(), "text")
    if not kept:
        raise InvalidInput("Write something.", code="required", field="text")
    if len(kept) > 4_000:
        raise InvalidInput("At most 4000 characters.", code="too_large", field="text")
    return kept


def comment(text: str) -> str:
    """What a rating says beside its stars; raise `InvalidInput`."""
    kept = names.storable(text.strip(), "comment")
    if len(kept) > 2_000:
        raise InvalidInput("At most 2000 characters.", code="too_large", field="comment")
    return kept


def consent(site: SiteSettings, given: bool | None, version: str | None) -> str | None:
    """The version of the text that was answered; raise `Conflict` (`consent_changed`) for an answer
    to another text, `InvalidInput` without one, `Forbidden` when it must be given and was not."""
    if site.consent is None:
        return None
    if given is None:
        raise InvalidInput("Say yes or no to the recording.", code="required", field="consent")
    if version != site.consent.version:
        raise Conflict("The text has changed; read it again.", code="consent_changed")
    if site.consent.required and not given:
        raise Forbidden("Without your consent we cannot take the call.", code="consent_needed")
    return version


def routed(site: SiteSettings, customer: Customer, language: str) -> dict[str, Any]:
    """What expressions see of a visitor's task: choices and what the site vouches for, nothing that
    the visitor wrote."""
    choices = {field.key for field in site.form if field.kind == "select"}
    form = {key: answer for key, answer in customer.answers.items() if key in choices}
    return {
        **customer.attributes,
        "language": language,
        "site": site.name,
        "verified": customer.verified,
        "form": form,
    }


def language_of(site: SiteSettings, wanted: str) -> str:
    """The language of a visitor: the wanted one if the site has it, or its first."""
    short = wanted.lower().partition("-")[0]
    return short if short in site.languages else site.languages[0]


def site_view(
    site: SiteSettings, language: str, hours: OpeningHours | None, zones: Zones, now: Micros
) -> SiteView:
    """The site as its visitors see it, in their language."""
    first = site.languages[0]
    consent_text = None if site.consent is None else site.consent.text
    back = site.callback
    return SiteView(
        name=site.name,
        language=language,
        languages=list(site.languages),
        theme=theme_view(site, language),
        hours=_hours(hours, zones, now),
        fields=[_field(field, language, first) for field in site.form],
        consent=None
        if site.consent is None or consent_text is None
        else ConsentView(
            version=site.consent.version,
            text=in_language(consent_text, language, first),
            required=site.consent.required,
        ),
        video=site.video,
        callback_now=back is not None and back.now,
        callback_later=back is not None and back.scheduled,
        message=site.message,
        callback_times=[] if back is None else callback_times(back, hours, zones, now),
    )


def theme_view(site: SiteSettings, language: str) -> ThemeView:
    """How the button and the panel look, with the button's words in this language."""
    launcher: Mapping[Any, str] = site.theme.launcher
    return ThemeView(
        accent=site.theme.accent,
        ink=site.ink,
        launcher=launcher.get(language, ""),
        side=site.theme.position,
    )


def callback_times(
    back: SiteCallback, hours: OpeningHours | None, zones: Zones, now: Micros
) -> list[str]:
    """The times that can be booked, ISO 8601: in steps, while it is open, after the notice."""
    if not back.scheduled:
        return []
    step = back.slot * 60 * SECOND
    at = -(-(now + back.notice * 60 * SECOND) // step) * step
    until = now + back.days * _DAY
    calendar = None if hours is None else Calendar.of(hours, zones)
    found: list[str] = []
    while at <= until and len(found) < _TIMES:
        if calendar is None or calendar.is_open(Micros(at)):
            found.append(isoformat(Micros(at)))
        at += step
    return found


def _hours(hours: OpeningHours | None, zones: Zones, now: Micros) -> HoursView:
    if hours is None:
        return HoursView(open=True, opens_at=None, closes_at=None, time_zone="UTC")
    calendar = Calendar.of(hours, zones)
    is_open, change = calendar.is_open(now), calendar.next_change(now)
    at = None if change is None else isoformat(change)
    return HoursView(
        open=is_open,
        opens_at=None if is_open else at,
        closes_at=at if is_open else None,
        time_zone=hours.time_zone,
    )


def _field(field: SiteField, language: str, first: str) -> FieldView:
    return FieldView(
        name=field.key,
        kind=_KINDS[field.kind],
        label=in_language(field.label, language, first),
        required=field.required,
        max_length=field.max_length,
        choices=[
            ChoiceView(value=option.value, label=in_language(option.label, language, first))
            for option in field.options
        ],
    )


def _short(text: str) -> str:
    return _clean(text, 200)


def _clean(text: str, most: int) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:most]
