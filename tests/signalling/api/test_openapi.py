"""/openapi.json is valid, complete, and what the server really does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.specs.openapi.checks import positive_data_acceptance

from signalling.api.app import ROUTES
from signalling.api.openapi import document
from signalling.domain.files.kinds import KINDS as FILES
from tests.signalling.signalling import Signalling
from tests.signalling.standing import Standing, standing

pytestmark = pytest.mark.integration

DOCUMENT = document(ROUTES, "0.1.0")
schema = schemathesis.openapi.from_dict(DOCUMENT)


@schemathesis.serializer(
    "application/sdp",
    "application/trickle-ice-sdpfrag",
    *(kind.type for kind in FILES if not kind.type.startswith("text/")),
)
def as_it_is(ctx: schemathesis.SerializationContext, value: Any) -> bytes:
    """A body that is text."""
    return str(value).encode()


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """A server in another process. What no schema can say (a cursor that is known, an ETag that is
    present) may still be refused, so that one check is left out."""
    with standing(tmp_path_factory.mktemp("openapi")) as running:
        yield running


def test_the_document_is_valid() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


async def test_the_server_gives_the_document(server: Signalling) -> None:
    async with server.http.get("/openapi.json") as reply:
        told: dict[str, Any] = await reply.json()
    assert told["paths"] == DOCUMENT["paths"]
    assert told["info"]["title"] == "Offhook"


async def test_every_route_of_the_application_is_in_the_document() -> None:
    ids = [route.id for route in ROUTES]
    assert len(set(ids)) == len(ids)
    for route in ROUTES:
        operation = DOCUMENT["paths"][route.path][route.method.lower()]
        assert operation["summary"]
        assert str(route.status) in operation["responses"]
        named = {parameter["name"] for parameter in operation["parameters"]}
        assert set(route.parameters) <= named


def test_every_protected_route_says_what_it_needs() -> None:
    for route in ROUTES:
        operation = DOCUMENT["paths"][route.path][route.method.lower()]
        protected = route.permission is not None or route.joins
        assert bool(operation["security"]) == (protected or bool(route.ticket))
        if protected:
            assert {"401", "403", "429"} <= operation["responses"].keys()


@schema.parametrize()
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
def test_the_server_keeps_what_the_document_promises(
    case: schemathesis.Case[Any], outside: Standing
) -> None:
    case.call_and_validate(
        base_url=outside.url, auth=outside.auth, excluded_checks=[positive_data_acceptance]
    )
