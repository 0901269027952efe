"""Who is let in: right and wrong passwords, old nonces, replays, unknown users (RFC 3261 22)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.sip.auth import (
    Accepted,
    Algorithm,
    BadDigest,
    Challenge,
    Credentials,
    DigestServer,
    Hashes,
    Nonces,
    NonceState,
    Reason,
    Refused,
    Replays,
    Request,
)
from media.sip.auth.digest import response, user_hash
from media.sip.auth.server import same_uri
from offhook.core.clock import Micros
from tests.media.sip.auth.people import (
    INVITE,
    NONCES,
    REALM,
    REGISTER,
    START,
    client,
    later,
    server,
    shown,
)

pytestmark = pytest.mark.unit


def signed(text: str, request: Request, **changes: object) -> str:
    """Credentials with something changed, and signed again with the right password."""
    found = Credentials.parse(text)
    assert found is not None
    changed = replace(found, **changes)  # type: ignore[arg-type]
    secret = user_hash(changed.algorithm, changed.username, changed.realm, "open sesame")
    return str(replace(changed, response=response(secret, changed, request.method, request.body)))


@pytest.mark.parametrize("algorithm", Algorithm)
@pytest.mark.parametrize("qops", [(), ("auth",), ("auth-int",), ("auth", "auth-int")])
@pytest.mark.parametrize("proxy", [False, True])
def test_who_knows_the_password_is_let_in(
    algorithm: Algorithm, qops: tuple[str, ...], proxy: bool
) -> None:
    """Every algorithm and qop, by 401 and by 407 (RFC 3261 22.2, 22.3)."""
    guard = server(algorithms=[algorithm], qops=qops, proxy=proxy)
    texts = shown(guard, client(), INVITE, START)
    assert guard.check(texts, INVITE, later(1)) == Accepted("alice")


def test_a_challenge_for_each_algorithm_the_strongest_first() -> None:
    """One header each, ordered by preference (RFC 8760 2.3)."""
    guard = server(algorithms=[Algorithm.MD5, Algorithm.SHA_512_256, Algorithm.SHA_256])
    headers = guard.challenges(START)
    found = [Challenge.parse(value)[0].algorithm for _, value in headers]
    assert found == [Algorithm.SHA_512_256, Algorithm.SHA_256, Algorithm.MD5]
    assert {name for name, _ in headers} == {"WWW-Authenticate"}


def test_without_credentials_it_is_challenged() -> None:
    """Those for another realm are no credentials here (RFC 3261 22.1)."""
    guard, other = server(), server(realm="elsewhere.example")
    assert guard.check([], REGISTER, START) == Refused(Reason.MISSING)
    texts = shown(other, client(), REGISTER, START)
    assert guard.check(texts, REGISTER, START) == Refused(Reason.MISSING)
    assert guard.check([*texts, *shown(guard, client(), REGISTER, START)], REGISTER, START)


def test_a_wrong_password_and_an_unknown_user_look_the_same() -> None:
    """Neither is told that the nonce was stale, both count as failures (RFC 7616 5.4)."""
    guard = server()
    wrong = guard.check(shown(guard, client("wrong"), REGISTER, START), REGISTER, START)
    texts = shown(guard, client(username="mallory"), REGISTER, START)
    unknown = guard.check(texts, REGISTER, START)
    assert isinstance(unknown, Refused)
    assert unknown.failed
    assert wrong == replace(unknown, username="alice") == Refused(Reason.WRONG, username="alice")


def test_the_stand_in_for_an_unknown_user_opens_nothing() -> None:
    """Whoever works out the hash that is compared for nobody is nobody still."""
    guard = server()
    (text, *_) = shown(guard, client(username="mallory"), REGISTER, START)
    found = Credentials.parse(text)
    assert found is not None
    guess = user_hash(found.algorithm, "mallory", REALM, found.nonce)
    forged = replace(found, response=response(guess, found, "REGISTER"))
    assert guard.check([str(forged)], REGISTER, START) == Refused(Reason.WRONG, username="mallory")


def test_an_expired_nonce_is_stale_for_who_knows_the_password_only() -> None:
    """stale=true (RFC 7616 3.3)."""
    guard = server()
    right = shown(guard, client(), REGISTER, START)
    wrong = shown(guard, client("wrong"), REGISTER, START)
    old = Refused(Reason.OLD_NONCE, stale=True, username="alice")
    assert guard.check(right, REGISTER, later(300)) == old
    assert guard.check(wrong, REGISTER, later(300)) == Refused(Reason.WRONG, username="alice")
    assert "stale=true" in guard.challenges(later(300), stale=True)[0][1]


def test_a_nonce_that_we_did_not_give_is_stale() -> None:
    guard = server()
    (text,) = shown(guard, client(), REGISTER, START)
    for nonce in ("made up", Nonces(b"the secret of another").issue(START, b"")):
        forged = signed(text, REGISTER, nonce=nonce)
        found = guard.check([forged], REGISTER, START)
        assert found == Refused(Reason.OLD_NONCE, stale=True, username="alice")


def test_an_opaque_that_we_did_not_give() -> None:
    guard = server()
    (text,) = shown(guard, client(), REGISTER, START)
    found = guard.check([signed(text, REGISTER, opaque="x")], REGISTER, START)
    assert found == Refused(Reason.OLD_NONCE, stale=True, username="alice")
    assert guard.check([signed(text, REGISTER, opaque=None)], REGISTER, START) == Accepted("alice")


def test_the_same_count_twice_is_a_replay() -> None:
    """nc (RFC 7616 3.4)."""
    guard = server()
    texts = shown(guard, client(), REGISTER, START)
    assert guard.check(texts, REGISTER, START) == Accepted("alice")
    replay = Refused(Reason.REPLAYED, stale=True, username="alice")
    assert guard.check(texts, REGISTER, START) == replay


def test_counts_may_overtake_each_other() -> None:
    guard, who = server(), client()
    first = shown(guard, who, REGISTER, START)
    second, third = ([value for _, value in who.headers(REGISTER)] for _ in range(2))
    for texts in (first, third, second):
        assert guard.check(texts, REGISTER, START) == Accepted("alice")


def test_a_count_in_upper_case_is_hashed_as_it_was_written() -> None:
    """LHEX is lower case, and some phones do not know (RFC 3261 25.1)."""
    guard = server()
    (text,) = shown(guard, client(), REGISTER, START)
    for nc in ("0000000A", "0000000b"):
        assert guard.check([signed(text, REGISTER, nc=nc)], REGISTER, START) == Accepted("alice")
    again = guard.check([signed(text, REGISTER, nc="0000000a")], REGISTER, START)
    assert isinstance(again, Refused)


def test_without_qop_a_nonce_is_good_once() -> None:
    """There is no count that could tell a replay (RFC 3261 22.4)."""
    guard = server(qops=())
    texts = shown(guard, client(), REGISTER, START)
    assert guard.check(texts, REGISTER, START) == Accepted("alice")
    assert isinstance(guard.check(texts, REGISTER, START), Refused)


def test_a_changed_method_body_or_destination() -> None:
    """What the digest covers cannot be changed on the way (RFC 3261 22.4)."""
    guard = server(qops=["auth-int"])
    texts = shown(guard, client(), INVITE, START)
    for changed in (replace(INVITE, method="BYE"), replace(INVITE, body=b"v=1")):
        assert guard.check(texts, changed, START) == Refused(Reason.WRONG, username="alice")
    elsewhere = replace(INVITE, uri="sip:+881999@pbx.example.com")
    assert guard.check(texts, elsewhere, START) == Refused(Reason.OTHER_URI, username="alice")


@pytest.mark.parametrize(
    ("shown", "asked", "same"),
    [
        ("sip:a@b", "sip:a@B:5060;transport=tcp", True),
        ("sip:a@b", "SIP:a@b?x=y", True),
        ("sip:a@b", "sips:a@b", False),
        ("sip:a@b", "sip:A@b", False),
        ("sip:a@b", "sip:a@b:5061", False),
        ("sips:b", "sips:b:5061", True),
        ("sip:[2001:db8::1]", "sip:[2001:DB8::1]:5060", True),
        ("tel:+1", "tel:+1", True),
        ("tel:+1", "tel:+2", False),
        ("sip:a@b@c", "sip:a@b", False),
    ],
)
def test_which_uris_mean_the_same(shown: str, asked: str, same: bool) -> None:
    """Parameters, which proxies add, aside (RFC 7616 3.4.6)."""
    assert same_uri(shown, asked) is same


def test_an_algorithm_or_qop_that_was_not_asked_for() -> None:
    """No client chooses something weaker than we offer (RFC 7616 5.7)."""
    weak = server(algorithms=[Algorithm.MD5], qops=())
    texts = shown(weak, client(), REGISTER, START)
    unsupported = Refused(Reason.UNSUPPORTED, username="alice")
    for guard in (server(algorithms=[Algorithm.SHA_256]), server(without_qop=False)):
        assert guard.check(texts, REGISTER, START) == unsupported


def test_credentials_that_cannot_be_read() -> None:
    with pytest.raises(BadDigest):
        server().check(['Digest username="a'], REGISTER, START)


def test_kept_hashes_serve_in_place_of_a_password() -> None:
    """And nothing shows them."""
    kept = Hashes(REALM, {Algorithm.MD5: user_hash(Algorithm.MD5, "alice", REALM, "open sesame")})
    guard = DigestServer(REALM, {"alice": kept}.get, NONCES, lambda: b"", algorithms=[*Algorithm])
    texts = shown(server(algorithms=[Algorithm.MD5_SESS]), client(), REGISTER, START)
    assert guard.check(texts, REGISTER, START) == Accepted("alice")
    strong = shown(guard, client(), REGISTER, START)
    assert guard.check(strong, REGISTER, START) == Refused(Reason.WRONG, username="alice")
    assert "sesame" not in repr((client(), server(), kept))
    assert kept.by_algorithm[Algorithm.MD5] not in repr(kept)


def test_a_nonce_lives_for_its_lifetime() -> None:
    nonce = NONCES.issue(START, b"salted")
    assert NONCES.state(nonce, START) is NonceState.FRESH
    assert NONCES.state(nonce, later(299.9)) is NonceState.FRESH
    assert NONCES.state(nonce, later(300)) is NonceState.EXPIRED
    assert NONCES.state(nonce, later(-1)) is NonceState.FOREIGN


@given(st.text(max_size=60), st.integers(0, 39), st.characters(codec="ascii"))
def test_no_text_but_ours_is_a_nonce(text: str, at: int, letter: str) -> None:
    nonce = NONCES.issue(START, b"salted")
    changed = nonce[:at] + letter + nonce[at + 1 :]
    for guess in (text, changed):
        assert guess == nonce or NONCES.state(guess, START) is NonceState.FOREIGN


def test_nonces_of_one_moment_differ_by_their_salt() -> None:
    assert NONCES.issue(START, b"111111") != NONCES.issue(START, b"222222")


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Nonces(b"short")


def test_what_is_remembered_is_bounded_and_no_replay_passes_for_it() -> None:
    replays = Replays(most=2)
    times = [Micros(START + n) for n in range(3)]
    assert all(replays.take(f"n{n}", at, 1) for n, at in enumerate(times))
    assert len(replays) == 2
    assert not replays.take("n0", times[0], 1)
    assert not replays.take("n0", times[0], 2)
    assert replays.take("n1", times[1], 2)


def test_what_has_expired_is_forgotten() -> None:
    replays = Replays()
    guard = server(replays=replays)
    for second in range(0, 900, 100):
        texts = shown(guard, client(), REGISTER, later(second))
        assert guard.check(texts, REGISTER, later(second)) == Accepted("alice")
    assert len(replays) <= 4


@given(st.lists(st.integers(1, 200), max_size=100))
def test_no_count_is_good_twice(counts: list[int]) -> None:
    """Whatever their order (RFC 7616 5.5)."""
    replays = Replays()
    taken = [count for count in counts if replays.take("n", START, count)]
    assert len(taken) == len(set(taken))
    assert not counts or taken[0] == counts[0]
    assert not counts or max(counts) in taken
