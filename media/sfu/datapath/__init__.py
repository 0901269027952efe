"""All per-packet work behind one small interface: control calls in, packets and counters out."""
