"""How services talk: requests with a reply, and published facts and notices."""
