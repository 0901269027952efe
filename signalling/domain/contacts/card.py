"""What an account knows of a contact: a name, a company, addresses, and what people noted."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from offhook.core.errors import InvalidInput
from offhook.core.numbers import Number
from signalling.domain import names
from signalling.domain.configured.values import check_word

Kind = Literal["email", "phone"]

_EMAIL: Final = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s.,;<>\"]+(\.[^@\s.,;<>\"]+)+\Z")
_LONGEST_EMAIL: Final = 254
NOTES_LIMIT: Final = 4000
#: Addresses of one kind, and attributes.
MOST_ADDRESSES: Final = 10
MOST_ATTRIBUTES: Final = 50

Line = Annotated[str, Meta(max_length=names.NAME_LIMIT)]
Email = Annotated[str, Meta(min_length=1, max_length=_LONGEST_EMAIL)]
Phone = Annotated[str, Meta(min_length=1, max_length=40)]
Emails = Annotated[list[Email], Meta(max_length=MOST_ADDRESSES)]
Phones = Annotated[
    list[Phone],
    Meta(max_length=MOST_ADDRESSES, description="With `+` and the country's code; kept as E.164."),
]
Tag = Annotated[
    str,
    Meta(
        pattern="^([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$",
        max_length=35,
        description="A language as in BCP 47; empty when it is not known.",
    ),
]
Attributes = Annotated[
    dict[Annotated[str, Meta(min_length=1, max_length=64)], Annotated[str, Meta(max_length=512)]],
    Meta(max_length=MOST_ATTRIBUTES),
]
Notes = Annotated[str, Meta(max_length=NOTES_LIMIT)]


class Card(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of a contact; one of name, company, e-mails and phones must be given. No two
    contacts of an account have the same e-mail address; a phone they may share."""

    name: Line = ""
    company: Line = ""
    emails: Emails = field(default_factory=list)
    phones: Phones = field(default_factory=list)
    language: Tag = ""
    attributes: Attributes = field(default_factory=dict)
    notes: Notes = ""


class Address(Struct, frozen=True):
    """Where somebody is reached, in the one form that all of its spellings have in common."""

    kind: Kind
    text: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.text}"


def checked(card: Card) -> Card:
    """The card as it is kept; raise `InvalidInput` with the field that is wrong."""
    kept = replace(
        card,
        name=names.display_name(card.name),
        company=names.display_name(card.company, "company"),
        emails=_each(card.emails, email, "emails", same_email),
        phones=_each(card.phones, phone, "phones", str),
        attributes=dict(names_of(card.attributes)),
        notes=names.storable(card.notes.strip(), "notes"),
    )
    if not (kept.name or kept.company or kept.emails or kept.phones):
        raise InvalidInput("Give a name, a company, an e-mail address or a phone.", field="name")
    return kept


def addresses(card: Card) -> list[Address]:
    """Where a contact is reached."""
    emails = [Address("email", same_email(each)) for each in card.emails]
    return [*emails, *(Address("phone", each) for each in card.phones)]


def reached_at(email_given: str, phone_given: str) -> list[Address]:
    """The addresses in what somebody wrote of themselves; what is none is passed over."""
    found = []
    if _EMAIL.match(email_given.strip()):
        found.append(Address("email", same_email(email_given.strip())))
    with contextlib.suppress(InvalidInput):
        found.append(Address("phone", phone(phone_given, "phone")))
    return found


def email(text: str, where: str) -> str:
    """An e-mail address as it is kept: its domain in lower case. Raises `InvalidInput` (code
    `bad_email`)."""
    text = names.storable(text.strip(), where)
    if len(text) > _LONGEST_EMAIL or not _EMAIL.match(text):
        raise InvalidInput("This is no e-mail address.", code="bad_email", field=where)
    name, _, domain = text.rpartition("@")
    return f"{name}@{domain.lower()}"


def same_email(text: str) -> str:
    """What all spellings of an address have in common: nobody tells them apart by case."""
    return text.casefold()


def phone(text: str, where: str, region: str | None = None) -> str:
    """A phone as E.164; `region` is whose national form is understood. Raises `InvalidInput` (code
    `invalid_number`)."""
    return Number.parse(text.strip(), region, field=where).e164


def names_of(given: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The attributes that say something, as they are kept."""
    for key, value in given.items():
        check_word(key, "attributes")
        text = names.storable(value.strip(), f"attributes.{key}")
        if text:
            yield key, text


def _each(
    given: list[str],
    read: Callable[[str, str], str],
    where: str,
    same: Callable[[str], str],
) -> list[str]:
    """Every one read, each once."""
    found: dict[str, str] = {}
    for n, text in enumerate(given):
        kept = read(text, f"{where}[{n}]")
        found.setdefault(same(kept), kept)
    return list(found.values())
