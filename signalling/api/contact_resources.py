"""What the REST API of contacts takes and gives."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from signalling.api.resources import PageQuery, Timestamp
from signalling.domain.contacts.card import (
    Attributes,
    Card,
    Emails,
    Line,
    Notes,
    Phones,
    Tag,
)
from signalling.domain.contacts.sheet import Encoding
from signalling.domain.contacts.taking_in import What

#: The media type of tables.
CSV = "text/csv"
#: Rows that one request keeps.
MOST_KEPT = 1_000
#: Rows that an answer tells the trouble of, and rows that it shows.
MOST_TOLD, SHOWN = 200, 5


class ContactCreate(Card, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A contact to make; one of name, company, e-mails and phones must be given. `session`: the
    contact is whom this session is with."""

    session: Annotated[str, Meta(max_length=34)] = ""


class ContactPatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change of a contact; what is not given stays."""

    name: Line | UnsetType = UNSET
    company: Line | UnsetType = UNSET
    emails: Emails | UnsetType = UNSET
    phones: Phones | UnsetType = UNSET
    language: Tag | UnsetType = UNSET
    attributes: Attributes | UnsetType = UNSET
    notes: Notes | UnsetType = UNSET


class Contact(Struct, frozen=True, kw_only=True):
    """A person the account knows. Phones are E.164."""

    id: str
    name: str
    company: str
    emails: list[str]
    phones: list[str]
    language: str
    attributes: dict[str, str]
    notes: str
    created_at: Timestamp
    updated_at: Timestamp


class ContactQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which contacts. `q`: words that each begin a word of the name, company or e-mail, or the
    beginning of a phone. Or `contact`, `email` and `phone`: who this is, or has exactly this
    address; of several either."""

    contact: Annotated[str, Meta(max_length=34)] = ""
    q: Annotated[str, Meta(max_length=200)] = ""
    email: Annotated[str, Meta(max_length=254)] = ""
    phone: Annotated[str, Meta(max_length=40)] = ""


class ContactPage(Struct, frozen=True, kw_only=True):
    """Contacts, the newest first; `next` as everywhere. A page of a search may be short, and
    `next` say that there is more."""

    items: list[Contact]
    next: str | None


class ContactSession(Struct, frozen=True, kw_only=True):
    """A session of a contact. `seconds`: how long they talked; `rated`: stars from 1 to 5. `own`:
    it is known to be theirs; else it is of somebody who gave their e-mail address or phone."""

    id: str
    state: str
    opened_at: Timestamp
    seconds: int
    agent: str
    disposition: str
    notes: str
    rated: int | None
    own: bool


class ContactSessionList(Struct, frozen=True, kw_only=True):
    """The last sessions of a contact, the newest first."""

    items: list[ContactSession]


class ContactImportQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a table is taken in. A `preview` says what would become of all of its rows, and keeps
    nothing. A `commit` keeps up to `rows` of them, beginning with number `first`.

    `columns`: what each column holds, with commas between: `name`, `first_name`, `last_name`,
    `company`, `email`, `phone`, `language`, `notes`, `attributes.…`, or `-` to pass it over;
    without it the heads say so. `region` (as `FR`): whose national phone numbers are understood."""

    mode: Literal["preview", "commit"] = "preview"
    delimiter: Literal["", "comma", "semicolon", "tab"] = ""
    columns: Annotated[str, Meta(max_length=4_096)] = ""
    region: Annotated[str, Meta(pattern="^([A-Z]{2})?$")] = ""
    first: Annotated[int, Meta(ge=1, le=10_000)] = 1
    rows: Annotated[int, Meta(ge=1, le=MOST_KEPT)] = MOST_KEPT


class ImportColumn(Struct, frozen=True, kw_only=True):
    """A column of a table: its head, and what it is taken to hold (`-`: nothing)."""

    head: str
    field: str


class ImportProblem(Struct, frozen=True, kw_only=True):
    """Why a row is not taken in. `line` is where it begins in the file, from 1."""

    line: int
    code: str
    detail: str
    field: str | None


class ImportRow(Struct, frozen=True, kw_only=True):
    """A row as it is understood, and what becomes of it. `contact`: who it is, of those there
    were."""

    line: int
    what: What
    contact: str | None
    name: str
    company: str
    emails: list[str]
    phones: list[str]


class ContactImport(Struct, frozen=True, kw_only=True):
    """What became, or would become, of the rows of a table. `rows`: how many it has in all; the
    counts are of those that this request was about. `id` is null for a preview. `next`: the row to
    begin with in the next request, null when all are done. `problems` are the first 200, `sample`
    the first five rows that are taken in."""

    id: str | None
    mode: Literal["preview", "commit"]
    encoding: Encoding
    delimiter: Literal["comma", "semicolon", "tab"]
    columns: list[ImportColumn]
    rows: int
    created: int
    updated: int
    unchanged: int
    failed: int
    next: int | None
    problems: list[ImportProblem]
    sample: list[ImportRow]
