"""The machine: its clock, disk, limits, and the codecs that are installed."""

from __future__ import annotations

import asyncio
import ctypes
import importlib.metadata
import os
import resource
import shutil
import tempfile
import time
from pathlib import Path

from offhook.app.config import Config
from offhook.app.doctor.findings import Finding, fail, note, ok, warn
from offhook.app.folder import DataFolder

_GIGABYTE = 1_000_000_000
#: Fewer open files than this carry few people: a leg over TCP and a socket are one each.
_FILES = 4096
#: What the media socket asks the kernel for.
_BUFFER = 4 << 20
#: Seconds that a synced write may take before joins feel slow.
_SLOW_SYNC = 0.05
#: Bits and results of adjtimex(2).
_UNSYNCHRONISED, _TIME_ERROR = 0x0040, 5


async def clock(config: Config) -> list[Finding]:
    """Whether the kernel's clock follows a time server: tokens are judged by it."""
    state, bits, error = _adjtimex()
    if state is None:
        return [note("clock", "the kernel does not tell whether the clock is synchronised")]
    if state == _TIME_ERROR or bits & _UNSYNCHRONISED:
        return [
            warn(
                "clock",
                "it is not synchronised: tokens may be refused as expired or not yet valid",
                "install chrony (`apt-get install chrony`), or switch on time synchronisation of "
                "the host when this is a container",
            )
        ]
    return [ok("clock", f"synchronised, at most {error / 1000:.0f} ms off")]


async def disk(config: Config) -> list[Finding]:
    """Room in the data folder, and how long a write takes to be safe."""
    folder = _existing(Path(config.data_dir))
    try:
        free = shutil.disk_usage(folder).free
        took = await asyncio.to_thread(_sync_time, folder)
    except OSError as error:
        return [
            fail(
                "disk",
                f"{folder} cannot be written: {error.strerror}",
                "make it writable for this user, or choose another folder with --data-dir",
            )
        ]
    said = f"{free / _GIGABYTE:.1f} GB free in {folder}"
    if free < 0.2 * _GIGABYTE:
        found = fail("disk", said, "make room: the store cannot grow, and writes will be refused")
    elif free < 2 * _GIGABYTE:
        found = warn("disk", said, "make room before recordings and the event log fill it")
    else:
        found = ok("disk", said)
    if took > _SLOW_SYNC:
        slow = warn(
            "disk",
            f"a write takes {took * 1000:.0f} ms to be safe",
            "put the data folder on a local disk: every join waits for a few such writes",
        )
        return [found, slow]
    return [found, ok("disk", f"a write is safe after {took * 1000:.1f} ms")]


async def files(config: Config) -> list[Finding]:
    """Where files of chats are kept, and whether they can be."""
    if not config.max_file_size:
        return [note("files", "none are sent in chats")]
    place = Path(config.files_dir) if config.files_dir else DataFolder(config.data_dir).files
    try:
        await asyncio.to_thread(_sync_time, _existing(place))
    except OSError as error:
        return [
            fail(
                "files",
                f"{place} cannot be written: {error.strerror}",
                "make it writable for this user, or name another folder with OFFHOOK_FILES_DIR",
            )
        ]
    shared = config.database_url and config.redis_url
    every = "; every signalling process needs this same folder" if shared else ""
    return [ok("files", f"those of chats are kept in {place}{every}")]


async def limits(config: Config) -> list[Finding]:
    """Open files, and the buffers of the media socket."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    found = [ok("limits", f"{files} open files")]
    if files < _FILES:
        found = [
            warn(
                "limits",
                f"only {files} open files",
                "raise it: `ulimit -n 65536`, or LimitNOFILE=65536 in the systemd unit",
            )
        ]
    for name in ("rmem_max", "wmem_max"):
        path = Path("/proc/sys/net/core") / name
        try:
            allowed = int(path.read_text())
        except OSError:
            continue
        if allowed < _BUFFER:
            found.append(
                warn(
                    "limits",
                    f"net.core.{name} is {allowed}: bursts of video may be lost",
                    f"`sysctl -w net.core.{name}={_BUFFER}`",
                )
            )
    return found


async def codecs(config: Config) -> list[Finding]:
    """What server-side participants need; people's own calls are forwarded without codecs."""
    import av

    wanted = {"opus": "libopus", "vp8": "libvpx", "h264": "libx264", "g711": "pcm_mulaw"}
    missing = [name for name, codec in wanted.items() if codec not in av.codecs_available]
    version = importlib.metadata.version("av")
    if missing:
        return [
            warn(
                "codecs",
                f"PyAV {version} lacks {', '.join(missing)}",
                "install its wheel (`pip install --only-binary av av`), not one built without them",
            )
        ]
    return [ok("codecs", f"PyAV {version} has {', '.join(wanted)}")]


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(each for each in (folder, *folder.absolute().parents) if each.exists())


class _Timex(ctypes.Structure):
    """`struct timex` of Linux, as far as it is read; the rest is room."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("frequency", ctypes.c_long),
        ("maximum_error", ctypes.c_long),
        ("estimated_error", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 512),
    )


def _adjtimex() -> tuple[int | None, int, int]:
    """State, status bits and the estimated error in microseconds; state None when it is unknown."""
    told = _Timex()
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.byref(told))
    except (OSError, AttributeError):
        return None, 0, 0
    return (None if state < 0 else state), told.status, told.estimated_error


def _sync_time(folder: Path) -> float:
    """Seconds until a small write is on the disk, the best of three."""
    best = float("inf")
    descriptor, path = tempfile.mkstemp(dir=folder, prefix=".offhook-doctor-")
    try:
        try:
            for _ in range(3):
                started = time.perf_counter()
                os.write(descriptor, b"offhook" * 500)
                os.fsync(descriptor)
                best = min(best, time.perf_counter() - started)
        finally:
            os.close(descriptor)
    finally:
        Path(path).unlink(missing_ok=True)
    return best
