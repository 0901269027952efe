"""Sessions: one contact of a visitor with an account, from the click to the rating. Pure."""
