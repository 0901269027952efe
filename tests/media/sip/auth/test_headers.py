"""Challenges and credentials as text: commas and quotes, several in one header (RFC 3261 25.1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.sip.auth import Algorithm, BadDigest, Challenge, Credentials
from media.sip.auth.parameters import MAX_LENGTH, parse, quoted

pytestmark = pytest.mark.unit

TEXT = st.text(st.characters(min_codepoint=32, exclude_characters="\x7f", codec="utf-8"))
HEX = st.text("0123456789abcdef", min_size=32, max_size=32)


def test_a_comma_in_quotes_separates_nothing() -> None:
    """qop="auth,auth-int" is one parameter (RFC 7616 3.3)."""
    (challenge,) = Challenge.parse('Digest realm="a, b", nonce="n=1", qop="auth,auth-int"')
    assert (challenge.realm, challenge.nonce) == ("a, b", "n=1")
    assert challenge.qops == ("auth", "auth-int")


def test_several_challenges_in_one_header() -> None:
    """Of other schemes nothing is understood, and nothing lost (RFC 7235 4.1)."""
    found = Challenge.parse(
        'Negotiate YWJj==, Digest realm="a", nonce="1", algorithm=SHA-256, Basic realm="x", '
        'NTLM, Digest nonce="2",realm="b"'
    )
    assert [(c.realm, c.nonce) for c in found] == [("a", "1"), ("b", "2")]
    assert [c.algorithm for c in found] == [Algorithm.SHA_256, Algorithm.MD5]


def test_the_challenge_of_the_torture_messages() -> None:
    """Blanks round every sign, folded lines, odd case (RFC 3261 20.44)."""
    (challenge,) = Challenge.parse(
        'dIGEST REALM = "atlanta.com" ,\r\n domain="sip:boxesbybob.com", qop = auth ,'
        ' nonce="f84f1cec41e6cbe5aea9c8e88d359", opaque="", STALE=False, Algorithm = md5'
    )
    assert challenge == Challenge(
        "atlanta.com",
        "f84f1cec41e6cbe5aea9c8e88d359",
        Algorithm.MD5,
        ("auth",),
        opaque="",
        domain="sip:boxesbybob.com",
    )


def test_an_escaped_quote_is_part_of_the_value() -> None:
    """quoted-pair (RFC 3261 25.1)."""
    assert parse(r'Digest realm="a\"b\\c", n=1') == [("Digest", {"realm": 'a"b\\c', "n": "1"})]


def test_a_value_that_should_have_quotes() -> None:
    """Seen in the field: names of realms without quotes."""
    (challenge,) = Challenge.parse("Digest realm=asterisk.example, nonce=1785:ab/+, qop=auth")
    assert (challenge.realm, challenge.nonce) == ("asterisk.example", "1785:ab/+")


def test_an_unknown_algorithm_or_qop_cannot_be_answered() -> None:
    """A challenge with an algorithm not understood is ignored (RFC 7616 3.3)."""
    assert Challenge.parse('Digest realm="a", nonce="1", algorithm=SHA3-256') == []
    assert Challenge.parse('Digest realm="a", nonce="1", qop="auth-conf"') == []


def test_one_bad_header_hides_no_other() -> None:
    found = Challenge.parse_all(['Digest realm="a', 'Digest realm="b", nonce="2"', 'Digest x="1"'])
    assert [c.realm for c in found] == ["b"]


@pytest.mark.parametrize(
    "text",
    [
        'Digest realm="a", realm="b", nonce="c"',
        'Digest realm="a" nonce="c"',
        'realm="a", nonce="c"',
        'Digest realm="a, nonce=b',
        'Digest realm="a\x00b", nonce="c"',
        'Digest x="1", realm=, nonce=c',
        "Digest " + ", ".join(f"a{n}=1" for n in range(40)),
        'Digest realm="' + "a" * MAX_LENGTH + '"',
        ", ".join(["Digest"] * 40),
    ],
)
def test_what_cannot_be_read(text: str) -> None:
    """Each is refused in a sentence; a request gets 400 (RFC 3261 21.4.1)."""
    with pytest.raises(BadDigest) as refused:
        parse(text)
    assert refused.value.sip_status == 400


WHOLE = {
    "username": '"a"',
    "realm": '"r"',
    "nonce": '"n"',
    "uri": '"sip:b"',
    "response": '"' + "0" * 32 + '"',
    "qop": "auth",
    "nc": "00000001",
    "cnonce": '"c"',
}


def _credentials(**changes: str | None) -> str:
    values = WHOLE | changes
    return "Digest " + ", ".join(f"{k}={v}" for k, v in values.items() if v is not None)


def test_whole_credentials_are_read() -> None:
    found = Credentials.parse(_credentials(qop='"auth"'))
    assert found is not None
    assert (found.username, found.qop, found.count) == ("a", "auth", 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"username": None},
        {"response": None},
        {"uri": None},
        {"response": '"xyz"'},
        {"nc": "1"},
        {"nc": None},
        {"cnonce": None},
        {"qop": "auth-conf"},
        {"qop": None, "cnonce": None, "algorithm": "MD5-sess"},
    ],
)
def test_credentials_that_are_not_whole(changes: dict[str, str | None]) -> None:
    """What a qop needs is there, or it is a bad request (RFC 7616 3.4)."""
    with pytest.raises(BadDigest):
        Credentials.parse(_credentials(**changes))


def test_credentials_of_another_scheme_or_algorithm() -> None:
    assert Credentials.parse("Basic YTpi") is None
    assert Credentials.parse(_credentials(algorithm="SHA3-256")) is None


def test_how_parameters_are_quoted() -> None:
    """qop, nc and algorithm stand without quotes in credentials (RFC 7616 3.4)."""
    text = str(Credentials.parse(_credentials(algorithm="SHA-256")))
    assert "qop=auth," in text
    assert text.endswith("nc=00000001")
    assert "algorithm=SHA-256," in text


def test_no_header_is_injected_by_a_value() -> None:
    with pytest.raises(BadDigest):
        quoted("a\r\nX: y")


@given(TEXT, TEXT.filter(bool), st.sampled_from(Algorithm), st.booleans(), st.none() | TEXT)
def test_a_challenge_is_read_as_it_was_written(
    realm: str, nonce: str, algorithm: Algorithm, stale: bool, opaque: str | None
) -> None:
    challenge = Challenge(realm, nonce, algorithm, ("auth", "auth-int"), opaque, stale)
    assert Challenge.parse(str(challenge)) == [challenge]


@given(st.lists(TEXT, min_size=4, max_size=4), HEX, st.sampled_from(Algorithm), st.none() | TEXT)
def test_credentials_are_read_as_they_were_written(
    texts: list[str], response: str, algorithm: Algorithm, opaque: str | None
) -> None:
    username, realm, nonce, uri = texts
    values = (username, realm, nonce, uri, response, algorithm, "auth", "c", "0000000a")
    credentials = Credentials(*values, opaque=opaque)
    assert Credentials.parse(str(credentials)) == credentials
