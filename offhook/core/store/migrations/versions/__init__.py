"""One file for each revision, numbered without a gap; what was released never changes."""
