"""The examples of the RFCs, to the digit (RFC 7616 3.9.1, RFC 2617 3.5, RFC 3261 22.4)."""

from __future__ import annotations

import hashlib

import pytest

from media.sip.auth import Algorithm, Credentials
from media.sip.auth.digest import response, user_hash

pytestmark = pytest.mark.unit


def http(algorithm: str, digest: str) -> str:
    """The Authorization header of RFC 7616 3.9.1 as it is printed there."""
    return (
        'Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", '
        f'algorithm={algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
        'nc=00000001, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, '
        f'response="{digest}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    )


VECTORS = {
    "MD5": "8ca523f5e9506fed4657c9700eebdbec",
    "SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
}


@pytest.mark.parametrize(("algorithm", "digest"), VECTORS.items())
def test_the_examples_of_the_rfc(algorithm: str, digest: str) -> None:
    """Both responses of the example (RFC 7616 3.9.1)."""
    shown = Credentials.parse(http(algorithm, digest))
    assert shown is not None
    secret = user_hash(shown.algorithm, shown.username, shown.realm, "Circle of Life")
    assert response(secret, shown, "GET") == digest


def test_the_example_of_the_older_rfc() -> None:
    """The algorithm was not written, so it is MD5 (RFC 2617 3.5)."""
    shown = Credentials.parse(
        'Digest username="Mufasa", realm="testrealm@host.com", '
        'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", qop=auth, '
        'nc=00000001, cnonce="0a4f113b", response="6629fae49393a05397450978507c4ef1", '
        'opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    assert shown is not None
    secret = user_hash(shown.algorithm, "Mufasa", "testrealm@host.com", "Circle Of Life")
    assert response(secret, shown, "GET") == "6629fae49393a05397450978507c4ef1"


def test_the_hash_of_a_name_outside_ascii() -> None:
    """Names are hashed as UTF-8; SHA-512-256 is not SHA-512 cut short (RFC 7616 3.9.2)."""
    found = Algorithm.SHA_512_256.hash("Jäsøn Doe:api@example.org")
    assert found == "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _signed(**changes: str) -> Credentials:
    values = {"cnonce": "", "qop": "", "nc": "", "algorithm": "MD5"} | changes
    algorithm = Algorithm(values.pop("algorithm"))
    return Credentials("bob", "biloxi.com", "n", "sip:b", "", algorithm, **values)


def test_without_qop_the_nonce_stands_alone() -> None:
    """KD(H(A1), nonce:H(A2)) (RFC 3261 22.4, RFC 2069 2.1.2)."""
    secret = _md5("bob:biloxi.com:zanzibar")
    assert response(secret, _signed(), "INVITE") == _md5(f"{secret}:n:{_md5('INVITE:sip:b')}")


def test_auth_int_covers_the_body() -> None:
    """A2 ends in the hash of the body (RFC 7616 3.4.3)."""
    signed = _signed(qop="auth-int", cnonce="c", nc="00000002")
    a2 = _md5(f"INVITE:sip:b:{_md5('v=0')}")
    assert response("s", signed, "INVITE", b"v=0") == _md5(f"s:n:00000002:c:auth-int:{a2}")


def test_the_hash_of_an_empty_body() -> None:
    """H("") is d41d8… (RFC 3261 22.4)."""
    assert Algorithm.MD5.hash(b"") == "d41d8cd98f00b204e9800998ecf8427e"


def test_a_session_algorithm_binds_the_secret_to_the_nonce() -> None:
    """A1 = H(user:realm:password):nonce:cnonce (RFC 7616 3.4.2)."""
    signed = _signed(algorithm="MD5-sess", qop="auth", cnonce="c", nc="00000001")
    a1, a2 = _md5("s:n:c"), _md5("INVITE:sip:b")
    assert response("s", signed, "INVITE") == _md5(f"{a1}:n:00000001:c:auth:{a2}")
