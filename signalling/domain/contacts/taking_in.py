"""How the rows of a table become contacts: read, matched with those there are, and merged.

A row is the contact that has one of its e-mail addresses; or else the one that has one of its
phones, unless the two are called differently: people share phones. A row that fits two contacts is
a conflict, and changes nothing. What a row says takes the place of what was known, but for e-mails,
phones and attributes, which are added, and notes, which are written below.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from offhook.core.errors import InvalidInput, OffhookError
from signalling.domain.contacts.card import (
    MOST_ADDRESSES,
    MOST_ATTRIBUTES,
    NOTES_LIMIT,
    Address,
    Card,
    addresses,
    checked,
    email,
    names_of,
    phone,
    same_email,
)
from signalling.domain.contacts.columns import attribute_of
from signalling.domain.contacts.searching import words_of
from signalling.domain.contacts.sheet import Row

What = Literal["created", "updated", "unchanged", "failed"]
_BETWEEN_EMAILS: Final = re.compile(r"[,;\s]+")
_BETWEEN_PHONES: Final = re.compile(r"[,;\n]+|\s/\s|:::")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
#: What our own export puts before a cell that programs would calculate with.
_QUOTE: Final = re.compile(r"'(?=[=+\-@\t\r])")


class Wrong(Struct, frozen=True):
    """Why a row is not taken in. `field` is the column's."""

    code: str
    detail: str
    field: str | None = None


class Outcome(Struct, frozen=True, kw_only=True):
    """What becomes of a row. `line` is its place in the text; `contact` who it is of those there
    were, and `of` which row made them, when that is another of the same table."""

    line: int
    what: What
    card: Card | None = None
    contact: str | None = None
    of: int | None = None
    wrong: Wrong | None = None


def card_of(row: Row, columns: Sequence[str], region: str | None) -> Card:
    """What a row says; raise `InvalidInput` with the field. `region` is the country whose national
    phone numbers are understood."""
    cells: dict[str, list[str]] = {}
    for column, cell in zip(columns, row.cells, strict=False):
        text = _QUOTE.sub("", cell.strip(), count=1)
        if text:
            cells.setdefault(column, []).append(text)
    one = {name: found[0] for name, found in cells.items()}
    both = f"{one.get('first_name', '')} {one.get('last_name', '')}".strip()
    card = Card(
        name=one.get("name", both),
        company=one.get("company", ""),
        emails=[email(each, "email") for each in _split(cells.get("email"), _BETWEEN_EMAILS)],
        phones=[
            phone(each, "phone", region) for each in _split(cells.get("phone"), _BETWEEN_PHONES)
        ],
        language=_language(one.get("language", "")),
        attributes=dict(names_of(_attributes(one))),
        notes="\n".join(cells.get("notes", [])),
    )
    if not (card.emails or card.phones):
        raise InvalidInput(
            "Without an e-mail address or a phone nobody can be told apart.", code="no_address"
        )
    return _within(checked(card))


def _split(cells: Sequence[str] | None, between: re.Pattern[str]) -> list[str]:
    return [each for cell in cells or () for each in between.split(cell) if each.strip()]


def _language(text: str) -> str:
    tag = text.replace("_", "-")
    if tag and not _LANGUAGE.match(tag):
        raise InvalidInput(
            "Say the language by its code, such as fr or pt-BR.",
            code="bad_language",
            field="language",
        )
    return tag


def _attributes(cells: Mapping[str, str]) -> dict[str, str]:
    named = ((attribute_of(column), text) for column, text in cells.items())
    return {name: text for name, text in named if name is not None}


def _within(card: Card) -> Card:
    """The card; raise `InvalidInput` (code `too_much`) when it holds more than one may."""
    too_much = (
        ("email", len(card.emails) > MOST_ADDRESSES),
        ("phone", len(card.phones) > MOST_ADDRESSES),
        ("attributes", len(card.attributes) > MOST_ATTRIBUTES),
        ("attributes", any(len(text) > 512 for text in card.attributes.values())),
        ("notes", len(card.notes) > NOTES_LIMIT),
    )
    for name, is_so in too_much:
        if is_so:
            raise InvalidInput("This is more than one contact holds.", code="too_much", field=name)
    return card


