"""Browser legs: descriptions, ICE-lite, DTLS, rooms of media."""
