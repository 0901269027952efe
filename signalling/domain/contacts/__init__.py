"""Contacts: the people an account knows, how they are found, and how many are taken in at once."""
