"""The contact centre's objects as the REST API shows them."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, Struct

from offhook.core.clock import isoformat
from signalling.api.configured_resources import SHAPES, NewSite
from signalling.domain.configured.agent import AgentSettings
from signalling.domain.configured.kind import Kind
from signalling.domain.configured.site import SITE
from signalling.stores.configured import Configured


def whole(kind: Kind[Any], found: Configured[Any]) -> Struct:
    """An object without its secrets."""
    return SHAPES[kind.noun].whole(**_fields(kind, found))


def new_site(made: Configured[Any]) -> Struct:
    """A site with its newest identity secret."""
    return NewSite(**_fields(SITE, made), identity_secret=made.secrets[0].text)


def etag(found: Configured[Any]) -> str:
    """The ETag of an object."""
    return f'"{found.id[-12:]}.{found.revision}"'


def given(patch: Struct) -> dict[str, Any]:
    """The fields that a patch gives."""
    return {k: v for k, v in msgspec.structs.asdict(patch).items() if v is not UNSET}


def _fields(kind: Kind[Any], found: Configured[Any]) -> dict[str, Any]:
    return {
        "id": found.id,
        **msgspec.structs.asdict(found.body),
        **_known(found, kind),
        "created_at": isoformat(found.created_at),
        "updated_at": isoformat(found.updated_at),
    }


def _known(found: Configured[Any], kind: Kind[Any]) -> dict[str, Any]:
    if isinstance(found.body, AgentSettings):
        return _person(found)
    if kind.noun != SITE.noun:
        return {}
    before = [secret.until for secret in found.secrets[1:] if secret.until is not None]
    until = isoformat(max(before)) if before else None
    return {"key": found.key, "old_secret_until": until}


def _person(found: Configured[Any]) -> dict[str, Any]:
    user = found.user
    return {
        "login": found.name,
        "name": "" if user is None else user.name,
        "disabled": user is None or user.disabled_at is not None,
    }
