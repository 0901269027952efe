"""The doors: HTTP routes, socket.io namespaces, authentication, problems, OpenAPI."""
