"""What the tests of whole media nodes share."""

from tests.media.sfu.node import bus, people, still, worker

__all__ = ["bus", "people", "still", "worker"]
