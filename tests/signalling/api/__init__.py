"""Tests of signalling/api."""
