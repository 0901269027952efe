"""Use cases: feed the owner of a machine, carry out its effects."""
