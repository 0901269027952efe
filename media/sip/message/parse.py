"""Reads one message from its bytes, and says what is wrong with it (RFC 3261 7, 18.3)."""

from __future__ import annotations

import re

from media.sip.message.bad import BadMessage
from media.sip.message.checks import check
from media.sip.message.grammar import WORD, is_token
from media.sip.message.headers import KEYS, Headers, Line, key_of
from media.sip.message.limits import LIMITS, Limits
from media.sip.message.message import Request, Response, refusal

Message = Request | Response

_REQUEST_LINE = re.compile(rf"({WORD}++) ([^\s<>\"]++) SIP/2\.0", re.IGNORECASE)
_STATUS_LINE = re.compile(r"SIP/2\.0 ([1-6][0-9]{2}) ([^\r\n]*+)", re.IGNORECASE)
#: A first line that was meant for SIP, and can be answered.
_LIKE_A_REQUEST = re.compile(
    rf"({WORD}++)[ \t]++([^\r\n]*)[ \t]SIP/([0-9]+\.[0-9]+)[ \t]*+", re.IGNORECASE
)
_FOLD = re.compile(r"(?:[ \t]*+\r\n[ \t]++)++")
_BREAK = re.compile(r"\r\n(?![ \t])")
#: Digits that a length may have; none of more is of a message that would be taken.
_LONGEST_LENGTH = 9
_END = b"\r\n\r\n"


def parse(data: bytes, limits: Limits = LIMITS) -> Message:
    """Read a datagram: one message, and bytes after it that are of no meaning (RFC 3261 18.3).

    Raises BadMessage.
    """
    message, start = read_head(data, limits)
    length = body_length(message)
    if length is None:
        length = len(data) - start
    elif length > len(data) - start:
        raise refusal(message, 400, "Body Shorter Than Content-Length")
    message.body = data[start : start + length]
    check(message, limits)
    return message


def read_head(data: bytes, limits: Limits = LIMITS) -> tuple[Message, int]:
    """Read the start line and the headers; gives the message without its body, and where that
    starts. Raises BadMessage."""
    begin = 0
    while data.startswith(b"\r\n", begin):
        begin += 2
    end = data.find(_END, begin)
    head = data[begin : end if end >= 0 else len(data)]
    if len(data) > limits.message or len(head) > limits.head:
        raise BadMessage(513, "Message Too Large")
    message = _read_lines(head.decode("utf-8", "surrogateescape"), limits)
    if end < 0:
        raise refusal(message, 400, "Headers Without End")
    return message, end + len(_END)


def body_length(message: Message) -> int | None:
    """What Content-Length says, None when there is none. Raises BadMessage."""
    lengths = message.headers.all("Content-Length")
    if not lengths:
        return None
    if len(lengths) > 1:
        raise refusal(message, 400, "Repeated Content-Length")
    length = lengths[0]
    if not (length.isascii() and length.isdecimal() and len(length) <= _LONGEST_LENGTH):
        raise refusal(message, 400, "Malformed Content-Length")
    return int(length)


def _read_lines(head: str, limits: Limits) -> Message:
    first, _, rest = head.partition("\r\n")
    if len(first) > limits.line:
        raise BadMessage(513, "Start Line Too Long")
    message, problem = read_start(first)
    texts = _split(rest)
    if len(texts) > limits.lines:
        texts, problem = texts[: limits.lines], BadMessage(513, "Too Many Header Lines")
    lines = [_line(text) for text in texts]
    breaks = rest.count("\r\n")
    torn = breaks != rest.count("\r") or breaks != rest.count("\n")
    message.headers = Headers.of_lines(
        [line for line in lines if line[0] and not (torn and _is_torn(line))]
    )
    if len(message.headers) < len(lines):
        problem = problem or BadMessage(400, "Malformed Header Line")
    if len(rest) > limits.line and max(map(len, texts)) > limits.line:
        problem = BadMessage(513, "Header Line Too Long")
    if problem is not None:
        raise refusal(message, problem.status, problem.reason)
    return message


def read_start(line: str) -> tuple[Message, BadMessage | None]:
    """The message of a first line, and what is wrong with the line although it can be answered.

    Raises BadMessage for what is no line of SIP.
    """
    found = _REQUEST_LINE.fullmatch(line)
    if found is not None:
        return Request(found[1], found[2]), None
    found = _STATUS_LINE.fullmatch(line)
    if found is not None:
        return Response(int(found[1]), found[2]), None
    found = _LIKE_A_REQUEST.fullmatch(line)
    if found is None:
        raise BadMessage(400, "Malformed Start Line")
    request = Request(found[1], found[2].strip(" \t"))
    if found[3] != "2.0":
        return request, BadMessage(505, "Version Not Supported")
    return request, BadMessage(400, "Malformed Request Line")


def _split(text: str) -> list[str]:
    """Header lines, each with what is folded into it (RFC 3261 7.3.1)."""
    if not text:
        return []
    if "\r\n " in text or "\r\n\t" in text:
        return _BREAK.split(text)
    return text.split("\r\n")


def _line(raw: str) -> Line:
    """One header line; its key is empty when it is not a name, a colon and a value."""
    name, colon, value = raw.partition(":")
    key = KEYS.get(name)
    if key is None:
        name = name.rstrip(" \t")
        key = key_of(name)
        if key not in KEYS and not is_token(name):
            key = ""
    if "\r\n" in value:
        value = _FOLD.sub(" ", value)
    return (key if colon else ""), name, value.strip(" \t"), raw


def _is_torn(line: Line) -> bool:
    """Whether a value holds half a line end, which others may take for a whole one."""
    return "\r" in line[2] or "\n" in line[2]
