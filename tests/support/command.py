"""The command line as a person types it, in a process of its own."""

from __future__ import annotations

import asyncio
import os
import sys


async def run(*arguments: str, **environment: str) -> tuple[int, str, str]:
    """Run `offhook …`; return its exit code and what it printed and complained."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OFFHOOK_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "offhook.app.cli",
        *arguments,
        env={**clean, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, complaint = await process.communicate()
    return process.returncode or 0, out.decode(), complaint.decode()


async def offhook(*arguments: str, **environment: str) -> str:
    """Run `offhook …`, which must succeed; return what it printed."""
    code, out, complaint = await run(*arguments, **environment)
    assert code == 0, complaint
    return out
