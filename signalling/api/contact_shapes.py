"""Contacts, and what became of many at once, as the REST API shows them."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from offhook.core.clock import isoformat
from signalling.api import contact_resources as resources
from signalling.domain.contacts.sheet import Delimiter
from signalling.domain.contacts.taking_in import Outcome
from signalling.domain.sessions.session import Session
from signalling.domain.showing.history import earlier_view
from signalling.services.contacts import TakenIn
from signalling.stores.contacts import Contact

DelimiterName = Literal["comma", "semicolon", "tab"]
_NAMES: dict[Delimiter, DelimiterName] = {",": "comma", ";": "semicolon", "\t": "tab"}
DELIMITERS: dict[str, Delimiter] = {name: each for each, name in _NAMES.items()}


def contact(found: Contact) -> resources.Contact:
    """A contact."""
    fields: dict[str, Any] = msgspec.structs.asdict(found.card)
    return resources.Contact(
        id=found.id,
        created_at=isoformat(found.created_at),
        updated_at=isoformat(found.updated_at),
        **fields,
    )


def etag(found: Contact) -> str:
    """The ETag of a contact."""
    return f'"{found.id[-12:]}.{found.revision}"'


def session(found: Session, of: str) -> resources.ContactSession:
    """A session of a contact."""
    view = earlier_view(found, "")
    return resources.ContactSession(
        id=view.session,
        state=found.state.value,
        opened_at=view.at,
        seconds=view.seconds,
        agent=view.agent,
        disposition=view.disposition,
        notes=view.notes,
        rated=view.rated,
        own=found.contact == of,
    )


def taken_in(mode: Literal["preview", "commit"], found: TakenIn) -> resources.ContactImport:
    """What became of the rows of a table."""
    sheet, outcomes = found.sheet, found.outcomes
    problems = [each for each in outcomes if each.wrong is not None]
    good = [each for each in outcomes if each.card is not None]
    return resources.ContactImport(
        id=found.id,
        mode=mode,
        encoding=sheet.encoding,
        delimiter=_NAMES[sheet.delimiter],
        columns=[
            resources.ImportColumn(head=head, field=name)
            for head, name in zip(sheet.heads, found.columns, strict=True)
        ],
        rows=len(sheet.rows),
        **found.counts,
        next=found.next,
        problems=[_problem(each) for each in problems[: resources.MOST_TOLD]],
        sample=[_row(each) for each in good[: resources.SHOWN]],
    )


def _problem(outcome: Outcome) -> resources.ImportProblem:
    wrong = outcome.wrong
    if wrong is None:
        raise ValueError("nothing is wrong with this row")
    return resources.ImportProblem(
        line=outcome.line, code=wrong.code, detail=wrong.detail, field=wrong.field
    )


def _row(outcome: Outcome) -> resources.ImportRow:
    card = outcome.card
    if card is None:
        raise ValueError("this row is not taken in")
    return resources.ImportRow(
        line=outcome.line,
        what=outcome.what,
        contact=outcome.contact,
        name=card.name,
        company=card.company,
        emails=card.emails,
        phones=card.phones,
    )
