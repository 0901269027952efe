"""Tests of signalling: its machines, its stores, its doors."""
