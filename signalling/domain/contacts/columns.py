"""Which column of a table holds what: by its head, in seven languages, or as somebody says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from offhook.core.errors import InvalidInput

#: A column may hold one of these, or an attribute (`attributes.tier`); `-` is passed over.
FIELDS: Final = (
    "name", "first_name", "last_name", "company", "email", "phone", "language", "notes",
)  # fmt: skip
PASSED_OVER: Final = "-"
_ATTRIBUTE: Final = "attributes."
#: Of these several columns may hold one.
_SEVERAL: Final = ("email", "phone", "notes", PASSED_OVER)

#: Heads as programs and people write them, in the seven languages of the pages.
_HEADS: Final[dict[str, str]] = {
    "name": "name|full name|display name|contact|contact name|customer|nom complet|client|kunde"
    "|kontakt|vollständiger name|nombre completo|contacto|cliente|nome completo|contatto|नाम"
    "|पूरा नाम|ग्राहक|الاسم|الاسم الكامل|العميل",
    "first_name": "first name|given name|firstname|forename|prénom|vorname|nombre|nombre de pila"
    "|nome|पहला नाम|الاسم الأول",
    "last_name": "last name|family name|lastname|surname|nom|nom de famille|nachname|familienname"
    "|apellido|apellidos|cognome|उपनाम|कुलनाम|اسم العائلة|اللقب",
    "company": "company|company name|organization|organisation|organization name|business|account"
    "|entreprise|société|firma|unternehmen|empresa|compañía|azienda|società|ditta|कंपनी|संगठन"
    "|الشركة|المؤسسة",
    "email": "email|e-mail|email address|e-mail address|mail|e-mail 1 - value|courriel"
    "|adresse e-mail|adresse email|adresse mail|e-mail-adresse|correo|correo electrónico"
    "|indirizzo e-mail|posta elettronica|ईमेल|ईमेल पता|البريد الإلكتروني|البريد|بريد إلكتروني",
    "phone": "phone|phone number|telephone|telephone number|tel|mobile|mobile phone|cell|cell phone"
    "|business phone|home phone|work phone|number|phone 1 - value|téléphone|numéro de téléphone"
    "|portable|telefon|telefonnummer|handy|mobil|teléfono|móvil|celular|número de teléfono"
    "|telefono|cellulare|numero di telefono|फ़ोन|फोन|फ़ोन नंबर|मोबाइल|الهاتف|رقم الهاتف|هاتف|الجوال"
    "|الهاتف المحمول",
    "language": "language|preferred language|langue|sprache|idioma|lingua|भाषा|اللغة",
    "notes": "notes|note|comment|comments|remarks|remarque|remarques|commentaire|notiz|notizen"
    "|bemerkung|bemerkungen|nota|notas|comentario|comentarios|osservazioni|commento|टिप्पणी|नोट"
    "|ملاحظات|ملاحظة",
}
_WORD: Final = re.compile(r"[^\W\d]\w{0,63}\Z")


def _same(head: str) -> str:
    """What all spellings of a head have in common."""
    plain = unicodedata.normalize("NFKD", head.casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[\s_.:*-]+", " ", letters).strip()


_BY_HEAD: Final = {
    _same(head): name for name, heads in _HEADS.items() for head in heads.split("|")
} | {_same(name): name for name in FIELDS}


def recognised(heads: Sequence[str]) -> tuple[str, ...]:
    """What each column holds, by its head; what nothing is known of is passed over."""
    found: list[str] = []
    for head in heads:
        name = _by_head(head)
        again = name in found and name not in _SEVERAL
        found.append(PASSED_OVER if again else name)
    return tuple(_without_halves(found))


def _by_head(head: str) -> str:
    if _is_attribute(head):
        return head
    return _BY_HEAD.get(_same(head), PASSED_OVER)


def _without_halves(found: list[str]) -> list[str]:
    """A lone first or last name is the name: `nom` and `nome` alone mean the whole."""
    halves = {"first_name", "last_name"} & set(found)
    if "name" in found or len(halves) != 1:
        return found
    return ["name" if each in halves else each for each in found]


def said(heads: Sequence[str], given: Sequence[str]) -> tuple[str, ...]:
    """What each column holds, as somebody says; raise `InvalidInput` (code `bad_columns`)."""
    if len(given) != len(heads):
        raise _bad(f"The file has {len(heads)} columns, and you named {len(given)}.")
    for n, name in enumerate(given):
        if name not in (*FIELDS, PASSED_OVER) and not _is_attribute(name):
            raise _bad(
                f"{name[:64]!r} is no field; there are {', '.join(FIELDS)}, attributes.… and `-`."
            )
        if name not in _SEVERAL and name in given[:n]:
            raise _bad(f"Two columns cannot both hold {name!r}.")
    return tuple(given)


def require_useful(columns: Sequence[str]) -> None:
    """Raise `InvalidInput` (code `bad_columns`) without a column that people are told apart by."""
    if not {"email", "phone"} & set(columns):
        raise _bad("No column holds e-mail addresses or phones: say which by `columns`.")


def attribute_of(column: str) -> str | None:
    """The attribute that a column holds."""
    return column.removeprefix(_ATTRIBUTE) if column.startswith(_ATTRIBUTE) else None


def _is_attribute(name: str) -> bool:
    return name.startswith(_ATTRIBUTE) and bool(_WORD.match(name.removeprefix(_ATTRIBUTE)))


def _bad(detail: str) -> InvalidInput:
    return InvalidInput(detail, code="bad_columns", field="columns")
