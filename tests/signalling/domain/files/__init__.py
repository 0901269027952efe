"""Tests of signalling/domain/files."""
