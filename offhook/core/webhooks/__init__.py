"""Webhooks: what happened is told to the account's programs, signed, in order, at least once."""
