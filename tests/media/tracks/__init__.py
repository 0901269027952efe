"""Tests of the frame processors."""
