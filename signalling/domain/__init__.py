"""Pure decisions of signalling: machines, access, grants."""
