"""Parsers fed with what nobody would send: by chance, and guided by what of them it reaches."""
