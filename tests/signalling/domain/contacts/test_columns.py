"""Columns are known by their heads in seven languages, or as somebody says."""

from __future__ import annotations

import pytest

from offhook.core.errors import InvalidInput
from signalling.domain.contacts.columns import recognised, require_useful, said

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("heads", "columns"),
    [
        ("Name,E-Mail,Phone_Number,Company", "name,email,phone,company"),
        ("Given Name,Family Name,E-mail 1 - Value", "first_name,last_name,email"),
        ("Nom,Prénom,Adresse e-mail,Téléphone", "last_name,first_name,email,phone"),
        ("Nom,Courriel,Société,Langue", "name,email,company,language"),
        ("Vorname,Nachname,Telefonnummer,Firma", "first_name,last_name,phone,company"),
        ("Nombre,Apellidos,Correo electrónico,Móvil", "first_name,last_name,email,phone"),
        ("Nome,Cognome,Cellulare,Azienda", "first_name,last_name,phone,company"),
        ("नाम,ईमेल,फ़ोन नंबर,कंपनी", "name,email,phone,company"),
        ("الاسم,البريد الإلكتروني,رقم الهاتف,الشركة", "name,email,phone,company"),
        ("EMAIL,Email,Shoe size,attributes.Tier", "email,email,-,attributes.Tier"),
        ("Name,name,Email", "name,-,email"),
    ],
)
def test_heads_are_recognised(heads: str, columns: str) -> None:
    assert recognised(heads.split(",")) == tuple(columns.split(","))


@pytest.mark.parametrize(
    "given", [["name"], ["name", "name"], ["name", "sheo"], ["name", "attributes.not a word"]]
)
def test_columns_that_cannot_be_are_refused(given: list[str]) -> None:
    with pytest.raises(InvalidInput) as error:
        said(["A", "B"], given)
    assert (error.value.code, error.value.field) == ("bad_columns", "columns")


def test_somebody_must_be_told_apart() -> None:
    assert said(["A", "B"], ["name", "email"]) == ("name", "email")
    with pytest.raises(InvalidInput):
        require_useful(["name", "-"])
