"""What is known of a contact: one spelling of each address, each once, and nothing that is none."""

from __future__ import annotations

import pytest

from offhook.core.errors import InvalidInput
from signalling.domain.contacts.card import Address, Card, addresses, checked, reached_at

pytestmark = pytest.mark.unit


def refused(card: Card) -> tuple[str, str | None]:
    with pytest.raises(InvalidInput) as error:
        checked(card)
    return error.value.code, error.value.field


def test_a_phone_is_kept_as_e164_and_an_address_each_once() -> None:
    card = checked(
        Card(
            name=" Ada ",
            emails=["Ada@Example.COM", "ada@example.com"],
            phones=["+33 6 12 34 56 78", "+33612345678"],
        )
    )
    assert (card.name, card.emails, card.phones) == ("Ada", ["Ada@example.com"], ["+33612345678"])
    assert addresses(card) == [
        Address("email", "ada@example.com"),
        Address("phone", "+33612345678"),
    ]


def test_what_is_checked_stays_as_it_is() -> None:
    card = checked(Card(name="Ada", emails=["A@b.example"], attributes={"tier": " gold ", "x": ""}))
    assert card.attributes == {"tier": "gold"}
    assert checked(card) == card


@pytest.mark.parametrize(
    ("card", "why"),
    [
        (Card(notes="nobody"), ("invalid", "name")),
        (Card(emails=["ada@example.com", "ada"]), ("bad_email", "emails[1]")),
        (Card(emails=["a@b.c, d@e.f"]), ("bad_email", "emails[0]")),
        (Card(phones=["0612345678"]), ("invalid_number", "phones[0]")),
        (Card(phones=["+33"]), ("invalid_number", "phones[0]")),
        (Card(name="A\x07"), ("invalid", "name")),
        (Card(name="Ada", attributes={"not a word": "x"}), ("invalid", "attributes")),
        (Card(name="Ada", notes="\x00"), ("invalid", "notes")),
    ],
)
def test_what_is_wrong_is_named(card: Card, why: tuple[str, str]) -> None:
    assert refused(card) == why


def test_what_a_visitor_wrote_is_passed_over_when_it_is_no_address() -> None:
    assert reached_at(" Ada@Example.com", "+44 20 7946 0018") == [
        Address("email", "ada@example.com"),
        Address("phone", "+442079460018"),
    ]
    assert reached_at("nobody", "020 7946 0018") == []
