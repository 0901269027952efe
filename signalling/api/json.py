"""JSON for socket.io in the shape of the standard module, by msgspec."""

from __future__ import annotations

from typing import Any

import msgspec


def dumps(value: object, *, separators: object = None) -> str:
    """Text of any value, structs included."""
    return msgspec.json.encode(value).decode()


def loads(text: str | bytes) -> Any:
    """The value of a text; raises ValueError, also for what is nested too deep."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError("not JSON") from error
