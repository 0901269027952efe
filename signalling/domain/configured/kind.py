"""What makes a kind of objects: how it is called, its shape, what is checked when it is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from offhook.core.errors import InvalidInput, TooLarge
from signalling.domain import names
from signalling.domain.configured.values import Reference, check_texts
from signalling.domain.hours import Zones

S = TypeVar("S", bound=Struct)
#: An object takes at most so many bytes as JSON.
MOST_BYTES = 128 * 1024


def _none(body: Any) -> Iterator[Reference]:
    return iter(())


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[S]):
    """One kind. `noun` is its name in events, codes and permissions (`plural`).

    `check` gives the body as it is kept, or raises `InvalidInput`. `references`: which others it
    names. `only_one`: what no two objects of an account may have in common beside the name.
    `fixed`: fields that are never changed. `most`: how many an account may have.
    """

    noun: str
    plural: str
    prefix: str
    shape: type[S]
    check: Callable[[S, Zones], S]
    references: Callable[[S], Iterator[Reference]] = _none
    only_one: Callable[[S], str | None] = lambda body: None
    fixed: frozenset[str] = field(default_factory=frozenset)
    most: int = 500

    def checked(self, body: S, zones: Zones) -> S:
        """The body as it is kept; raise `InvalidInput` with the field that is wrong."""
        check_texts(msgspec.to_builtins(body))
        kept = self.check(body, zones)
        if len(msgspec.json.encode(kept)) > MOST_BYTES:
            raise TooLarge(f"This object takes more than {MOST_BYTES} bytes.")
        return kept

    def read(self, stored: Any) -> S:
        """A body as it was kept."""
        return msgspec.convert(stored, self.shape)

    def changed(self, body: S, given: dict[str, Any]) -> S:
        """The body with other values for some fields."""
        for name in self.fixed & given.keys():
            raise InvalidInput(f"`{name}` is never changed.", field=name)
        return msgspec.structs.replace(body, **given)


def named(text: str) -> str:
    """A name as it is kept; raise `InvalidInput`."""
    found = names.display_name(text)
    if not found:
        raise InvalidInput("Give it a name.", field="name")
    return found
