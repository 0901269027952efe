"""Addresses of e-mail: checked as RFC 5321 and RFC 5322 have them, and masked for people's eyes."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.headerregistry import Address

from offhook.core.errors import InvalidInput

#: Octets of a local part, and of a whole address (RFC 5321 section 4.5.3.1).
_LOCAL, _WHOLE = 64, 254
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)\Z", re.IGNORECASE)
#: A dot-atom (RFC 5322 section 3.2.3), with letters beyond ASCII (RFC 6531).
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+\Z")
_MAILBOX = re.compile(r"(?P<name>[^<>]*)<(?P<spec>[^<>]+)>\Z")


def checked(text: str, field: str = "email") -> str:
    """An address such as `ada@example.org`, its domain in ASCII; raise `InvalidInput`
    (`bad_email`).

    Quoted local parts and address literals are refused: nobody has them, and they hide tricks.
    """
    local, at, domain = text.strip().rpartition("@")
    name = _ascii(domain)
    atoms = local.split(".")
    good = at and name and all(map(_ATOM.match, atoms)) and local.isprintable()
    if not good or len(local.encode()) > _LOCAL or len(f"{local}@{name}".encode()) > _WHOLE:
        raise InvalidInput("This is no e-mail address.", code="bad_email", field=field)
    return f"{local}@{name}"


def _ascii(domain: str) -> str:
    """A host name of two labels at least, as DNS has it (RFC 5890); empty when it is none."""
    try:
        name = domain.encode("idna").decode()
    except UnicodeError:
        return ""
    labels = name.split(".")
    fits = len(labels) > 1 and all(map(_LABEL.match, labels))
    return name if fits else ""


def mailbox(text: str) -> Address:
    """Who letters are from: `calls@example.org`, or `The shop <calls@example.org>`. Raise
    `InvalidInput`."""
    found = _MAILBOX.match(text.strip())
    name, spec = ("", text) if found is None else (found["name"].strip(' "'), found["spec"])
    if not name.isprintable():
        raise InvalidInput("This is no name of a sender.", code="bad_email", field="from")
    local, _, domain = checked(spec, "from").rpartition("@")
    try:
        return Address(name, local, domain)
    except (MessageError, ValueError) as error:
        raise InvalidInput("This is no sender.", code="bad_email", field="from") from error


def masked(address: str) -> str:
    """An address that its owner knows again and others cannot write to: `a…@example.org`."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}" if local else ""
