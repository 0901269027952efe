"""The small words of SIP's grammar: tokens, quoted strings, lists, parameters (RFC 3261 25.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from media.sip.message.bad import BadMessage

#: Parameters by name in lower case; None for one without a value. Values stay as they were
#: written: a quoted string keeps its quotes.
Params = Mapping[str, str | None]

WORD = r"[A-Za-z0-9\-.!%*_+`'~]"
QUOTED = r'"(?:[^"\\]|\\.)*+"'

_TOKEN = re.compile(rf"{WORD}+")
#: What has no end (of a quoted string, of an angle bracket) goes on to the end of the text.
_ITEM = re.compile(rf'(?:[^,"<]++|{QUOTED}|<[^>]*+>|["<].*+)++', re.DOTALL)
_PARAM = re.compile(
    rf"[ \t]*+;[ \t]*+({WORD}++)(?:[ \t]*+=[ \t]*+({QUOTED}|[^\s;,\"<>?=]++))?+", re.DOTALL
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_UNWRITABLE = re.compile(r"[\r\n\0]+")
_BLANKS = " \t"


def is_token(text: str) -> bool:
    """Whether the text is a token: letters, digits, and a few marks."""
    return _TOKEN.fullmatch(text) is not None


def split_list(text: str) -> list[str]:
    """The items of a comma-separated list; commas in quotes and angle brackets part nothing."""
    if "," not in text:
        item = text.strip(_BLANKS)
        return [item] if item else []
    found = (item.strip(_BLANKS) for item in _ITEM.findall(text))
    return [item for item in found if item]


def quote(text: str) -> str:
    """The text as a quoted string; what no header may hold becomes a blank."""
    inner = _UNWRITABLE.sub(" ", text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inner}"'


def unquote(text: str) -> str:
    """The text that a quoted string stands for; other text is itself."""
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    return _ESCAPED.sub(r"\1", text[1:-1]) if "\\" in text else text[1:-1]


def readable(text: str) -> str:
    """The text without what is no UTF-8, so that it can be shown and stored."""
    if text.isascii():
        return text
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def parse_params(text: str, where: str) -> dict[str, str | None]:
    """Read `;name=value;name…`; `where` names the header in what is raised.

    A name occurs once (RFC 3261 7.3.1).
    """
    params: dict[str, str | None] = {}
    if not text:
        return params
    at, end = 0, len(text)
    while at < end:
        found = _PARAM.match(text, at)
        if found is None:
            if text[at:].strip(_BLANKS):
                raise BadMessage(400, f"Malformed Parameters In {where}")
            break
        name = found[1].lower()
        if name in params:
            raise BadMessage(400, f"Repeated Parameter In {where}")
        params[name] = found[2]
        at = found.end()
    return params


def write_params(params: Params) -> str:
    """Parameters as they follow a value: `;name=value;name`."""
    return "".join(
        f";{name}" if value is None else f";{name}={value}" for name, value in params.items()
    )
