"""TLS of the HTTP door: the operator's certificate, or one of our own for the local network."""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from offhook.core.clock import Micros, moment
from offhook.core.errors import Misconfigured

#: Browsers refuse certificates that last longer.
_LASTS = timedelta(days=397)
#: Ours is made anew when less is left of it.
_RENEW_BEFORE = timedelta(days=30)


class ServerTls:
    """The TLS context of a site. A renewed certificate is taken up without a restart."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self._certificate = certificate
        self._key = key
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.set_alpn_protocols(["http/1.1"])
        self._loaded = self._load()

    def refresh(self) -> bool:
        """Load the files again when they have changed; whether they had.

        Raises `Misconfigured` when they cannot be used; then the old certificate goes on.
        """
        if self._changed() == self._loaded:
            return False
        self._loaded = self._load()
        return True

    def _changed(self) -> tuple[int, int]:
        try:
            return self._certificate.stat().st_mtime_ns, self._key.stat().st_mtime_ns
        except OSError as error:
            raise _unusable(error.filename, error.strerror or "it cannot be read") from error

    def _load(self) -> tuple[int, int]:
        changed = self._changed()
        try:
            self.context.load_cert_chain(self._certificate, self._key, password=_no_password)
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            raise _unusable(self._certificate, _reason(error)) from error
        return changed


def lan_addresses() -> list[str]:
    """The IPv4 addresses of this machine that others on its network can reach, the one that
    leads outside first."""
    found: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect(("192.0.2.1", 9))  # RFC 5737; a datagram socket sends nothing by this
            found.append(sock.getsockname()[0])
        except OSError:
            pass
    try:
        named = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
    except OSError:
        named = []
    found += [str(address[4][0]) for address in named]
    return [
        each
        for each in dict.fromkeys(found)
        if not (ip := ipaddress.ip_address(each)).is_loopback and not ip.is_unspecified
    ]


def own_certificate(folder: Path, hosts: Sequence[str], now: Micros) -> tuple[Path, Path]:
    """Certificate and key that we signed ourselves for these hosts, made anew when they change or
    when it runs out."""
    certificate, key = folder / "lan.crt", folder / "lan.key"
    today = moment(now)
    if not _still_good(certificate, hosts, today) or not key.exists():
        _make(certificate, key, hosts, today)
    return certificate, key


def _still_good(certificate: Path, hosts: Sequence[str], today: datetime) -> bool:
    try:
        known = x509.load_pem_x509_certificate(certificate.read_bytes())
        names = known.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    covered = set(map(str, names.get_values_for_type(x509.IPAddress)))
    covered |= set(names.get_values_for_type(x509.DNSName))
    return set(hosts) <= covered and known.not_valid_after_utc - today > _RENEW_BEFORE


def _make(certificate: Path, key: Path, hosts: Sequence[str], today: datetime) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Offhook on this network")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(hours=1))
        .not_valid_after(today + _LASTS)
        .add_extension(x509.SubjectAlternativeName(list(map(_named, hosts))), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(private, hashes.SHA256())
    )
    _write(
        key,
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )
    _write(certificate, made.public_bytes(serialization.Encoding.PEM))


def _named(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, and for our eyes only."""
    new = path.with_suffix(f"{path.suffix}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    new.replace(path)


def _no_password() -> str:
    raise ValueError("the key is locked with a password; give one without")


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, ssl.SSLError):
        reasons = {
            "KEY_VALUES_MISMATCH": "the key does not belong to the certificate",
            None: "it is not PEM",
        }
        return reasons.get(error.reason, error.reason or str(error))
    return str(error)


def _unusable(path: object, reason: str) -> Misconfigured:
    return Misconfigured(
        f"The certificate cannot be used: {path}: {reason}.", code="tls_unusable", field="tls_cert"
    )
