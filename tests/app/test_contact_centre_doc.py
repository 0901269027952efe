"""What the documents tell of the contact centre is what the code does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from offhook.app.contact_centre_doc import desk_md, states_md, visit_md
from signalling.api import desk_messages, namespace, visit_messages, visit_sockets
from signalling.domain.sessions.base import State

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
HOWTO = (ROOT / "docs/howto/contact-centre.md").read_text(encoding="utf-8")
_SUBJECTS = ("session.", "task.", "reservation.", "agent.")
_EVENT = re.compile(r"`((?:session|task|reservation|agent)\.[a-z_]+)`")


def logged() -> Iterator[str]:
    """Every type of event that a machine of the desk logs."""
    for folder, noun in (("routing", ""), ("sessions", "session.")):
        for path in sorted((ROOT / "signalling/domain" / folder).glob("*.py")):
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                yield from (f"{noun}{name}" for name in _named(call))


def _named(node: ast.AST) -> Iterator[str]:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return
    if node.func.attr not in {"_record", "_end", "_in_vain"}:
        return
    for argument in node.args[:2]:
        for part in ast.walk(argument):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value
                break
        else:
            continue
        break


def test_every_event_that_is_logged_is_told_of() -> None:
    told = set(_EVENT.findall(HOWTO.partition("## Events")[2]))
    found = {name for name in logged() if name.startswith(_SUBJECTS)}
    assert len(found) > 40
    assert found - told == set()
    assert told - found <= {"session.resumed"}


def test_the_limits_that_are_told_are_those_that_hold() -> None:
    told = visit_md()
    assert (
        f"{namespace._COMMANDS_PER_SECOND} a second, {namespace._COMMANDS_AT_ONCE} at once" in told
    )
    assert f"| {namespace._WAITING_LIMIT} | 409 `too_many_waiting`" in told
    assert f"| {namespace._IDLE:.0f} seconds | disconnected" in told
    one_in = round(1 / visit_sockets._PER_SECOND)
    assert f"{visit_sockets._AT_ONCE} at once, one in {one_in} seconds" in told
    assert f"{visit_sockets._SITE_AT_ONCE} at once" in told


@pytest.mark.parametrize(
    ("text", "commands"),
    [(visit_md(), visit_messages.COMMANDS), (desk_md(), desk_messages.COMMANDS)],
    ids=["visit", "desk"],
)
def test_every_command_has_its_section(text: str, commands: dict[str, object]) -> None:
    for name in commands:
        assert f"`{name}`:" in text, name


def test_every_state_of_a_session_is_drawn() -> None:
    drawn = states_md()
    for state in State:
        assert f"{state.name} --> " in drawn or f"--> {state.name}:" in drawn
    assert "LIVE --> LIVE" not in drawn
