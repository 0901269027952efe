"""What webhooks keep: endpoints, deliveries and their attempts."""
