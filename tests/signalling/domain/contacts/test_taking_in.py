"""Rows become contacts: new ones, those there were, or a conflict that is told."""

from __future__ import annotations

import pytest

from offhook.core.errors import InvalidInput, OffhookError
from signalling.domain.contacts.card import NOTES_LIMIT, Card
from signalling.domain.contacts.sheet import Row
from signalling.domain.contacts.taking_in import Outcome, Plan, card_of, merged

pytestmark = pytest.mark.unit

ADA = Card(name="Ada Lovelace", emails=["ada@example.com"], phones=["+33612345678"], notes="Kind.")
BOB = Card(name="Bob", emails=["bob@example.com"], phones=["+33698765432"])


def row(columns: str, *cells: str, region: str | None = None) -> Card:
    return card_of(Row(2, cells), columns.split(), region)


def taken(*cards: Card | OffhookError) -> list[Outcome]:
    plan = Plan({"CT1": ADA, "CT2": BOB})
    for line, card in enumerate(cards, start=2):
        plan.take(Row(line, ()), card)
    return plan.outcomes


def what(*cards: Card | OffhookError) -> list[tuple[str, str | None]]:
    return [(each.what, each.contact) for each in taken(*cards)]


def wrong(card: Card) -> str:
    [outcome] = taken(card)
    assert outcome.wrong is not None
    assert outcome.card is None
    return outcome.wrong.code


def test_a_row_is_read() -> None:
    read = row(
        "last_name first_name email phone language attributes.tier - notes",
        *("Lovelace", "Ada", "ada@example.com; a@b.example", "06 12 34 56 78", "fr_FR", "gold"),
        *("x", "Kind."),
        region="FR",
    )
    assert read.name == "Ada Lovelace"
    assert read.emails == ["ada@example.com", "a@b.example"]
    assert (read.phones, read.language) == (["+33612345678"], "fr-FR")
    assert (read.attributes, read.notes) == ({"tier": "gold"}, "Kind.")


def test_the_quote_before_a_formula_of_an_export_is_taken_away() -> None:
    assert row("name phone", "'=Ada", "'+33612345678").phones == ["+33612345678"]
    assert row("name phone", "'=Ada", "'+33612345678").name == "=Ada"
    assert row("name phone", "'t Hart", "+33612345678").name == "'t Hart"


@pytest.mark.parametrize(
    ("columns", "cells", "code", "field"),
    [
        ("name email", ("Ada", ""), "no_address", None),
        ("name email", ("Ada", "ada at home"), "bad_email", "email"),
        ("name phone", ("Ada", "06 12 34 56 78"), "invalid_number", "phone"),
        ("email language", ("a@b.example", "french, a bit"), "bad_language", "language"),
        ("email notes", ("a@b.example", "x" * (NOTES_LIMIT + 1)), "too_much", "notes"),
        ("email name", ("a@b.example", "x" * 200), "invalid", "name"),
    ],
)
def test_a_row_that_is_wrong_says_where(
    columns: str, cells: tuple[str, ...], code: str, field: str | None
) -> None:
    with pytest.raises(InvalidInput) as error:
        row(columns, *cells)
    assert (error.value.code, error.value.field) == (code, field)


def test_a_row_adds_to_whom_its_email_belongs() -> None:
    [outcome] = taken(Card(name="Ada King", emails=["ADA@example.com"], notes="Called."))
    assert (outcome.what, outcome.contact) == ("updated", "CT1")
    assert outcome.card is not None
    assert (outcome.card.name, outcome.card.notes) == ("Ada King", "Kind.\nCalled.")
    assert (outcome.card.emails, outcome.card.phones) == (ADA.emails, ADA.phones)


def test_a_row_that_says_nothing_new_changes_nothing() -> None:
    assert what(Card(emails=["ada@example.com"], notes="Kind.")) == [("unchanged", "CT1")]


def test_people_may_share_a_phone_but_are_not_taken_for_one_another() -> None:
    assert what(Card(name="lovelace ADA", phones=ADA.phones)) == [("updated", "CT1")]
    assert what(Card(phones=ADA.phones)) == [("unchanged", "CT1")]
    assert wrong(Card(name="Charles", phones=ADA.phones)) == "phone_of_another"
    assert what(Card(name="Charles", emails=["c@x.example"])) == [("created", None)]


def test_a_row_that_is_two_people_is_a_conflict() -> None:
    assert wrong(Card(emails=["ada@example.com", "bob@example.com"])) == "two_contacts"
    assert wrong(Card(phones=[*ADA.phones, *BOB.phones])) == "two_contacts"


def test_rows_know_of_those_above_them() -> None:
    charles = Card(name="Charles", emails=["c@x.example"])
    again = Card(emails=["C@x.example"], phones=["+442079460018"])
    first, second, third = taken(charles, again, again)
    assert (first.what, second.what, third.what) == ("created", "updated", "unchanged")
    assert (first.of, second.of) == (0, 0)
    assert second.card is not None
    assert (second.card.name, second.card.phones) == ("Charles", ["+442079460018"])


def test_a_refused_row_keeps_its_line_and_its_reason() -> None:
    [outcome] = taken(InvalidInput("no", code="bad_email", field="email"))
    assert (outcome.line, outcome.what) == (2, "failed")
    assert outcome.wrong is not None
    assert (outcome.wrong.code, outcome.wrong.field) == ("bad_email", "email")


def test_a_contact_does_not_grow_beyond_what_one_holds() -> None:
    full = Card(name="Ada", emails=[f"a{n}@x.example" for n in range(10)])
    with pytest.raises(InvalidInput) as error:
        merged(full, Card(emails=["another@x.example"]))
    assert error.value.code == "too_much"
