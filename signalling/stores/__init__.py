"""What signalling keeps: rooms, who is in them, what they said, and who may ask."""
