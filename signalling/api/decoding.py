"""Structs from what came in, and problems that name the field when it is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec
from msgspec import Struct

from offhook.core.errors import InvalidInput, MalformedInput

_UNKNOWN_FIELD = re.compile(r"Object contains unknown field `([^`]*)`")
_MISSING_FIELD = re.compile(r"Object missing required field `([^`]*)`")


def converted(convert: Callable[[type[Struct]], Struct], shape: type[Struct]) -> Struct:
    """A struct, or `InvalidInput` with the field that is wrong, or `MalformedInput`."""
    try:
        return convert(shape)
    except msgspec.ValidationError as error:
        text, _, path = str(error).partition(" - at `")
        raise InvalidInput(f"{text}.", field=_field(text, path)) from error
    except UnicodeEncodeError as error:
        raise MalformedInput("There are bytes that are no text.") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedInput("The body is not JSON that can be read.") from error


def argument_of(shape: type[Struct], arguments: tuple[object, ...]) -> Struct:
    """The one argument of a socket's command; one whose fields all have defaults may come without.

    Raises `InvalidInput`.
    """
    if len(arguments) > 1:
        raise InvalidInput("A command has one argument.", code="malformed")
    value: object = arguments[0] if arguments and arguments[0] is not None else {}
    return converted(lambda kind: msgspec.convert(value, kind, strict=True), shape)


def _field(text: str, path: str) -> str | None:
    """The offending field as a dotted path."""
    where = path.rstrip("`").rpartition("`")[2].lstrip("$").lstrip(".")
    named = _UNKNOWN_FIELD.match(text) or _MISSING_FIELD.match(text)
    return ".".join(part for part in (where, named[1] if named else "") if part) or None
