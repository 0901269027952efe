"""All checks at once, each with a bound on its time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from offhook.app.config import Config
from offhook.app.doctor import doors, machine, services, store
from offhook.app.doctor.findings import Finding, fail

Check = Callable[[Config], Awaitable[list[Finding]]]

#: In the order in which they are shown.
CHECKS: dict[str, Check] = {
    "clock": machine.clock,
    "disk": machine.disk,
    "files": machine.files,
    "limits": machine.limits,
    "codecs": machine.codecs,
    "store": store.store,
    "redis": services.redis,
    "ports": doors.ports,
    "certificate": doors.certificate,
    "address": doors.address,
    "turn": services.turn,
    "mail": services.mail,
}
#: Seconds that one check may take.
_PATIENCE = 15.0


async def examine(config: Config) -> list[Finding]:
    """What every check finds; one that breaks is itself a finding."""
    found = await asyncio.gather(*(_one(name, check, config) for name, check in CHECKS.items()))
    return [finding for some in found for finding in some]


async def _one(name: str, check: Check, config: Config) -> list[Finding]:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await check(config)
    except TimeoutError:
        return [fail(name, f"the check had no end after {_PATIENCE:g} s", "try again")]
    except Exception as error:
        text = f"the check broke: {type(error).__name__}: {error}"
        return [fail(name, text, "report this line to us")]
