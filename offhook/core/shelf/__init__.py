"""Where files are kept: a port, its twin in memory, and a folder on disk."""
