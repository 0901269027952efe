"""Tests of light participants and of the load tests made of them."""
