"""The narrow waist stays narrow: control knows the datapath's port and values, not its packets."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import media.sfu

pytestmark = pytest.mark.unit

_SFU = Path(media.sfu.__file__).parent
_MEDIA = _SFU.parent
_PREFIX = "media.sfu.datapath."
#: Values and protocols; the table of SRTP profiles, whose sizes DTLS must know.
_OPEN = {"port", "plans", "figures", "srtp"}
#: Those who choose the implementation.
_CHOOSERS = {_MEDIA / "node.py": "python"}
#: Light participants and phone legs are ends of the wire: they read and write the same packets.
_ENDS = (_MEDIA / "load", _MEDIA / "rtp")
_PACKETS = {"rtp", "rtcp", "rtcp_write", "arrivals", "gaps", "reception", "sender_clock"}


def _imported(path: Path) -> set[str]:
    """The datapath's modules that a file imports."""
    out = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        out |= {name.removeprefix(_PREFIX).split(".")[0] for name in names if _PREFIX in name}
    return out


def test_control_imports_the_port_and_the_values_only() -> None:
    outside = [p for p in _MEDIA.rglob("*.py") if "datapath" not in p.parts]
    assert len(outside) > 20
    for path in outside:
        is_end = any(path.is_relative_to(each) for each in _ENDS)
        more = _PACKETS if is_end else {_CHOOSERS.get(path, "port")}
        assert _imported(path) <= _OPEN | more, path


def test_the_datapath_knows_nothing_of_rooms() -> None:
    allowed = ("media.sfu.datapath", "media.sfu.timers", "media.sfu.sdp")
    for path in (_SFU / "datapath").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        modules = [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
        ours = [module for module in modules if module.startswith("media.")]
        assert all(module.startswith(allowed) for module in ours), path
