"""/v1/webhooks: where to tell what happens, and what became of each delivery."""

from __future__ import annotations

from typing import TypeVar

from msgspec import UnsetType

from offhook.core.clock import Micros, from_isoformat
from offhook.core.errors import InvalidInput, PreconditionFailed
from offhook.core.webhooks.stores.deliveries import DeliveryRecord
from offhook.core.webhooks.webhook import Webhook
from signalling.api import resources as common
from signalling.api import shapes as common_shapes
from signalling.api import webhook_resources as resources
from signalling.api import webhook_shapes as shapes
from signalling.api.routing import Answer, Ask, Refusal, Route
from signalling.services.webhooks import Changes

T = TypeVar("T")

_NONE = Refusal(404, "webhook_not_found", "The account has no such webhook.")
_NO_DELIVERY = Refusal(404, "delivery_not_found", "The webhook has no such delivery.")
_CHANGED = Refusal(412, "precondition_failed", "The webhook was changed since its ETag was read.")
_DISABLED = Refusal(409, "webhook_disabled", "The webhook is disabled; enable it first.")
_ADDRESS = (
    Refusal(422, "address_refused", "The URL leads to an address that is not public."),
    Refusal(422, "address_unknown", "The URL's name leads to no address."),
)
_TOO_MANY = Refusal(409, "too_many_webhooks", "The account has 20 webhooks already.")


def _answer(found: Webhook) -> Answer:
    return Answer(shapes.webhook(found), headers={"ETag": shapes.etag(found)})


def _with_secret(made: Webhook) -> Answer:
    return Answer(shapes.new_webhook(made), headers={"ETag": shapes.etag(made)})


def _delivery(record: DeliveryRecord) -> Answer:
    return Answer(shapes.delivery(record))


def _given(asked: resources.WebhookPatch | resources.WebhookCreate) -> Changes:
    return Changes(
        url=_or_none(asked.url),
        description=_or_none(asked.description),
        events=_or_none(asked.events),
        enabled=_or_none(asked.enabled),
    )


def _or_none(value: T | UnsetType) -> T | None:
    return None if isinstance(value, UnsetType) else value


async def _list(ask: Ask) -> Answer:
    limit = ask.query.limit
    found = await ask.services.webhooks.page(ask.account, ask.query.after, limit + 1)
    items, after = common_shapes.paged(found, limit, shapes.webhook, lambda each: each.id)
    return Answer(resources.WebhookPage(items=items, next=after))


async def _create(ask: Ask) -> Answer:
    made = await ask.services.webhooks.create(
        ask.account,
        _given(ask.body),
        lambda connection, made: ask.remember(CREATE, connection, _with_secret(made)),
    )
    return _with_secret(made)


async def _get(ask: Ask) -> Answer:
    return _answer(await ask.services.webhooks.get(ask.account, ask.path["id"]))


async def _update(ask: Ask) -> Answer:
    revision = await _revision(ask)
    return _answer(
        await ask.services.webhooks.update(ask.account, ask.path["id"], _given(ask.body), revision)
    )


async def _delete(ask: Ask) -> Answer:
    await ask.services.webhooks.delete(ask.account, ask.path["id"], await _revision(ask))
    return Answer()


async def _rotate(ask: Ask) -> Answer:
    changed = await ask.services.webhooks.rotate(
        ask.account,
        ask.path["id"],
        ask.body.overlap,
        lambda connection, made: ask.remember(ROTATE, connection, _with_secret(made)),
    )
    return _with_secret(changed)


async def _test(ask: Ask) -> Answer:
    return _delivery(
        await ask.services.webhooks.test(
            ask.account,
            ask.path["id"],
            lambda connection, made: ask.remember(TEST, connection, _delivery(made)),
        )
    )


async def _deliveries(ask: Ask) -> Answer:
    query: resources.DeliveryQuery = ask.query
    found = await ask.services.webhooks.deliveries(
        ask.account, ask.path["id"], query.state, query.after, query.limit + 1
    )
    items, after = common_shapes.paged(found, query.limit, shapes.delivery, lambda each: each.id)
    return Answer(resources.DeliveryPage(items=items, next=after))


async def _detail(ask: Ask) -> Answer:
    found = await ask.services.webhooks.delivery(ask.account, ask.path["id"], ask.path["delivery"])
    return Answer(shapes.detail(*found))


async def _replay(ask: Ask) -> Answer:
    return _delivery(
        await ask.services.webhooks.replay(
            ask.account,
            ask.path["id"],
            ask.path["delivery"],
            lambda connection, made: ask.remember(REPLAY, connection, _delivery(made)),
        )
    )


async def _replay_failed(ask: Ask) -> Answer:
    count = await ask.services.webhooks.replay_failed(
        ask.account, ask.path["id"], _since(ask.body.since), missed=ask.body.missed
    )
    return Answer(resources.Replay(replayed=count))


