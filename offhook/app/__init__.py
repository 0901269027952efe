"""The program: configuration, wiring, command line; the only place that knows everyone."""