def merged(known: Card, row: Card) -> Card:
    """The contact with what a row adds; raise `InvalidInput` (code `too_much`)."""
    has = {same_email(each) for each in known.emails}
    told = row.notes and row.notes not in known.notes
    return _within(
        replace(
            known,
            name=row.name or known.name,
            company=row.company or known.company,
            emails=[*known.emails, *(e for e in row.emails if same_email(e) not in has)],
            phones=list(dict.fromkeys((*known.phones, *row.phones))),
            language=row.language or known.language,
            attributes=known.attributes | row.attributes,
            notes="\n".join(filter(None, (known.notes, row.notes))) if told else known.notes,
        )
    )


class Plan:
    """Decides, row after row, what becomes of them; rows know of those above them.

    `known` are the contacts there are, by id, that have an address of any of the rows.
    """

    def __init__(self, known: Mapping[str, Card]) -> None:
        self._cards: dict[str | int, Card] = {}
        self._at: dict[Address, list[str | int]] = {}
        for id, card in known.items():
            self._cards[id] = card
            self._note(id, card)
        self.outcomes: list[Outcome] = []

    def take(self, row: Row, read: Card | OffhookError) -> None:
        """Decide about one row, as it was read or refused."""
        if isinstance(read, OffhookError):
            self._fail(row, read)
            return
        try:
            who = self._who(read)
            before = None if who is None else self._cards[who]
            after = read if before is None else merged(before, read)
        except OffhookError as error:
            self._fail(row, error)
            return
        self._keep(row, who, before, after)

    def counts(self) -> dict[What, int]:
        """How many rows became what."""
        found = Counter(outcome.what for outcome in self.outcomes)
        return {what: found[what] for what in ("created", "updated", "unchanged", "failed")}

    def _keep(self, row: Row, who: str | int | None, before: Card | None, after: Card) -> None:
        what: What = "created" if who is None else "unchanged" if before == after else "updated"
        place = len(self.outcomes)
        key = place if who is None else who
        self._cards[key] = after
        self._note(key, after)
        self.outcomes.append(
            Outcome(
                line=row.line,
                what=what,
                card=after,
                contact=key if isinstance(key, str) else None,
                of=key if isinstance(key, int) else None,
            )
        )

    def _who(self, row: Card) -> str | int | None:
        """Whom a row is about; None when nobody is known by its addresses."""
        by_email = self._having(row, "email")
        if len(by_email) > 1:
            raise _conflict("two_contacts", "Its e-mails are those of two contacts.", "email")
        if by_email:
            return by_email[0]
        by_phone = self._having(row, "phone")
        same = [who for who in by_phone if _could_be(self._cards[who], row)]
        if len(same) > 1:
            raise _conflict("two_contacts", "Its phone is that of several contacts.", "phone")
        if by_phone and not same:
            name = self._cards[by_phone[0]].name
            raise _conflict(
                "phone_of_another",
                f"The phone is that of {name!r}, called otherwise.",
                "phone",
            )
        return same[0] if same else None

    def _having(self, row: Card, kind: str) -> list[str | int]:
        found = (who for at in addresses(row) if at.kind == kind for who in self._at.get(at, ()))
        return list(dict.fromkeys(found))

    def _note(self, who: str | int, card: Card) -> None:
        for at in addresses(card):
            others = self._at.setdefault(at, [])
            if who not in others:
                others.append(who)

    def _fail(self, row: Row, error: OffhookError) -> None:
        wrong = Wrong(error.code, error.detail, error.field)
        self.outcomes.append(Outcome(line=row.line, what="failed", wrong=wrong))


def _could_be(known: Card, row: Card) -> bool:
    """Whether two who share a phone may be one: neither is called otherwise than the other."""
    one, other = words_of(known.name), words_of(row.name)
    return not one or not other or sorted(one) == sorted(other)


def _conflict(code: str, detail: str, field: str) -> InvalidInput:
    return InvalidInput(detail, code=code, field=field)
