"""The media nodes that are alive, by what they tell of themselves every second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from offhook.core.clock import SECOND, Clock, Micros, Timer
from offhook.core.contracts.media import NodeAlive, NodeGone
from offhook.core.errors import Unavailable

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Node:
    heard_at: Micros
    legs: int
    draining: bool


class MediaDirectory:
    """Knows which nodes may be asked. A node that is silent for `timeout` seconds is gone.

    After a start every node gets that long to be heard of first.
    """

    def __init__(self, clock: Clock, timeout: float, look: Callable[[], None]) -> None:
        self._clock = clock
        self._timeout = round(timeout * SECOND)
        self._look = look
        self._nodes: dict[str, _Node] = {}
        self._farewells: set[str] = set()
        self._since = clock.now()
        self._timer: Timer | None = None

    def start(self) -> None:
        """Begin to watch the nodes: once a second, `look` may act on those that are gone."""
        self._since = self._clock.now()
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
            self.lost(news.node)
            self._look()
        else:
            if news.node not in self._nodes:
                log.info("media node is here", node=news.node)
            self._farewells.discard(news.node)
            self._nodes[news.node] = _Node(self._clock.now(), news.legs, news.draining)

    def lost(self, node: str) -> None:
        """Nobody answers for this node any more."""
        self._nodes.pop(node, None)
        self._farewells.add(node)

    def gone(self, node: str) -> bool:
        """Whether the node must be given up."""
        if node in self._nodes:
            return False
        return node in self._farewells or self._clock.now() - self._since > self._timeout

    def left(self, node: str) -> bool:
        """Whether nothing of the node is left that could be closed."""
        return node in self._farewells

    def __len__(self) -> int:
        return len(self._nodes)

    def any(self) -> bool:
        """Whether a new room would find a node."""
        return any(not node.draining for node in self._nodes.values())

    def choose(self) -> str:
        """The node with the fewest legs; raise `Unavailable` (`no_media_node`) without any."""
        ready = {name: node for name, node in self._nodes.items() if not node.draining}
        if not ready:
            raise Unavailable("No media server is here at the moment.", code="no_media_node")
        return min(ready, key=lambda name: (ready[name].legs, name))

    def _arm(self) -> None:
        self._timer = self._clock.call_at(Micros(self._clock.now() + SECOND), self._watch)

    def _watch(self) -> None:
        now = self._clock.now()
        silent = [n for n, node in self._nodes.items() if now - node.heard_at > self._timeout]
        for name in silent:
            log.warning("media node is silent", node=name)
            del self._nodes[name]
        self._look()
        self._arm()
