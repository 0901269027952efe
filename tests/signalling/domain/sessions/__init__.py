"""Tests of signalling/domain/sessions and of the desk that moves them."""
