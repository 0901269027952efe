"""How SIP messages come and go: datagrams, streams, TLS, and who may talk to us at all."""
