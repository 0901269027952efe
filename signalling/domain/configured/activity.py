"""Activities: what agents say they are doing, and whether they take work meanwhile."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from offhook.core.errors import InvalidInput
from signalling.domain.configured.kind import Kind, named
from signalling.domain.configured.values import Name
from signalling.domain.hours import Zones


class ActivitySettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An activity. `available`: work is offered meanwhile; `offline`: that of whoever is not there,
    of which there is one."""

    name: Name
    available: bool = False
    offline: bool = False


def _check(given: ActivitySettings, zones: Zones) -> ActivitySettings:
    if given.available and given.offline:
        raise InvalidInput("Who is offline is not available.", field="offline")
    return replace(given, name=named(given.name))


ACTIVITY = Kind(
    noun="activity",
    plural="activities",
    prefix="AV",
    shape=ActivitySettings,
    check=_check,
    only_one=lambda given: "offline" if given.offline else None,
    most=100,
)
