"""`serve --lan`: the settings that open a server to the local network."""

from __future__ import annotations

import msgspec

from offhook.app.config import Config
from offhook.app.folder import DataFolder
from offhook.app.tls import lan_addresses, own_certificate
from offhook.core.clock import Clock
from offhook.core.errors import Misconfigured


def on_the_lan(config: Config, clock: Clock) -> Config:
    """The same settings with addresses that others reach, and a certificate for them.

    Addresses that the operator named stay. Raises `Misconfigured` when this machine has none but
    loopback.
    """
    named = config.host not in {"127.0.0.1", "localhost"}
    addresses = [config.host] if named else lan_addresses()
    if not addresses:
        raise Misconfigured(
            "This machine has no address on a network (`hostname -I` shows none). Connect it, or "
            "leave `--lan` out.",
            code="no_lan",
            field="lan",
        )
    folder = DataFolder(config.data_dir)
    folder.make()
    certificate, key = own_certificate(folder.path, [*addresses, "localhost"], clock.now())
    return msgspec.structs.replace(
        config,
        host=config.host if named else "0.0.0.0",  # noqa: S104  that is what --lan asks for
        media_host=config.media_host or ",".join(addresses),
        public_url=config.public_url or f"https://{addresses[0]}:{config.port}",
        tls_cert=str(certificate),
        tls_key=str(key),
    )
