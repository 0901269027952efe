"""The same suite for every form of a port."""
