"""What the terminal shows when a server is ready."""

from __future__ import annotations

import offhook
from offhook.app.config import Config
from signalling.services.accounts import Seeded


def greeting(config: Config, seeded: Seeded | None) -> str:
    """The addresses to open, and secrets that are shown this once."""
    lines = ["", f"Offhook {offhook.__version__} is ready ({_role(config)}).", ""]
    match config.role:
        case "all" | "signalling":
            lines += _pages(config)
            lines += _secrets(seeded) if seeded else []
        case "messaging":
            lines.append(f"  Health      http://{config.host}:{config.messaging_port}/healthz")
        case "media":
            pass
    if config.role in {"all", "media"}:
        hosts = ", ".join(config.media_hosts)
        lines.append(f"  Media       UDP and TCP {config.media_port} on {hosts}")
    return "\n".join([*lines, "", "Ctrl+C stops it.", ""])


def demonstration(config: Config, seeded: Seeded | None) -> str:
    """What `offhook demo` says: what it made, and what to try with it."""
    if seeded is None:
        lines = ["The store is not empty; nothing was made."]
    else:
        lines = [f"Made the room `{seeded.room}` and an API key.", *_secrets(seeded)]
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


def _pages(config: Config) -> list[str]:
    lines = [f"  Start page  {config.url}/"]
    if config.demo:
        lines.append(f"  A room      {config.url}/r/demo   (open it in two windows)")
    return [*lines, f"  API         {config.url}/docs"]


def _secrets(seeded: Seeded) -> list[str]:
    return [
        "",
        f"  API key     {seeded.key_id}",
        f"  Secret      {seeded.key_secret}   (shown this once)",
        "",
    ]
