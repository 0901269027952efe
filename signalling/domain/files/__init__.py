"""Files that people send in a room's chat: which there may be, what they are, and their names."""
