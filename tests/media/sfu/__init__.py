"""Tests of the SFU: its pure parts, its datapath, and whole nodes with real peers."""
