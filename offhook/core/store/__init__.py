"""Unit of work, event log, outbox, migrations: the only doors to SQL beside stores.py."""
