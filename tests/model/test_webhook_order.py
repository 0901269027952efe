"""Whatever fails and whenever it stops: every event arrives, in order for each subject."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offhook.core.webhooks.fetch import Outcome
from offhook.core.webhooks.sender import Parcel
from offhook.core.webhooks.webhook import Failure
from tests.core.webhooks.post import Post, in_order, posting

pytestmark = pytest.mark.model

ROOMS = ("RM1", "RM2", "RM3")
FAILURES: tuple[int | Failure, ...] = (500, 429, 302, "connection_failed", "timed_out")

#: What the receivers do with the next attempts, over and over.
manners = st.lists(st.sampled_from([200, 200, *FAILURES, "lost"]), min_size=1, max_size=12)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("happen"), st.sampled_from(ROOMS), st.integers(1, 5)),
        st.tuples(st.just("wait"), st.sampled_from(["", "settle"]), st.integers(0, 400)),
        st.tuples(st.just("die"), st.just(""), st.just(0)),
    ),
    min_size=1,
    max_size=15,
)


class Whims:
    """Fails by a list; `lost` is an answer that never reached us, though the parcel arrived."""

    def __init__(self, post: Post, list_of_whims: list[int | Failure | str]) -> None:
        self._whims = list_of_whims
        self._turn = 0
        self._send = post.receiver.send
        post.receiver.manner = self._manner
        self.over = False
        self._post = post
        post.receiver.send = self.send  # type: ignore[method-assign]

    def _manner(self, parcel: Parcel) -> int | Failure:
        whim = self._whims[self._turn % len(self._whims)]
        self._turn += 1
        if self.over or whim == "lost":
            return 200
        return whim  # type: ignore[return-value]

    async def send(self, parcel: Parcel) -> Outcome:
        """As the receiver does, but a lost answer is none."""
        lost = not self.over and self._whims[self._turn % len(self._whims)] == "lost"
        outcome = await self._send(parcel)
        return Outcome(took=1, error="timed_out") if lost else outcome


async def live(
    folder: Path, whims: list[int | Failure | str], happening: list[tuple[str, str, int]]
) -> None:
    async with posting(folder / "store.db") as post:
        everything = await post.register()
        joins = await post.register("participant_joined")
        manner = Whims(post, whims)
        logged = dict.fromkeys(ROOMS, 0)
        for what, which, number in happening:
            if what == "happen":
                await post.happen(which, *["participant_joined", "participant_left"] * number)
                logged[which] += 2 * number
            elif what == "die":
                await post.restart()
            else:
                if which:
                    await post.settle()
                post.clock.advance(number)
        manner.over = True
        await post.until(
            lambda: all(
                set(post.receiver.seqs(room, everything.id)) == set(range(1, logged[room] + 1))
                and set(post.receiver.seqs(room, joins.id)) == set(range(1, logged[room], 2))
                for room in ROOMS
            ),
            advancing=3600,
        )
        for room in ROOMS:
            assert in_order(post.receiver.seqs(room, everything.id))
            first = list(dict.fromkeys(post.receiver.seqs(room, joins.id)))
            assert first == list(range(1, logged[room], 2))


@settings(max_examples=30)
@given(whims=manners, happening=steps)
def test_every_event_arrives_in_order_for_each_subject(
    whims: list[int | Failure | str], happening: list[tuple[str, str, int]]
) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(live(Path(folder), whims, happening))
