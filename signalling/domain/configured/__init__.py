"""What an account sets up for its contact centre: one file for each kind of object."""
