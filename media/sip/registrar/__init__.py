"""Where people with SIP telephones are reached: the registrar (RFC 3261 10)."""
