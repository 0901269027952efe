"""Decisions about rooms, participants and tokens: pure, no I/O, no clock."""
