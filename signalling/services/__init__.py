"""Use cases: they feed the owners of rooms and carry out what rooms ask for."""
