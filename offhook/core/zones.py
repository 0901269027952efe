"""Time zones by their names, from the machine's zone database."""

from __future__ import annotations

from datetime import tzinfo
from zoneinfo import ZoneInfo

#: What the database holds beside zones that people mean: the machine's own, and with leap seconds.
_NOT_MEANT = ("localtime", "posixrules", "posix/", "right/", "Factory")


def time_zone(name: str) -> tzinfo | None:
    """The zone of a name such as Europe/Paris; None when there is none."""
    if name.startswith(_NOT_MEANT) or not name.isascii():
        return None
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return None
