"""What docs/howto/webhooks.md tells receivers to do, done."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from offhook.core.clock import SECOND, Micros
from offhook.core.webhooks.signature import encode_secret, headers

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[3]
NODE = ROOT / ".venv" / "bin" / "node"
SECRET, OTHER = encode_secret(b"k" * 32), encode_secret(b"o" * 32)
BODY = '{"type": "room_started", "data": {"title": "Zürich"}}'.encode()


def blocks(language: str) -> list[str]:
    """The page's examples in a language."""
    page = (ROOT / "docs" / "howto" / "webhooks.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


def told(*secrets: str, seconds_ago: int = 0) -> dict[str, str]:
    now = Micros((int(time.time()) - seconds_ago) * SECOND)
    return headers(secrets, "EV1", now, BODY)


def in_python(given: dict[str, str], body: bytes) -> bool:
    scope: dict[str, Any] = {}
    exec(blocks("python")[1], scope)  # noqa: S102  our own page
    check: Callable[[str, dict[str, str], bytes], bool] = scope["is_ours"]
    return check(SECRET, given, body)


def in_node(given: dict[str, str], body: bytes) -> bool:
    script = blocks("js")[0].replace("whsec_…", SECRET).partition("createServer(async")[0]
    call = f"console.log(isOurs({json.dumps(given)}, Buffer.from({json.dumps(body.decode())})));"
    ran = subprocess.run(
        [NODE, "--input-type=module", "-e", script + call],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return ran.stdout.strip() == "true"


@pytest.mark.parametrize("is_ours", [in_python, in_node])
def test_the_page_takes_what_we_sign_and_nothing_else(
    is_ours: Callable[[dict[str, str], bytes], bool],
) -> None:
    assert is_ours(told(SECRET), BODY)
    assert is_ours(told(OTHER, SECRET), BODY)
    assert not is_ours(told(OTHER), BODY)
    assert not is_ours(told(SECRET), BODY.replace(b"room", b"loom"))
    assert not is_ours(told(SECRET, seconds_ago=400), BODY)
