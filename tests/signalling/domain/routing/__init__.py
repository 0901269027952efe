"""Tests of signalling/domain/routing."""
