"""What the REST API of the contact centre's objects takes and gives, made from their shapes.

Of each kind there are: the object to make (`QueueSettings`), what to change of it (`QueuePatch`),
the object as it is (`Queue`), and a page of them (`QueuePage`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from signalling.api.resources import Timestamp
from signalling.domain.configured.agent import AGENT
from signalling.domain.configured.kind import Kind
from signalling.domain.configured.kinds import KINDS
from signalling.domain.configured.site import SITE

#: What the server knows of an object beside what was said of it, by kind.
_KNOWN: dict[str, list[tuple[str, Any]]] = {
    SITE.noun: [
        ("key", Annotated[str, Meta(description="Names the site on web pages.")]),
        ("old_secret_until", Timestamp | None),
    ],
    AGENT.noun: [("login", str), ("name", str), ("disabled", bool)],
}


@dataclass(frozen=True, slots=True)
class Shapes:
    """The structs of one kind."""

    create: type[Struct]
    patch: type[Struct]
    whole: type[Struct]
    page: type[Struct]


def _shapes(kind: Kind[Any]) -> Shapes:
    noun = kind.noun.capitalize()
    settings = [(field.name, field.type) for field in msgspec.structs.fields(kind.shape)]
    whole = msgspec.defstruct(
        noun,
        [
            ("id", str),
            *settings,
            *_KNOWN.get(kind.noun, []),
            ("created_at", Timestamp),
            ("updated_at", Timestamp),
        ],
        frozen=True,
        kw_only=True,
        namespace={"__doc__": f"{kind.shape.__doc__}"},
    )
    patch = msgspec.defstruct(
        f"{noun}Patch",
        [(name, type | UnsetType, UNSET) for name, type in settings if name not in kind.fixed],
        frozen=True,
        kw_only=True,
        forbid_unknown_fields=True,
        namespace={"__doc__": f"What to change of {_an(kind.noun)}; what is not given stays."},
    )
    return Shapes(kind.shape, patch, whole, _page(noun, whole, kind.plural))


def _page(noun: str, whole: type[Struct], plural: str) -> type[Struct]:
    return msgspec.defstruct(
        f"{noun}Page",
        [("items", list[whole]), ("next", str | None)],  # type: ignore[valid-type]
        frozen=True,
        kw_only=True,
        namespace={"__doc__": f"{plural.capitalize()}, oldest first; `next` as everywhere."},
    )


def _an(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


SHAPES: Final[dict[str, Shapes]] = {kind.noun: _shapes(kind) for kind in KINDS}

#: A site with its newest identity secret.
NewSite: Final[type[Struct]] = msgspec.defstruct(
    "NewSite",
    [("identity_secret", str)],
    bases=(SHAPES[SITE.noun].whole,),
    frozen=True,
    kw_only=True,
    namespace={"__doc__": "A site with its newest identity secret, which is shown this once."},
)
