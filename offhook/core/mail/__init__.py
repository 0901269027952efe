"""E-mail: addresses, letters, and the server that takes them."""
