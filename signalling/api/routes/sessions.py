"""/v1/sessions and /v1/reservations: contacts and offers, those of the past too."""

from __future__ import annotations

from offhook.core.clock import isoformat
from offhook.core.policy import allowed
from signalling.api import desk_resources as resources
from signalling.api import desk_shapes as shapes
from signalling.api import shapes as common_shapes
from signalling.api.routing import Answer, Ask, Refusal, Route
from signalling.stores.desk_records import Page, Wanted

NO_SESSION = Refusal(404, "session_not_found", "The account has no such session.")
ELSEWHERE = Refusal(
    503, "desk_elsewhere", "The contact centre is moving to another process; ask again."
)


def personal(ask: Ask) -> bool:
    """Whether whoever asks may know who customers are."""
    return ask.principal is not None and allowed(ask.principal, "contacts.read")


async def _list(ask: Ask) -> Answer:
    query: resources.SessionQuery = ask.query
    wanted = Wanted(query.state, query.site, query.contact)
    page = Page(query.after, query.limit + 1, newest_first=query.order == "desc")
    found = await ask.services.contact_centre.sessions(ask.account, wanted, page)
    known = personal(ask)
    items, after = common_shapes.paged(
        found, query.limit, lambda each: shapes.session(each, personal=known), lambda each: each.id
    )
    return Answer(resources.SessionPage(items=items, next=after))


async def _get(ask: Ask) -> Answer:
    found = await ask.services.contact_centre.session(ask.account, ask.path["id"])
    return Answer(shapes.session(found, personal=personal(ask)))


async def _end(ask: Ask) -> Answer:
    found = await ask.services.contact_centre.end_session(ask.account, ask.path["id"])
    return Answer(shapes.session(found, personal=personal(ask)))


async def _callback_link(ask: Ask) -> Answer:
    made = await ask.services.contact_centre.callback_link(ask.account, ask.path["id"])
    url, expires_at = ask.origin + made.path, isoformat(made.expires_at)
    return Answer(resources.CallbackLink(url=url, expires_at=expires_at))


async def _reservations(ask: Ask) -> Answer:
    query: resources.ReservationQuery = ask.query
    page = Page(query.after, query.limit + 1, newest_first=query.order == "desc")
    found = await ask.services.contact_centre.reservations(
        ask.account, query.task, query.state, page
    )
    items, after = common_shapes.paged(found, query.limit, shapes.reservation, lambda each: each.id)
    return Answer(resources.ReservationPage(items=items, next=after))


ROUTES = (
    Route(
        method="GET",
        path="/v1/sessions",
        id="listSessions",
        tag="Sessions",
        summary="List contacts of visitors, the newest first",
        handler=_list,
        permission="sessions.read",
        query=resources.SessionQuery,
        reply=resources.SessionPage,
    ),
    Route(
        method="GET",
        path="/v1/sessions/{id}",
        id="getSession",
        tag="Sessions",
        summary="Look at a contact: its parties, consent, rating, and what came of it",
        handler=_get,
        permission="sessions.read",
        reply=resources.Session,
        refusals=(NO_SESSION,),
    ),
    Route(
        method="POST",
        path="/v1/sessions/{id}/end",
        id="endSession",
        tag="Sessions",
        summary="End a contact, wherever it stands; its agent writes it up",
        handler=_end,
        permission="sessions.write",
        reply=resources.Session,
        refusals=(NO_SESSION, Refusal(409, "session_over", "It is over."), ELSEWHERE),
    ),
    Route(
        method="POST",
        path="/v1/sessions/{id}/callback-link",
        id="createCallbackLink",
        tag="Sessions",
        summary="Have a link by which a customer takes the call back on any device",
        handler=_callback_link,
        permission="sessions.write",
        reply=resources.CallbackLink,
        status=201,
        refusals=(
            NO_SESSION,
            Refusal(409, "no_callback_now", "The session has no callback under way."),
            ELSEWHERE,
        ),
    ),
    Route(
        method="GET",
        path="/v1/reservations",
        id="listReservations",
        tag="Tasks",
        summary="List offers to agents, of one task or of all",
        handler=_reservations,
        permission="tasks.read",
        query=resources.ReservationQuery,
        reply=resources.ReservationPage,
    ),
)
