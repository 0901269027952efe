"""The handlers of HTTP routes, one file for each resource."""
