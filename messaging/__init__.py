"""The messaging sidecar: runs embedded or alone; imports neither aiortc nor socket.io."""
