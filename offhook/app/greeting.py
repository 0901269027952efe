"""What the terminal shows when a server is ready."""

from __future__ import annotations

import offhook
from offhook.app.config import Config
from signalling.services.accounts import Seeded
from signalling.services.users import OneTime


def greeting(
    config: Config, seeded: Seeded | None, admin: OneTime | None = None, shop: str = ""
) -> str:
    """The addresses to open, and secrets that are shown this once. `shop`: the demo shop's URL."""
    lines = ["", f"Offhook {offhook.__version__} is ready ({_role(config)}).", ""]
    match config.role:
        case "all" | "signalling":
            lines += _pages(config, shop)
            lines += ["", *_login(admin)] if admin else []
            lines += [*_secrets(seeded), *_staff(seeded)] if seeded else []
        case "messaging":
            lines.append(f"  Health      http://{config.host}:{config.messaging_port}/healthz")
        case "media":
            pass
    if config.role in {"all", "media"}:
        hosts = ", ".join(config.media_hosts)
        lines.append(f"  Media       UDP and TCP {config.media_port} on {hosts}")
    return "\n".join([*lines, "", "Ctrl+C stops it.", ""])


def demonstration(config: Config, seeded: Seeded | None, admin: OneTime | None = None) -> str:
    """What `offhook demo` says: what it made, and what to try with it."""
    if seeded is None:
        lines = ["The store is not empty; nothing was made."]
    else:
        lines = [f"Made the room `{seeded.room}` and an API key.", *_secrets(seeded)]
    if admin is not None:
        lines += [*_login(admin), ""]
    if seeded is not None:
        lines += _staff(seeded)
    return "\n".join(
        [
            *lines,
            "Try:",
            "  offhook serve",
            f"  {config.url}/r/demo   in two windows",
            "  offhook token --room demo --identity ada --url",
        ]
    )


def _role(config: Config) -> str:
    return "everything in one process" if config.role == "all" else config.role


def _pages(config: Config, shop: str = "") -> list[str]:
    lines = [f"  Start page  {config.url}/"]
    if config.demo:
        lines.append(f"  A room      {config.url}/r/demo   (open it in two windows)")
        lines.append(f"  Webhooks    {config.url}/demo/sink   (what the demo webhook received)")
    if shop:
        lines.append(f"  A shop      {shop}   (a stranger's page with the call button)")
    return [
        *lines,
        f"  Desk        {config.url}/desk",
        f"  Live view   {config.url}/supervisor",
        f"  Admin       {config.url}/admin",
        f"  API         {config.url}/docs",
    ]


def new_password(config: Config, given: OneTime) -> str:
    """What `offhook password` says."""
    lines = [*_login(given), f"  Sign in at  {config.url}/admin"]
    return "\n".join(lines)


def _login(given: OneTime) -> list[str]:
    return [
        f"  Login       {given.login}",
        f"  Password    {given.password}   (one-time, shown this once; you choose your own then)",
    ]


def _staff(seeded: Seeded) -> list[str]:
    """Those of the demonstration's contact centre, each with a login and a one-time password."""
    if not seeded.staff:
        return []
    people = [
        f"  {who.role.capitalize():<11} {who.given.login:<7} {who.given.password}   ({who.name})"
        for who in seeded.staff
    ]
    return ["  Contact centre: login and one-time password of", *people, ""]


def _secrets(seeded: Seeded) -> list[str]:
    return [
        "",
        f"  API key     {seeded.key_id}",
        f"  Secret      {seeded.key_secret}   (shown this once)",
        "",
    ]
