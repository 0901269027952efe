"""/v1/contacts: the people an account knows, looked up, kept, and many taken in at once."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from offhook.core.errors import PreconditionFailed
from signalling.api import contact_resources as resources
from signalling.api import contact_shapes as shapes
from signalling.api.configured_shapes import given
from signalling.api.contact_resources import CSV
from signalling.api.routing import Answer, Ask, Refusal, Route
from signalling.domain.contacts.card import Card
from signalling.domain.contacts.sheet import MOST_ROWS
from signalling.services.contacts import Asked
from signalling.stores.contacts import Contact

_NONE = Refusal(404, "contact_not_found", "The account has no such contact.")
_TAKEN = Refusal(409, "email_taken", "Another contact has one of these e-mail addresses.")
_CHANGED = Refusal(412, "precondition_failed", "The contact was changed since its ETag was read.")
_BAD_EMAIL = Refusal(422, "bad_email", "A text is no e-mail address.")
_BAD_PHONE = Refusal(
    422, "invalid_number", "A text is no phone number; write it with `+` and the country's code."
)


def _answer(found: Contact) -> Answer:
    return Answer(shapes.contact(found), headers={"ETag": shapes.etag(found)})


async def _list(ask: Ask) -> Answer:
    query: resources.ContactQuery = ask.query
    contacts = ask.services.contacts
    if query.contact or query.email or query.phone:
        found = await contacts.known(ask.account, query.contact, query.email, query.phone)
        found, after = found[: query.limit], None
    else:
        found, after = await contacts.page(ask.account, query.q, query.after, query.limit)
    return Answer(resources.ContactPage(items=[shapes.contact(e) for e in found], next=after))


async def _create(ask: Ask) -> Answer:
    asked: resources.ContactCreate = ask.body
    fields = msgspec.structs.asdict(asked)
    session = fields.pop("session")
    made = await ask.services.contacts.create(
        ask.account,
        Card(**fields),
        session,
        lambda connection, made: ask.remember(CREATE, connection, _answer(made)),
    )
    return _answer(made)


async def _get(ask: Ask) -> Answer:
    return _answer(await ask.services.contacts.get(ask.account, ask.path["id"]))


async def _update(ask: Ask) -> Answer:
    revision, changes = await _revision(ask), given(ask.body)
    changed = await ask.services.contacts.update(
        ask.account, ask.path["id"], lambda card: replace(card, **changes), revision
    )
    return _answer(changed)


async def _delete(ask: Ask) -> Answer:
    revision = await _revision(ask)
    await ask.services.contacts.delete(ask.account, ask.path["id"], revision)
    return Answer()


async def _revision(ask: Ask) -> int | None:
    """The revision that If-Match names, which must be the present one."""
    if ask.if_match is None:
        return None
    found = await ask.services.contacts.get(ask.account, ask.path["id"])
    if shapes.etag(found) not in ask.if_match:
        raise PreconditionFailed("The contact was changed since you read it.", field="If-Match")
    return found.revision


async def _sessions(ask: Ask) -> Answer:
    id = ask.path["id"]
    found = await ask.services.contacts.sessions(ask.account, id)
    return Answer(resources.ContactSessionList(items=[shapes.session(e, id) for e in found]))


async def _import(ask: Ask) -> Answer:
    query: resources.ContactImportQuery = ask.query
    preview = query.mode == "preview"
    asked = Asked(
        data=ask.body,
        delimiter=shapes.DELIMITERS.get(query.delimiter),
        columns=[each.strip() for each in query.columns.split(",")] if query.columns else (),
        region=query.region or None,
        first=query.first,
        many=MOST_ROWS if preview else query.rows,
    )
    contacts = ask.services.contacts
    if preview:
        return Answer(shapes.taken_in("preview", await contacts.preview(ask.account, asked)))
    kept = await contacts.take_in(
        ask.account,
        asked,
        lambda connection, told: ask.remember(
            IMPORT, connection, Answer(shapes.taken_in("commit", told))
        ),
    )
    return Answer(shapes.taken_in("commit", kept))


async def _export(ask: Ask) -> Answer:
    table = await ask.services.contacts.export(ask.account)
    name = 'attachment; filename="contacts.csv"'
    return Answer(raw=table.encode(), headers={"Content-Disposition": name})


CREATE = Route(
    method="POST",
    path="/v1/contacts",
    id="createContact",
    tag="Contacts",
    summary="Make a contact, or one of the customer of a session",
    handler=_create,
    permission="contacts.write",
    body=resources.ContactCreate,
    reply=resources.Contact,
    status=201,
    refusals=(
        _TAKEN,
        _BAD_EMAIL,
        _BAD_PHONE,
        Refusal(404, "session_not_found", "The account has no such session."),
        Refusal(409, "contact_exists", "The customer of the session is a contact already."),
        Refusal(409, "contact_erased", "What was known of the customer is erased."),
    ),
    creates=True,
    etag=True,
)
IMPORT = Route(
    method="POST",
    path="/v1/contacts/imports",
    id="importContacts",
    tag="Contacts",
    summary="Look at a CSV file of contacts, or keep up to 1,000 of its rows, all or nothing",
    handler=_import,
    permission="contacts.import",
    query=resources.ContactImportQuery,
    text=CSV,
    raw=True,
    reply=resources.ContactImport,
    refusals=(
        Refusal(413, "too_many_rows", f"The file has more than {MOST_ROWS} rows."),
        Refusal(413, "too_many_columns", "A row has too many columns."),
        Refusal(413, "cell_too_long", "A cell is too long."),
        Refusal(422, "bad_csv", "A quote does not end, or text stands behind one."),
        Refusal(422, "bad_encoding", "The text is neither UTF-8 nor Windows-1252."),
        Refusal(422, "empty_csv", "There is nothing in the file."),
        Refusal(422, "bad_columns", "`columns` does not fit the file."),
        Refusal(503, "contacts_busy", "Others are changing contacts; ask again."),
    ),
    creates=True,
)

ROUTES = (
    Route(
        method="GET",
        path="/v1/contacts",
        id="listContacts",
        tag="Contacts",
        summary="List contacts, or search them as somebody types",
        handler=_list,
        permission="contacts.read",
        query=resources.ContactQuery,
        reply=resources.ContactPage,
    ),
    CREATE,
    IMPORT,
    Route(
        method="GET",
        path="/v1/contacts/export",
        id="exportContacts",
        tag="Contacts",
        summary="All contacts as a CSV file, which can be imported again",
        handler=_export,
        permission="contacts.export",
        media_type=CSV,
        headers=("Content-Disposition",),
    ),
    Route(
        method="GET",
        path="/v1/contacts/{id}",
        id="getContact",
        tag="Contacts",
        summary="Look at a contact",
        handler=_get,
        permission="contacts.read",
        reply=resources.Contact,
        refusals=(_NONE,),
        etag=True,
    ),
    Route(
        method="PATCH",
        path="/v1/contacts/{id}",
        id="updateContact",
        tag="Contacts",
        summary="Change a contact; what is not given stays",
        handler=_update,
        permission="contacts.write",
        body=resources.ContactPatch,
        reply=resources.Contact,
        refusals=(_NONE, _TAKEN, _CHANGED, _BAD_EMAIL, _BAD_PHONE),
        etag=True,
        if_match=True,
    ),
    Route(
        method="DELETE",
        path="/v1/contacts/{id}",
        id="deleteContact",
        tag="Contacts",
        summary="Forget what is known of a contact; sessions stay",
        handler=_delete,
        permission="contacts.delete",
        status=204,
        refusals=(_NONE, _CHANGED),
        if_match=True,
    ),
    Route(
        method="GET",
        path="/v1/contacts/{id}/sessions",
        id="listContactSessions",
        tag="Contacts",
        summary="The last sessions of a contact, the newest first",
        handler=_sessions,
        permission="contacts.read",
        reply=resources.ContactSessionList,
        refusals=(_NONE,),
    ),
)
