"""Real browsers and other real peers."""
