"""The client: several realms, counts, stale nonces, when to give up (RFC 3261 22.1, RFC 8760)."""

from __future__ import annotations

import pytest

from media.sip.auth import (
    Accepted,
    Algorithm,
    Attempt,
    Challenge,
    Credentials,
    DigestClient,
    Login,
)
from media.sip.auth.client import MAX_ROUNDS
from tests.media.sip.auth.people import (
    INVITE,
    REGISTER,
    START,
    client,
    later,
    server,
    texts,
)

pytestmark = pytest.mark.unit


def asks(nonce: str = "n", realm: str = "a", **more: object) -> str:
    """A challenge as text."""
    return str(Challenge(realm, nonce, qops=("auth",), **more))  # type: ignore[arg-type]


def answers(attempt: Attempt) -> list[Credentials]:
    """What is shown now."""
    found = (Credentials.parse(value) for _, value in attempt.headers(REGISTER))
    return [credentials for credentials in found if credentials is not None]


def test_nothing_is_shown_before_it_is_asked_for() -> None:
    assert client().attempt().headers(REGISTER) == []


def test_the_strongest_algorithm_is_chosen_wherever_it_stands() -> None:
    """Or a man in the middle could choose for us (RFC 8760 2.4, RFC 7616 5.7)."""
    attempt = client().attempt()
    strong = asks(algorithm=Algorithm.SHA_256)
    assert attempt.challenged([asks(algorithm=Algorithm.MD5), strong, 'Basic realm="a"'])
    assert [c.algorithm for c in answers(attempt)] == [Algorithm.SHA_256]


def test_a_password_is_not_shown_to_a_weak_algorithm() -> None:
    who = DigestClient([Login("alice", "x")], lambda: "c", weakest=Algorithm.SHA_256)
    assert not who.attempt().challenged([asks(algorithm=Algorithm.MD5_SESS)])
    assert who.attempt().challenged([asks(algorithm=Algorithm.SHA_256)])


def test_several_proxies_and_the_server_are_each_answered() -> None:
    """Each realm has a header of its own (RFC 3261 22.3)."""
    attempt = client().attempt()
    proxies = [asks("1", "one"), asks("2", "two")]
    assert attempt.challenged([asks("3", "server")], proxies)
    headers = attempt.headers(INVITE)
    assert len(texts(headers, "Proxy-Authorization")) == 2
    assert len(texts(headers, "Authorization")) == 1


def test_a_proxy_behind_the_proxy() -> None:
    """One challenge after another; the answers to the first stay (RFC 3261 22.3)."""
    attempt = client().attempt()
    assert attempt.challenged(proxy=[asks("1", "one")])
    assert attempt.challenged(proxy=[asks("2", "two")])
    assert attempt.challenged([asks("3", "two")])
    assert [c.realm for c in answers(attempt)] == ["one", "two", "two"]


def test_both_doors_of_one_realm_let_in() -> None:
    """A 407 of a proxy and the 401 behind it, by our own servers (RFC 3261 22)."""
    proxy, registrar = server(proxy=True, realm="proxy.example"), server()
    attempt = client().attempt()
    assert attempt.challenged(proxy=[value for _, value in proxy.challenges(START)])
    assert attempt.challenged([value for _, value in registrar.challenges(START)])
    headers = attempt.headers(REGISTER)
    for guard in (proxy, registrar):
        shown = texts(headers, guard.credentials_header)
        assert guard.check(shown, REGISTER, START) == Accepted("alice")


def test_credentials_that_were_rejected_are_not_tried_again() -> None:
    """And not shown any more (RFC 3261 22.1)."""
    attempt = client("wrong").attempt()
    assert attempt.challenged([asks("1")])
    assert not attempt.challenged([asks("2")])
    assert attempt.headers(REGISTER) == []


def test_a_stale_nonce_is_replaced() -> None:
    """stale=true: the password was right (RFC 7616 3.3)."""
    attempt = client().attempt()
    assert attempt.challenged([asks("1")])
    assert attempt.challenged([asks("2", stale=True)])
    assert [(c.nonce, c.nc) for c in answers(attempt)] == [("2", "00000001")]


def test_a_server_that_finds_everything_stale_is_given_up() -> None:
    attempt = client().attempt()
    rounds = [attempt.challenged([asks(str(n), stale=True)]) for n in range(MAX_ROUNDS + 1)]
    assert rounds == [True] * MAX_ROUNDS + [False]


def test_later_requests_are_good_at_once_and_count_up() -> None:
    """nc counts the uses of a nonce (RFC 7616 3.4)."""
    who, guard = client(), server()
    attempt = who.attempt()
    assert attempt.challenged([value for _, value in guard.challenges(START)])
    for count in range(1, 20):
        found = answers(attempt)
        assert [c.count for c in found] == [count]
        assert guard.check([str(found[0])], REGISTER, later(count)) == Accepted("alice")
        attempt = who.attempt()


def test_a_remembered_nonce_that_is_refused_without_stale_is_tried_once_more() -> None:
    """Many servers forget to say that a nonce is stale."""
    who = client()
    assert who.attempt().challenged([asks("1")])
    later_attempt = who.attempt()
    assert [c.nonce for c in answers(later_attempt)] == ["1"]
    assert later_attempt.challenged([asks("2")])
    assert not later_attempt.challenged([asks("3")])


def test_a_server_that_asks_again_with_the_same_nonce_sees_the_count_go_on() -> None:
    who = client()
    attempt = who.attempt()
    assert attempt.challenged([asks("1")])
    assert answers(attempt)[0].nc == "00000001"
    assert who.attempt().challenged([asks("1")])
    assert answers(attempt)[0].nc == "00000002"


def test_bodies_are_protected_where_that_is_wanted_or_the_only_way() -> None:
    """auth-int (RFC 7616 3.4.3)."""
    both = str(Challenge("a", "n", qops=("auth", "auth-int")))
    only = str(Challenge("a", "n", qops=("auth-int",)))
    for who, text, qop in (
        (client(), both, "auth"),
        (client(integrity=True), both, "auth-int"),
        (client(), only, "auth-int"),
    ):
        attempt = who.attempt()
        assert attempt.challenged([text])
        assert answers(attempt)[0].qop == qop


def test_a_login_for_the_realm_goes_before_one_for_any() -> None:
    who = DigestClient([Login("any", "x"), Login("one", "y", realm="one")], lambda: "c")
    attempt = who.attempt()
    assert attempt.challenged([asks("1", "one"), asks("2", "two")])
    assert {c.realm: c.username for c in answers(attempt)} == {"one": "one", "two": "any"}


def test_a_realm_that_nobody_has_a_login_for() -> None:
    who = DigestClient([Login("one", "y", realm="one")], lambda: "c")
    assert not who.attempt().challenged([asks("1", "two")])
    assert not who.attempt().challenged(["Digest realm="])


def test_a_server_with_endless_realms_is_remembered_in_part() -> None:
    who = client()
    for number in range(40):
        assert who.attempt().challenged([asks("1", f"realm{number}")])
    assert len(who.headers(REGISTER)) == 16


def test_no_password_is_shown() -> None:
    who = client("hunter2")
    assert "hunter2" not in repr((Login("a", "hunter2"), who, who.attempt(), vars(who)))
