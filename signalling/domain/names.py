"""The rules for what people choose: room names, identities, and what they say of themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping

from offhook.core.errors import InvalidInput, TooLarge

#: Names of rooms and identities stand in URLs and logs: letters of any script, digits, `.`, `_`,
#: `~`, `-`, and for identities also `@`, `:` and `+`; never only dots.
ROOM_NAME = r"^(?!\.+$)[\w.~-]{1,128}$"
IDENTITY = r"^(?!\.+$)[\w.~@:+-]{1,128}$"

#: Guests by link: what all of one browser have in common, and what tells its pages apart.
_GUEST = re.compile(r"(guest-[0-9a-f]{16})-[0-9a-f]{8}\Z")

_ROOM_NAME = re.compile(r"(?!\.+\Z)[\w.~-]{1,128}\Z")
_IDENTITY = re.compile(r"(?!\.+\Z)[\w.~@:+-]{1,128}\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ud800-\udfff]")

NAME_LIMIT = 128
METADATA_LIMIT = 4096
ATTRIBUTES_LIMIT = 32
CHAT_LIMIT = 4000


def room_name(text: str, field: str = "name") -> str:
    """The name of a room as it is; raise `InvalidInput` when it cannot be one."""
    if not _ROOM_NAME.match(text):
        raise InvalidInput(
            "A room's name is 1 to 128 letters, digits, '.', '_', '~' or '-'.", field=field
        )
    return text


def identity(text: str, field: str = "identity") -> str:
    """An identity as it is; raise `InvalidInput` when it cannot be one."""
    if not _IDENTITY.match(text):
        raise InvalidInput(
            "An identity is 1 to 128 letters, digits, '.', '_', '~', '@', ':', '+' or '-'.",
            field=field,
        )
    return text


def guest_identity(browser: bytes, page: bytes) -> str:
    """The identity of a guest who came by link; 8 and 4 bytes."""
    return f"guest-{browser.hex()}-{page.hex()}"


def person_of(identity: str) -> str:
    """Whom a ban of this identity is for: all guests of one browser are one person."""
    found = _GUEST.match(identity)
    return found[1] if found else identity


def display_name(text: str, field: str = "name") -> str:
    """What others call a participant, without the space around it."""
    text = text.strip()
    if len(text) > NAME_LIMIT:
        raise InvalidInput(f"A name has at most {NAME_LIMIT} characters.", field=field)
    return _printable(text, field)


def metadata(text: str, field: str = "metadata") -> str:
    """Free text of the integrator's, at most 4096 characters."""
    if len(text) > METADATA_LIMIT:
        raise InvalidInput(f"Metadata has at most {METADATA_LIMIT} characters.", field=field)
    return storable(text, field)


def attributes(given: Mapping[str, str], field: str = "attributes") -> tuple[tuple[str, str], ...]:
    """Up to 32 attributes of 64 and 512 characters."""
    if len(given) > ATTRIBUTES_LIMIT:
        raise InvalidInput(f"There are at most {ATTRIBUTES_LIMIT} attributes.", field=field)
    for key, value in given.items():
        if not 0 < len(key) <= 64 or len(value) > 512:
            raise InvalidInput(
                "An attribute's name has 1 to 64 characters, its value at most 512.", field=field
            )
        storable(key, field)
        storable(value, field)
    return tuple(sorted(given.items()))


def chat_text(text: str, field: str = "text") -> str:
    """A line of chat: 1 to 4000 characters, lines allowed."""
    text = text.strip()
    if not text:
        raise InvalidInput("Say something.", field=field)
    if len(text) > CHAT_LIMIT:
        raise TooLarge(f"A message has at most {CHAT_LIMIT} characters.", field=field)
    return storable(text, field)


def _printable(text: str, field: str) -> str:
    if _CONTROL.search(text) or "\n" in text or "\t" in text:
        raise InvalidInput("Control characters are not allowed here.", field=field)
    return text


def storable(text: str, field: str) -> str:
    """Any text but lone surrogates and NUL, which no store can keep."""
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise InvalidInput("This text cannot be stored.", field=field)
    return text
