"""How this checkout is prepared, checked and locked."""
