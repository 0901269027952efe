"""What signalling keeps: rooms, participants, chat, API keys; one statement per method."""
