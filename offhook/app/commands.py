"""What each command of the command line does. Heavy parts are imported by those that need them."""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import signal
import sys
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from offhook.app.config import Config
from offhook.app.folder import DataFolder
from offhook.core.clock import SystemClock
from offhook.core.errors import InvalidInput

if TYPE_CHECKING:
    from signalling.domain.tokens import Claims

T = TypeVar("T")

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def serve(config: Config, _given: argparse.Namespace) -> int:
    """Run the server until it is told to stop."""
    from offhook.app import wiring
    from offhook.core.telemetry import configure_logs

    configure_logs(json=config.log_format == "json", level=config.log_level)
    if config.lan:
        from offhook.app.lan import on_the_lan

        config = on_the_lan(config, SystemClock())

    async def until_told() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stop.set)
        await wiring.serve(config, stop, say)

    run(until_told())
    return 0


def migrate(config: Config, _given: argparse.Namespace) -> int:
    """Bring the store up to this version."""
    from offhook.app.storage import place_of
    from offhook.core.store.migrate import upgrade
    from offhook.core.store.place import shown

    folder = DataFolder(config.data_dir)
    folder.make()
    if not config.database_url:
        folder.master_key()
    place = place_of(config, folder)
    applied = upgrade(place)
    say(f"Applied to {shown(place)}: {', '.join(applied)}." if applied else "Nothing to do.")
    return 0


def doctor(config: Config, given: argparse.Namespace) -> int:
    """Check everything that can be checked from here; 1 when something fails."""
    import msgspec

    from offhook.app.doctor.findings import shown
    from offhook.app.doctor.run import examine

    if config.lan:
        from offhook.app.lan import on_the_lan

        config = on_the_lan(config, SystemClock())
    findings = run(examine(config))
    say(msgspec.json.encode(findings).decode() if given.json else shown(findings))
    return int(any(found.level == "fail" for found in findings))


def demo(config: Config, _given: argparse.Namespace) -> int:
    """Make the demo data on an empty store, and say how to try them."""
    from offhook.app import wiring
    from offhook.app.greeting import demonstration

    async def make() -> str:
        async with wiring.offline(config) as services:
            seeded = await services.accounts.seed(services.demonstration)
            account = await services.accounts.ensure()
            return demonstration(config, seeded, await services.users.first_admin(account))

    say(run(make()))
    return 0


def password(config: Config, given: argparse.Namespace) -> int:
    """Give somebody another one-time password and end their sign-ins."""
    from offhook.app import wiring
    from offhook.app.greeting import new_password

    async def make() -> str:
        async with wiring.offline(config) as services:
            account = await services.accounts.ensure()
            made = await services.users.first_admin(account)
            if made is None or made.login != given.login:
                made = await services.users.new_one_time(account, given.login)
            return new_password(config, made)

    say(run(make()))
    return 0


def token(config: Config, given: argparse.Namespace) -> int:
    """Print a join token, or the link that carries it."""
    (signed,) = sign_all(config, given, [_claims(given)], seconds(given.ttl))
    say(f"{config.url}/r/{quote(given.room)}?token={signed}" if given.url else signed)
    return 0


def sign_all(
    config: Config, given: argparse.Namespace, claims: Sequence[Claims], lasts: int
) -> list[str]:
    """Sign tokens with the key that is given, else with that of this machine's store."""
    key = given.key or os.environ.get("OFFHOOK_API_KEY")
    secret = given.secret or os.environ.get("OFFHOOK_API_SECRET")
    if bool(key) != bool(secret):
        raise InvalidInput("Give both --key and --secret, or neither.")
    if key and secret:
        return [_signed(each, key, secret, lasts) for each in claims]
    return run(issued(config, claims, lasts))


def seconds(text: str, field: str = "ttl") -> int:
    """Read a length of time such as `90s`, `15m`, `6h` or `7d`; raise `InvalidInput`."""
    found = re.fullmatch(r"(\d{1,6})([smhd])", text.strip())
    if not found or not int(found[1]):
        raise InvalidInput(f"`{text}` is no length of time; write 90s, 15m, 6h or 7d.", field=field)
    return int(found[1]) * _UNITS[found[2]]


def _claims(given: argparse.Namespace) -> Claims:
    from offhook.core.contracts.grants import VideoGrant
    from signalling.domain import names
    from signalling.domain.tokens import Claims

    video = VideoGrant(
        room_join=True,
        room=names.room_name(given.room, "room"),
        room_admin=given.admin,
        hidden=given.hidden,
        can_publish=False if given.no_publish else None,
    )
    identity = names.identity(given.identity, "identity")
    return Claims(sub=identity, name=names.display_name(given.name or ""), video=video)


def _signed(claims: Claims, key: str, secret: str, lasts: int) -> str:
    import msgspec

    from offhook.core.clock import SECOND
    from signalling.services.tokens import sign

    now = SystemClock().now() // SECOND
    return sign(msgspec.structs.replace(claims, iss=key, nbf=now, exp=now + lasts), secret)


async def issued(config: Config, claims: Sequence[Claims], lasts: int) -> list[str]:
    """Sign tokens with the key that this machine's store keeps for itself."""
    from offhook.app import wiring

    async with wiring.offline(config) as services:
        account = await services.accounts.ensure()
        return [await services.tokens.issue(account, each, lasts) for each in claims]


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run on uvloop where it is installed: it takes a datagram in a tenth of the time."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    done: T = uvloop.run(work)
    return done


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
