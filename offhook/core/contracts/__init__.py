"""The messages that cross a service border; msgspec structs, tagged and versioned."""
