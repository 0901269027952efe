"""/openapi.json: OpenAPI 3.1 made from the declared routes, complete by construction."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import msgspec
from msgspec import Struct

from offhook.core.telemetry import CONTENT_TYPE
from signalling.api.contact_resources import CSV
from signalling.api.messages import Problem
from signalling.api.routing import Refusal, Route
from signalling.domain.names import IDENTITY, ROOM_NAME

_TEMPLATE = "#/components/schemas/{name}"
_SECURITY: list[dict[str, list[str]]] = [{"token": []}, {"key": []}, {"session": []}]
_INTRO = """\
Rooms, participants, tokens, API keys, events, the contact centre and the people of one account.

Come with `Authorization: Bearer <token>`, an HS256 JWT in LiveKit's shape signed with an API key's
secret, or with `Authorization: Basic`, the key's id and secret. Our own pages come with the cookie
of a sign-in, `__Host-offhook_session` over https. Lists come in pages: `limit`, and
`after` = `next` of the page before. A POST that creates honours `Idempotency-Key` for a day. Every
error is a problem document (RFC 9457) whose `code` is stable.
"""
_BYTES = {"type": "string", "format": "binary"}
#: What a route answers that has no schema of its own.
_ANYTHING: dict[str, dict[str, str]] = {
    "application/json": {"type": "object"},
    CONTENT_TYPE: {"type": "string"},
    "application/octet-stream": _BYTES,
    CSV: {"type": "string"},
}
_PARAMETERS: dict[str, tuple[str, dict[str, Any]]] = {
    "name": ("The room's name.", {"type": "string", "pattern": ROOM_NAME}),
    "identity": ("The participant's identity.", {"type": "string", "pattern": IDENTITY}),
    "id": ("The id.", {"type": "string", "minLength": 1}),
    "delivery": ("The delivery's id.", {"type": "string", "minLength": 1}),
    "session": ("The session, as its Location says.", {"type": "string", "minLength": 1}),
}
_KEY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key and request get the same answer again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
}
_MATCH_HEADER = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag that was read; refused with 412 when it is not the present one.",
    "schema": {"type": "string"},
}
_ALWAYS = (
    Refusal(400, "malformed", "The path or a header holds bytes that are no text."),
    Refusal(429, "rate_limited", "Too many requests; Retry-After says how long to wait."),
    Refusal(500, "internal", "A fault of the server's; the request_id finds it in the log."),
    Refusal(503, "unavailable", "A part of the server is away; try again later."),
)
_UNKNOWN = (
    Refusal(401, "token_missing", "No credentials."),
    Refusal(401, "token_invalid", "The token is forged, malformed, or its key is revoked."),
    Refusal(401, "token_expired", "The token has expired."),
    Refusal(401, "bad_credentials", "The API key or its secret is wrong."),
    Refusal(401, "sign_in_over", "The sign-in of the cookie has ended."),
    Refusal(403, "not_allowed", "The key, token or role does not allow this."),
    Refusal(403, "csrf", "The cookie came with a request of another site's page."),
    Refusal(403, "password_change_needed", "The one-time password is to be changed first."),
)
_BODY = (
    Refusal(400, "malformed", "The body is not JSON."),
    Refusal(408, "too_slow", "The body did not come within 30 seconds."),
    Refusal(413, "too_large", "The body is over one MiB."),
    Refusal(415, "unsupported_media_type", "The body is not declared as application/json."),
)
_TEXT = (
    Refusal(400, "malformed", "The body is not UTF-8."),
    Refusal(408, "too_slow", "The body did not come within 30 seconds."),
    Refusal(413, "too_large", "The body is too large."),
    Refusal(415, "unsupported_media_type", "The body is not declared as what is taken here."),
)
_JOINS = (
    *_UNKNOWN,
    Refusal(401, "token_not_yet_valid", "The token is not valid yet."),
    Refusal(403, "not_invited", "The token, or the room, does not let its bearer in."),
    Refusal(403, "token_without_room", "The token names no room."),
)
_INPUT = (Refusal(422, "invalid", "A field is wrong; `field` names it."),)
_REPEAT = (
    Refusal(409, "idempotency_key_reused", "The key was used for another request."),
    Refusal(409, "idempotency_in_progress", "The first request has not ended."),
)


def document(routes: Iterable[Route], version: str) -> dict[str, Any]:
    """The whole document."""
    routes = list(routes)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Offhook", "version": version, "description": _INTRO},
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(route.tag for route in routes)],
        "paths": paths,
        "components": {
            "schemas": _schemas(routes),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "key": {"type": "http", "scheme": "basic"},
                "session": {"type": "apiKey", "in": "cookie", "name": "offhook_session"},
                "upload_ticket": {"type": "http", "scheme": "bearer"},
                "download_ticket": {"type": "apiKey", "in": "query", "name": "ticket"},
            },
        },
    }


def _schemas(routes: list[Route]) -> dict[str, Any]:
    kinds: list[type[Struct]] = [Problem]
    for route in routes:
        kinds += [kind for kind in (route.body, route.reply) if kind is not None]
    _, schemas = msgspec.json.schema_components(kinds, ref_template=_TEMPLATE)
    return schemas


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.id,
        "tags": [route.tag],
        "summary": route.summary,
        "security": _security(route),
        "parameters": _parameters(route),
        "responses": _responses(route),
    }
    if route.permission is not None:
        operation["description"] = f"Needs the permission `{route.permission}`."
        operation["x-permission"] = route.permission
    if route.body is not None:
        operation["requestBody"] = {
            "required": not route.body_optional,
            "content": {"application/json": {"schema": _reference(route.body)}},
        }
    elif route.text:
        schema = {"type": "string", "minLength": 1}
        operation["requestBody"] = {"required": True, "content": {route.text: {"schema": schema}}}
    elif route.takes:
        content = {kind: {"schema": _BYTES} for kind in route.takes}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _security(route: Route) -> list[dict[str, list[str]]]:
    if route.joins:
        return [{"token": []}]
    if route.ticket:
        return [{f"{route.ticket}_ticket": []}]
    return [] if route.permission is None else _SECURITY


def _parameters(route: Route) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name in route.parameters:
        text, schema = _PARAMETERS[name]
        found.append(
            {"name": name, "in": "path", "required": True, "description": text, "schema": schema}
        )
    if route.query is not None:
        found += _query(route.query)
    if route.creates:
        found.append(_KEY_HEADER)
    if route.if_match:
        found.append(_MATCH_HEADER)
    return found


def _query(shape: type[Struct]) -> list[dict[str, Any]]:
    _, schemas = msgspec.json.schema_components([shape], ref_template=_TEMPLATE)
    schema = schemas[shape.__name__]
    return [
        {"name": name, "in": "query", "required": False, "schema": each}
        for name, each in schema["properties"].items()
    ]


def _responses(route: Route) -> dict[str, Any]:
    responses: dict[str, Any] = {str(route.status): _success(route)}
    if route.other is not None:
        status, text = route.other
        responses[str(status)] = {"description": text}
    for refusal in sorted(_refusals(route), key=lambda refusal: refusal.status):
        _add(responses, refusal)
    return responses


def _success(route: Route) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": HTTPStatus(route.status).phrase}
    if route.reply is not None:
        answer["content"] = {route.media_type: {"schema": _reference(route.reply)}}
    elif route.status == HTTPStatus.OK and route.method == "GET":
        answer["content"] = {route.media_type: {"schema": _ANYTHING[route.media_type]}}
    elif route.text and route.status != HTTPStatus.NO_CONTENT:
        answer["content"] = {route.media_type: {"schema": {"type": "string"}}}
    headers = (*route.headers, *(("ETag",) if route.etag else ()))
    if headers:
        answer["headers"] = {name: {"schema": {"type": "string"}} for name in headers}
    return answer


def _refusals(route: Route) -> list[Refusal]:
    found = [*route.refusals, *_ALWAYS]
    if route.permission is not None:
        found += _UNKNOWN
    if route.joins:
        found += _JOINS
    if route.body is not None:
        found += _BODY
    if route.text:
        found += _TEXT
    if route.body is not None or route.text or route.query is not None or route.parameters:
        found += _INPUT
    if route.creates:
        found += _REPEAT
    return found


def _add(responses: dict[str, Any], refusal: Refusal) -> None:
    line = f"`{refusal.code}`: {refusal.text}"
    response = responses.setdefault(
        str(refusal.status),
        {
            "description": "",
            "content": {"application/problem+json": {"schema": _reference(Problem)}},
        },
    )
    if line not in response["description"]:
        response["description"] = f"{response['description']}\n\n{line}".strip()


def _reference(kind: type[Struct]) -> dict[str, str]:
    return {"$ref": _TEMPLATE.format(name=kind.__name__)}