def _since(text: str) -> Micros:
    try:
        return from_isoformat(text)
    except (ValueError, OverflowError) as error:
        raise InvalidInput("Give an ISO 8601 time with an offset.", field="since") from error


async def _revision(ask: Ask) -> int | None:
    """The revision that If-Match names, which must be the present one."""
    if ask.if_match is None:
        return None
    found = await ask.services.webhooks.get(ask.account, ask.path["id"])
    if shapes.etag(found) not in ask.if_match:
        raise PreconditionFailed("The webhook was changed since you read it.", field="If-Match")
    return found.revision


CREATE = Route(
    method="POST",
    path="/v1/webhooks",
    id="createWebhook",
    tag="Webhooks",
    summary="Make a webhook; its secret is shown once",
    handler=_create,
    permission="webhooks.write",
    body=resources.WebhookCreate,
    reply=resources.NewWebhook,
    status=201,
    refusals=(_TOO_MANY, *_ADDRESS),
    creates=True,
    etag=True,
)
ROTATE = Route(
    method="POST",
    path="/v1/webhooks/{id}/rotate-secret",
    id="rotateWebhookSecret",
    tag="Webhooks",
    summary="Have a new secret, shown once; the old one signs too for a while",
    handler=_rotate,
    permission="webhooks.write",
    body=resources.SecretRotation,
    body_optional=True,
    reply=resources.NewWebhook,
    refusals=(_NONE,),
    creates=True,
    etag=True,
)
TEST = Route(
    method="POST",
    path="/v1/webhooks/{id}/test",
    id="testWebhook",
    tag="Webhooks",
    summary="Send it a `webhook.test` event",
    handler=_test,
    permission="webhooks.write",
    reply=resources.Delivery,
    status=202,
    refusals=(_NONE, _DISABLED),
    creates=True,
)
REPLAY = Route(
    method="POST",
    path="/v1/webhooks/{id}/deliveries/{delivery}/replay",
    id="replayDelivery",
    tag="Webhooks",
    summary="Send a delivery again",
    handler=_replay,
    permission="webhooks.write",
    reply=resources.Delivery,
    status=202,
    refusals=(_NONE, _NO_DELIVERY, _DISABLED),
    creates=True,
)

ROUTES = (
    Route(
        method="GET",
        path="/v1/webhooks",
        id="listWebhooks",
        tag="Webhooks",
        summary="List the webhooks",
        handler=_list,
        permission="webhooks.read",
        query=common.PageQuery,
        reply=resources.WebhookPage,
    ),
    CREATE,
    Route(
        method="GET",
        path="/v1/webhooks/{id}",
        id="getWebhook",
        tag="Webhooks",
        summary="Look at a webhook",
        handler=_get,
        permission="webhooks.read",
        reply=resources.Webhook,
        refusals=(_NONE,),
        etag=True,
    ),
    Route(
        method="PATCH",
        path="/v1/webhooks/{id}",
        id="updateWebhook",
        tag="Webhooks",
        summary="Change a webhook: URL, events, enabled",
        handler=_update,
        permission="webhooks.write",
        body=resources.WebhookPatch,
        reply=resources.Webhook,
        refusals=(_NONE, _CHANGED, *_ADDRESS),
        etag=True,
        if_match=True,
    ),
    Route(
        method="DELETE",
        path="/v1/webhooks/{id}",
        id="deleteWebhook",
        tag="Webhooks",
        summary="Delete a webhook, and what it is still owed",
        handler=_delete,
        permission="webhooks.write",
        status=204,
        refusals=(_NONE, _CHANGED),
        if_match=True,
    ),
    ROTATE,
    TEST,
    Route(
        method="GET",
        path="/v1/webhooks/{id}/deliveries",
        id="listDeliveries",
        tag="Webhooks",
        summary="List what was, or is to be, delivered; newest first",
        handler=_deliveries,
        permission="webhooks.read",
        query=resources.DeliveryQuery,
        reply=resources.DeliveryPage,
        refusals=(_NONE,),
    ),
    Route(
        method="GET",
        path="/v1/webhooks/{id}/deliveries/{delivery}",
        id="getDelivery",
        tag="Webhooks",
        summary="Look at a delivery: its attempts, and what is sent",
        handler=_detail,
        permission="webhooks.read",
        reply=resources.DeliveryDetail,
        refusals=(_NONE, _NO_DELIVERY),
    ),
    REPLAY,
    Route(
        method="POST",
        path="/v1/webhooks/{id}/replay",
        id="replayFailed",
        tag="Webhooks",
        summary="Send everything again that failed since a time",
        handler=_replay_failed,
        permission="webhooks.write",
        body=resources.ReplayRequest,
        reply=resources.Replay,
        status=202,
        refusals=(_NONE, _DISABLED),
        creates=True,
    ),
)
