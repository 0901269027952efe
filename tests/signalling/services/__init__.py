"""Tests of signalling/services."""
