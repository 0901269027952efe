"""What every service may use; it uses none of them."""
