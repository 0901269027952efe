"""One script per promise, peers beside us in the same run."""
