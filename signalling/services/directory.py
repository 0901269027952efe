"""The media nodes that are alive, by what they tell of themselves twice a second."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from offhook.core.clock import SECOND, Clock, Micros, Timer
from offhook.core.contracts.media import NodeAlive, NodeGone
from offhook.core.errors import Unavailable
from offhook.core.lifelines import Lifelines, Severed

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: When nothing was heard of any node for so long, the silence was ours or the bus's.
_DEAF_AFTER = SECOND * 3 // 2
_LOOK_EVERY = SECOND // 4
#: Seconds after which a node that is gone is forgotten.
_FORGET_AFTER = 60


@dataclass(slots=True)
class Node:
    """What a node told of itself last."""

    name: str
    heard_at: Micros
    legs: int
    rooms: int
    draining: bool
    silent: bool = False


class MediaDirectory:
    """Knows which nodes may be asked. A node that is silent for `timeout` seconds is gone.

    After a start, and whenever nothing at all was heard for a while, every node gets that long to
    be heard of first: a bus that was away makes nobody seem dead.
    """

    def __init__(self, clock: Clock, timeout: float, look: Callable[[], None]) -> None:
        self._clock = clock
        self._timeout = round(timeout * SECOND)
        self._look = look
        self._nodes: dict[str, Node] = {}
        self._farewells: set[str] = set()
        self._since = self._heard_at = clock.now()
        self._lines = Lifelines()
        self._timer: Timer | None = None

    def start(self) -> None:
        """Begin to watch the nodes: again and again, `look` may act on those that are gone."""
        self._since = self._heard_at = self._clock.now()
        self._arm()

    def close(self) -> None:
        """Stop watching."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def heard(self, news: NodeAlive | NodeGone) -> None:
        """Take in what a node told of itself."""
        if isinstance(news, NodeGone):
            log.info("media node said goodbye", node=news.node)
            self._nodes.pop(news.node, None)
            self._farewells.add(news.node)
            self._look_round()
            return
        now = self._clock.now()
        if now - self._heard_at > _DEAF_AFTER:
            self._since = now
        self._heard_at = now
        if news.node not in self._nodes:
            log.info("media node is here", node=news.node)
        self._farewells.discard(news.node)
        self._nodes[news.node] = Node(news.node, now, news.legs, news.rooms, news.draining)

    def lost(self, node: str) -> None:
        """Nobody answers for this node; it is believed of one that tells nothing either."""
        known = self._nodes.get(node)
        if known is None or not self._is_fresh(known):
            self._nodes.pop(node, None)
            self._farewells.add(node)

    def gone(self, node: str) -> bool:
        """Whether the node must be given up."""
        if node in self._farewells:
            return True
        known = self._nodes.get(node)
        heard = self._since if known is None else max(known.heard_at, self._since)
        return self._clock.now() - heard > self._timeout

    def left(self, node: str) -> bool:
        """Whether nothing of the node is left that could be closed."""
        return node in self._farewells

    def draining(self, node: str) -> bool:
        """Whether the node wants to be left."""
        known = self._nodes.get(node)
        return known is not None and known.draining

    def all(self) -> list[Node]:
        """Every node that is alive."""
        return sorted(
            (node for node in self._nodes.values() if self._is_fresh(node)),
            key=lambda node: node.name,
        )

    def __len__(self) -> int:
        return len(self.all())

    def any(self) -> bool:
        """Whether a new room would find a node."""
        return any(not node.draining for node in self.all())

    def choose(self) -> str:
        """The node with the fewest legs; raise `Unavailable` (`no_media_node`) without any."""
        ready = [node for node in self.all() if not node.draining]
        if not ready:
            raise Unavailable("No media server is here at the moment.", code="no_media_node")
        return min(ready, key=lambda node: (node.legs, node.name)).name

    @asynccontextmanager
    async def while_there(self, node: str) -> AsyncIterator[None]:
        """Whatever waits for this node within raises `Unavailable` (`media_lost`) as soon as the
        node is gone."""
        try:
            async with self._lines.holding(node):
                yield
        except Severed as error:
            raise Unavailable("The media server is gone.", code="media_lost") from error

    def _is_fresh(self, node: Node) -> bool:
        return self._clock.now() - node.heard_at <= self._timeout

    def _arm(self) -> None:
        self._timer = self._clock.call_at(Micros(self._clock.now() + _LOOK_EVERY), self._watch)

    def _watch(self) -> None:
        for node in list(self._nodes.values()):
            if not node.silent and not self._is_fresh(node):
                node.silent = True
                log.warning("media node is silent", node=node.name)
            if self._clock.now() - node.heard_at > _FORGET_AFTER * SECOND and self.gone(node.name):
                del self._nodes[node.name]
        self._look_round()
        self._arm()

    def _look_round(self) -> None:
        for node in self._lines.names():
            if self.gone(node):
                self._lines.sever(node)
        self._look()
