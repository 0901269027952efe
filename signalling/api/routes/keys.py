"""/v1/api-keys and /v1/events: how programs come, and what they can read of what happened."""

from __future__ import annotations

from signalling.api import resources, shapes
from signalling.api.routing import Answer, Ask, Refusal, Route

_NO_KEY = Refusal(404, "api_key_not_found", "The account has no such key.")


async def _list(ask: Ask) -> Answer:
    limit = ask.query.limit
    found = await ask.services.keys.page(ask.account, ask.query.after, limit + 1)
    items, after = shapes.paged(found, limit, shapes.api_key, lambda key: key.id)
    return Answer(resources.ApiKeyPage(items=items, next=after))


async def _create(ask: Ask) -> Answer:
    ask.require_scopes(ask.body.scopes)
    key = await ask.services.keys.create(
        ask.account,
        ask.body.name,
        ask.body.scopes,
        lambda connection, made: ask.remember(CREATE, connection, Answer(shapes.new_api_key(made))),
    )
    return Answer(shapes.new_api_key(key))


async def _revoke(ask: Ask) -> Answer:
    await ask.services.keys.revoke(ask.account, ask.path["id"])
    return Answer()


async def _events(ask: Ask) -> Answer:
    query: resources.EventQuery = ask.query
    found = await ask.services.events.page(
        ask.account,
        query.after or None,
        query.limit + 1,
        query.type,
        query.subject or None,
        newest_first=query.order == "desc",
    )
    items, after = shapes.paged(found, query.limit, shapes.event, lambda event: event.id)
    return Answer(resources.EventPage(items=items, next=after))


CREATE = Route(
    method="POST",
    path="/v1/api-keys",
    id="createApiKey",
    tag="API keys",
    summary="Make an API key; its secret is shown once",
    handler=_create,
    permission="keys.write",
    body=resources.ApiKeyCreate,
    reply=resources.NewApiKey,
    status=201,
    refusals=(Refusal(403, "not_allowed", "A key cannot give what it does not have."),),
    creates=True,
)

ROUTES = (
    Route(
        method="GET",
        path="/v1/api-keys",
        id="listApiKeys",
        tag="API keys",
        summary="List the keys that are in force",
        handler=_list,
        permission="keys.read",
        query=resources.PageQuery,
        reply=resources.ApiKeyPage,
    ),
    CREATE,
    Route(
        method="DELETE",
        path="/v1/api-keys/{id}",
        id="revokeApiKey",
        tag="API keys",
        summary="Revoke a key, and all tokens it signed",
        handler=_revoke,
        permission="keys.write",
        status=204,
        refusals=(_NO_KEY,),
    ),
    Route(
        method="GET",
        path="/v1/events",
        id="listEvents",
        tag="Events",
        summary="Read what happened, in the order it was logged or newest first",
        handler=_events,
        permission="events.read",
        query=resources.EventQuery,
        reply=resources.EventPage,
    ),
)
