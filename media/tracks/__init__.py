"""One file per frame processor."""
