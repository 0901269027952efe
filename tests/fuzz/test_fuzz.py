"""What nobody would send: parsers raise their declared error and nothing else, and always end.

Each target runs for `--fuzz-seconds` under libFuzzer, guided by coverage; before, each is given its
whole corpus, and what hypothesis makes of it. The seed is always the same here: `make soak` looks
for what is new.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.engine import GUIDING
from tests.fuzz.target import CORPUS, Target, guarded
from tests.fuzz.targets import TARGETS

pytestmark = pytest.mark.fuzz

#: Seconds for one input, and bytes of the whole corpus.
SLOW, LARGE = 1.0, 200_000
#: Of libFuzzer.
SEED = 2026
#: Seconds that a fuzzer may take beside the fuzzing itself.
_STARTS_AND_ENDS = 90

targets = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS.keys())


def timed(once: Callable[[bytes], None], data: bytes) -> None:
    """Run one input; it must not take long."""
    began = time.process_time()
    once(data)
    assert time.process_time() - began < SLOW, data


def mutated(luck: random.Random, seed: bytes) -> bytes:
    """Change, insert, remove, repeat or cut some bytes."""
    data = bytearray(seed)
    for _ in range(luck.choice((1, 1, 2, 4, 16))):
        at = luck.randrange(len(data) + 1)
        match luck.randrange(6):
            case 0:
                data[at : at + 1] = luck.randbytes(1)
            case 1:
                data[at:at] = luck.randbytes(luck.randrange(9))
            case 2:
                del data[at : at + luck.randrange(9)]
            case 3:
                data[at:at] = data[at : at + luck.randrange(40)]
            case 4:
                del data[at:]
            case _:
                data[at : at + 1] = luck.choice((b"\x00", b"\xff", b"\x7f", b"\x80", b" ", b"\n"))
    return bytes(data)


@targets
async def test_everything_that_was_interesting_before(target: Target) -> None:
    once = guarded(target)
    for data in target.corpus():
        timed(once, data)


@targets
async def test_anything_at_all(target: Target) -> None:
    once, corpus = guarded(target), target.corpus()
    changed = st.builds(
        lambda seed, number: mutated(random.Random(number), corpus[seed]),
        st.integers(0, len(corpus) - 1),
        st.integers(0, 1 << 32),
    )

    @settings(max_examples=200, suppress_health_check=list(HealthCheck), database=None)
    @given(st.binary(max_size=target.longest) | changed)
    def feed(data: bytes) -> None:
        timed(once, data)

    feed()


def test_the_corpus_is_small() -> None:
    files = {path.stem: path.stat().st_size for path in CORPUS.iterdir()}
    assert files.keys() <= TARGETS.keys()
    assert sum(files.values()) < LARGE


def test_every_target_is_guided_by_something() -> None:
    assert GUIDING.keys() == TARGETS.keys()


@pytest.fixture(scope="module")
def fuzzed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[str]]]:
    """What fuzzers say of the targets that are asked for, two of them at a time."""
    seconds = round(request.config.getoption("--fuzz-seconds"))
    if not seconds:
        pytest.skip("no seconds to fuzz")
    with ThreadPoolExecutor(2) as two:
        yield {
            name: two.submit(_fuzz, name, seconds, tmp_path_factory.mktemp(name))
            for name in _wanted(request.session.items)
        }
        two.shutdown(cancel_futures=True)


def _wanted(items: Sequence[pytest.Item]) -> list[str]:
    guided = (each for each in items if isinstance(each, pytest.Function))
    return [str(each.callspec.id) for each in guided if each.function is test_guided_by_coverage]


@targets
def test_guided_by_coverage(target: Target, fuzzed: dict[str, Future[str]]) -> None:
    assert fuzzed[target.name].result() == ""


def _fuzz(name: str, seconds: int, folder: Path) -> str:
    """Fuzz one target; what it said when it did not end well."""
    command = (sys.executable, "-m", "tests.fuzz.engine", name, str(seconds), str(folder))
    ended = subprocess.run(
        [*command, str(SEED)],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=seconds + _STARTS_AND_ENDS,
        check=False,
    )
    if ended.returncode == 0:
        return ""
    return f"seed {SEED}: {ended.stdout[-3000:].decode(errors='replace')}"
