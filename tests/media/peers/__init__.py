"""Tests of the participants on the server's side."""
