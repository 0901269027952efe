"""The store's schema, step by step and forward only: `versions/0001_core.py`, `0002_….py` …"""
