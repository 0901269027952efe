"""Who talks to whom: rooms, participants, and the doors people and programs come in by."""
