"""Certificates: our own for the local network, and the operator's, renewed under way."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

import pytest
from cryptography import x509

from offhook.app.config import load
from offhook.app.lan import on_the_lan
from offhook.app.tls import ServerTls, own_certificate
from offhook.core.clock import ManualClock
from offhook.core.errors import Misconfigured

pytestmark = pytest.mark.unit

DAY = 24 * 3600
HOSTS = ["192.168.1.5", "localhost"]


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands still."""
    return ManualClock()


def serial(path: Path) -> int:
    """Which certificate it is."""
    return x509.load_pem_x509_certificate(path.read_bytes()).serial_number


def test_our_certificate_names_the_hosts_and_is_kept(tmp_path: Path, clock: ManualClock) -> None:
    certificate, key = own_certificate(tmp_path, HOSTS, clock.now())
    names = x509.load_pem_x509_certificate(certificate.read_bytes()).extensions
    covered = names.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(each) for each in covered.get_values_for_type(x509.IPAddress)] == ["192.168.1.5"]
    assert covered.get_values_for_type(x509.DNSName) == ["localhost"]
    assert key.stat().st_mode & 0o077 == 0
    first = serial(certificate)
    own_certificate(tmp_path, HOSTS, clock.now())
    assert serial(certificate) == first


def test_our_certificate_is_made_anew_for_another_address_and_before_it_ends(
    tmp_path: Path, clock: ManualClock
) -> None:
    certificate, _ = own_certificate(tmp_path, HOSTS, clock.now())
    first = serial(certificate)
    own_certificate(tmp_path, ["10.0.0.7", "localhost"], clock.now())
    second = serial(certificate)
    clock.advance(370 * DAY)
    own_certificate(tmp_path, ["10.0.0.7", "localhost"], clock.now())
    assert len({first, second, serial(certificate)}) == 3


def test_a_renewed_certificate_is_taken_up(tmp_path: Path, clock: ManualClock) -> None:
    certificate, key = own_certificate(tmp_path, HOSTS, clock.now())
    tls = ServerTls(certificate, key)
    assert not tls.refresh()
    own_certificate(tmp_path, ["10.0.0.7"], clock.now())
    assert tls.refresh()
    assert tls.context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_a_renewal_that_cannot_be_used_leaves_the_old_certificate(
    tmp_path: Path, clock: ManualClock
) -> None:
    certificate, key = own_certificate(tmp_path, HOSTS, clock.now())
    tls = ServerTls(certificate, key)
    certificate.write_text("not a certificate")
    with pytest.raises(Misconfigured, match="it is not PEM"):
        tls.refresh()


def test_a_key_that_does_not_belong_is_refused_in_words(tmp_path: Path, clock: ManualClock) -> None:
    (tmp_path / "other").mkdir()
    certificate, _ = own_certificate(tmp_path, HOSTS, clock.now())
    _, other = own_certificate(tmp_path / "other", HOSTS, clock.now())
    with pytest.raises(Misconfigured, match="does not belong"):
        ServerTls(certificate, other)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"none\.crt"):
        ServerTls(tmp_path / "none.crt", tmp_path / "none.key")


def test_a_certificate_without_its_key_is_refused() -> None:
    with pytest.raises(Misconfigured, match="go together"):
        load({"tls_cert": "server.crt"}, environment={})


def test_the_local_network_gets_an_address_to_open(tmp_path: Path, clock: ManualClock) -> None:
    given = load(
        {"lan": True, "host": "10.1.2.3", "data_dir": str(tmp_path)}, environment={}, file=None
    )
    config = on_the_lan(given, clock)
    assert config.url == "https://10.1.2.3:8080"
    assert (config.host, config.media_hosts) == ("10.1.2.3", ("10.1.2.3",))
    assert os.path.exists(config.tls_cert)
