"""Telephony signalling by SIP (RFC 3261): messages, transactions, dialogs, descriptions, digest."""
