"""Contacts: values, searching, tables."""
