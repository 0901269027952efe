"""DTLS-SRTP: datagrams in and out, keys at the end (RFC 5763, 5764). Our legs are the server."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from OpenSSL import SSL

from media.sfu.datapath import srtp
from media.sfu.datapath.plans import SrtpMaterial
from offhook.core.clock import SECOND, Micros
from offhook.core.errors import Misconfigured

MTU = 1200
_RECORD_HEADER = 13
#: More than any flight of ours: it is read at once.
_CHUNK = 8192
_LIFETIME = datetime.timedelta(days=3650)
_DAY = datetime.timedelta(days=1)
_HASHES: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    "sha-256": hashes.SHA256,
    "sha-384": hashes.SHA384,
    "sha-512": hashes.SHA512,
}
#: All SRTP protection profiles, best first.
ALL_PROFILES = tuple(profile.name for profile in srtp.PROFILES)


class DtlsError(Exception):
    """The handshake failed, or the peer is not who its description said."""


class Identity:
    """The certificate of a media node, one for all its legs; browsers know it by fingerprint."""

    def __init__(self, now: Micros) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        moment = datetime.datetime.fromtimestamp(now / SECOND, datetime.UTC)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "offhook")])
        self._certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(moment - _DAY)
            .not_valid_after(moment + _LIFETIME)
            .sign(self._key, hashes.SHA256())
        )
        #: Hash name and upper-case hex with colons, as in `a=fingerprint`.
        self.fingerprint = "sha-256", _colons(self._certificate.fingerprint(hashes.SHA256()))

    def context(self, profiles: Sequence[str] = ALL_PROFILES) -> SSL.Context:
        """A context that asks for the peer's certificate and takes `profiles`, best first.

        No session is resumed: every connection proves its certificate, and nothing is kept for
        one that will not come. Raises `Misconfigured` for a profile that we do not speak.
        """
        unknown = [name for name in profiles if name not in ALL_PROFILES]
        if unknown or not profiles:
            raise Misconfigured(f"SRTP profiles must be some of {', '.join(ALL_PROFILES)}")
        context = SSL.Context(SSL.DTLS_METHOD)
        context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
        context.set_options(SSL.OP_NO_TICKET)
        context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        context.use_certificate(self._certificate)
        context.use_privatekey(self._key)
        context.set_tlsext_use_srtp(":".join(profiles).encode())
        return context


def _colons(digest: bytes) -> str:
    return digest.hex(":").upper()


class _Association:
    """One end of one association; `keys` appear when the handshake is done."""

    def __init__(self, context: SSL.Context, fingerprints: Sequence[tuple[str, str]]) -> None:
        self._connection = SSL.Connection(context)
        self._connection.set_ciphertext_mtu(MTU)
        self._fingerprints = fingerprints
        self.keys: SrtpMaterial | None = None
        self.closed = False
        self._deaf = False

    def receive(self, datagram: bytes) -> list[bytes]:
        """Take one datagram; return those to send.

        Raises `DtlsError` when the handshake fails; `closed` is set when the peer says goodbye.
        """
        if self.closed or self._deaf or not datagram:
            return []
        self._connection.bio_write(datagram)
        if self.keys is None:
            self._advance()
        if self.keys is not None:
            self._read_alert()
        return self._outgoing()

    def timeout(self) -> float | None:
        """Seconds until `expire` must be called, or None."""
        return None if self.keys or self.closed else self._connection.DTLSv1_get_timeout()

    def expire(self) -> list[bytes]:
        """Repeat the last flight; raise `DtlsError` when it was repeated too often."""
        try:
            self._connection.DTLSv1_handle_timeout()
        except SSL.Error as error:
            self.closed = True
            raise DtlsError("the handshake took too long") from error
        return self._outgoing()

    def close(self) -> list[bytes]:
        """Say goodbye, once the handshake is done."""
        was_open, self.closed = self.keys is not None and not self.closed, True
        if not was_open:
            return []
        try:
            self._connection.shutdown()
        except SSL.Error:
            return []
        return self._outgoing()

    def _advance(self) -> None:
        try:
            self._connection.do_handshake()
        except SSL.WantReadError:
            return
        except SSL.Error as error:
            self.closed = True
            raise DtlsError(str(error)) from error
        self._check_peer()
        self.keys = self._export()

    def _read_alert(self) -> None:
        """Read all that has come, so that nothing is kept; what is no alert is thrown away."""
        try:
            while True:
                self._connection.recv(_CHUNK)
        except SSL.WantReadError:
            return
        except (SSL.ZeroReturnError, SSL.SysCallError):
            self.closed = True
        except SSL.Error:
            self._deaf = True

    def _check_peer(self) -> None:
        certificate = self._connection.get_peer_certificate(as_cryptography=True)
        for algorithm, expected in self._fingerprints:
            make = _HASHES.get(algorithm)
            if certificate and make and _colons(certificate.fingerprint(make())) == expected:
                return
        self.closed = True
        raise DtlsError("the peer's certificate does not match its description")

    def _export(self) -> SrtpMaterial:
        chosen = self._connection.get_selected_srtp_profile().decode()
        try:
            size = srtp.profile(chosen).exported
        except KeyError:
            self.closed = True
            raise DtlsError("no SRTP profile in common") from None
        material = self._connection.export_keying_material(b"EXTRACTOR-dtls_srtp", size)
        return SrtpMaterial(chosen, material)

    def _outgoing(self) -> list[bytes]:
        """A memory BIO forgets where datagrams end: cut between records."""
        data = b""
        while True:
            try:
                part = self._connection.bio_read(_CHUNK)
            except SSL.WantReadError:
                part = b""
            data += part
            if len(part) < _CHUNK:
                return pack_records(data)


class DtlsServer(_Association):
    """The passive end."""

    def __init__(self, context: SSL.Context, fingerprints: Sequence[tuple[str, str]]) -> None:
        super().__init__(context, fingerprints)
        self._connection.set_accept_state()


class DtlsClient(_Association):
    """The active end; its keys are mirrored, so that `Srtp` suits it as it suits the server."""

    def __init__(self, context: SSL.Context, fingerprints: Sequence[tuple[str, str]]) -> None:
        super().__init__(context, fingerprints)
        self._connection.set_connect_state()

    def begin(self) -> list[bytes]:
        """The first flight of the handshake."""
        self._advance()
        return self._outgoing()

    def _export(self) -> SrtpMaterial:
        return srtp.mirrored(super()._export())


def pack_records(data: bytes) -> list[bytes]:
    """Group whole DTLS records into datagrams of at most MTU bytes."""
    out: list[bytes] = []
    position = 0
    while position + _RECORD_HEADER <= len(data):
        end = position + _RECORD_HEADER + int.from_bytes(data[position + 11 : position + 13])
        record = data[position:end]
        if out and len(out[-1]) + len(record) <= MTU:
            out[-1] += record
        else:
            out.append(record)
        position = end
    return out
