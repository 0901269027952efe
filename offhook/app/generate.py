"""Writes what is made from declarations. Run: python -m offhook.app.generate [--check]"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from offhook.app import config, contact_centre_doc, protocol_doc, typescript
from signalling.api import desk_messages, messages, visit_messages
from signalling.api.app import ROUTES

ROOT = Path(__file__).resolve().parents[2]
_BANNER = "// Generated from signalling/api/{module}.py by `make generate`; do not edit."
_REST_BANNER = "// Generated from the routes of the REST API by `make generate`; do not edit."


def protocol_ts() -> str:
    """The whole of web/src/protocol.ts."""
    return _protocol("messages", messages.COMMANDS, messages.EVENTS, messages.PAGE_DOORS)


def visit_ts() -> str:
    """The whole of web/src/visit-protocol.ts."""
    return _protocol("visit_messages", visit_messages.COMMANDS, visit_messages.EVENTS)


def desk_ts() -> str:
    """The whole of web/src/desk-protocol.ts."""
    return _protocol("desk_messages", desk_messages.COMMANDS, desk_messages.EVENTS)


def _protocol(
    module: str,
    commands: Mapping[str, tuple[type[Struct], type[Struct] | None]],
    events: Mapping[str, type[Struct]],
    others: Sequence[type[Struct]] = (),
) -> str:
    types = [kind for pair in commands.values() for kind in pair if kind is not None]
    parts = [
        _BANNER.format(module=module),
        typescript.interfaces([*types, *events.values(), *others]),
        typescript.command_map(commands),
        typescript.event_map(events),
    ]
    return "\n\n".join(parts) + "\n"


def rest_ts() -> str:
    """The whole of web/src/rest.ts."""
    types = [kind for route in ROUTES for kind in (route.body, route.reply) if kind is not None]
    return f"{_REST_BANNER}\n\n{typescript.interfaces(types)}\n"


#: Every generated file by its path from the root of the repository.
GENERATED = {
    "web/src/protocol.ts": protocol_ts,
    "web/src/visit-protocol.ts": visit_ts,
    "web/src/desk-protocol.ts": desk_ts,
    "web/src/rest.ts": rest_ts,
    "docs/protocol.md": protocol_doc.protocol_md,
    "docs/visit.md": contact_centre_doc.visit_md,
    "docs/desk.md": contact_centre_doc.desk_md,
    "docs/states.md": contact_centre_doc.states_md,
    "config.example.toml": config.sample,
}


def main() -> int:
    """Write every generated file; with `--check`, only say which are stale and return 1."""
    check = "--check" in sys.argv[1:]
    stale = []
    for name, make in GENERATED.items():
        path = ROOT / name
        text = make()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    for name in stale:
        sys.stdout.write(f"{'stale' if check else 'written'}: {name}\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
