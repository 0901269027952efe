"""Telephone numbers as addresses (RFC 3966), and their equality."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from media.sip.message.bad import BadMessage
from media.sip.message.grammar import Params, write_params

_MARKS = re.compile(r"[-.()]")
_PARAM_VALUE = r"(?:[A-Za-z0-9\-_.!~*'()\[\]/:&+$]|%[0-9A-Fa-f]{2})"
_TEL = re.compile(
    r"tel:(\+(?=[-.()]*+[0-9])[0-9\-.()]++|(?=[-.()]*+[0-9A-F*#])[0-9A-F*#\-.()]++)"
    rf"((?:;[A-Z0-9\-]++(?:={_PARAM_VALUE}++)?+)*+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, eq=False)
class TelUri:
    """A `tel:` URI. `number` is as it was written, with `+` when it is global; a local one needs
    `phone-context` to mean anything (RFC 3966 5.1.5)."""

    number: str
    params: Params = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> TelUri:
        """Read the text; raises BadMessage."""
        found = _TEL.fullmatch(text)
        if found is None:
            raise BadMessage(400, "Malformed Telephone URI")
        params: dict[str, str | None] = {}
        for piece in found[2].split(";")[1:]:
            name, equals, value = piece.partition("=")
            if name.lower() in params:
                raise BadMessage(400, "Repeated Parameter In Telephone URI")
            params[name.lower()] = value if equals else None
        return cls(found[1], params)

    @property
    def digits(self) -> str:
        """The number without what is only for the eye: `+` and digits, or local digits."""
        return _MARKS.sub("", self.number)

    @property
    def is_global(self) -> bool:
        """Whether the number means the same everywhere (E.164)."""
        return self.number.startswith("+")

    def __str__(self) -> str:
        return f"tel:{self.number}{write_params(self.params)}"

    def __eq__(self, other: object) -> bool:
        """RFC 3966 4: visual separators and case do not matter, all parameters do."""
        return (
            self._identity() == other._identity() if isinstance(other, TelUri) else NotImplemented
        )

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[object, ...]:
        params = {
            (name, None if value is None else _bare(name, value))
            for name, value in self.params.items()
        }
        return (self.digits.lower(), frozenset(params))


def _bare(name: str, value: str) -> str:
    number = name == "ext" or (name == "phone-context" and value.startswith("+"))
    return _MARKS.sub("", value) if number else value.lower()
