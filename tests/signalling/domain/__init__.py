"""Tests of signalling/domain."""
