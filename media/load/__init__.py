"""Light participants without codecs, many in one process, and the load tests made of them."""
