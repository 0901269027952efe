"""Tests of the objects that accounts set up."""
