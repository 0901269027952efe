"""Which transaction a message belongs to, what belongs to none, and when it is too much."""

from __future__ import annotations

import pytest

from media.sip.message import BadMessage, Request, parse
from media.sip.transaction import Effect, Ignored, Key, Limits, Requested, Send
from offhook.core.errors import InvalidInput, Unavailable
from tests.media.sip.transaction.endpoint import (
    TCP,
    UDP,
    Endpoint,
    messages,
    request,
    sent,
    told,
)

pytestmark = pytest.mark.unit

OLD_VIA = "SIP/2.0/UDP 192.0.2.7;branch=1"


def old(method: str, **more: str) -> Request:
    """A request as RFC 2543 had it: its branch says nothing."""
    return request(method, via=more.pop("via", OLD_VIA), **more)


@pytest.mark.parametrize(
    "other",
    [
        {"branch": "z9hG4bK2"},
        {"via": "SIP/2.0/UDP 192.0.2.8;branch=z9hG4bK1"},
        {"via": "SIP/2.0/UDP 192.0.2.7:5062;branch=z9hG4bK1"},
    ],
    ids=["branch", "host", "port"],
)
def test_a_request_is_another_when_its_branch_or_its_sender_is(other: dict[str, str]) -> None:
    """RFC 3261 17.2.3."""
    ben = Endpoint()
    ben.served(request("OPTIONS"))
    ben.served(request("OPTIONS", call_id="call-2", **other))
    assert len(ben.layer) == 2


def test_a_branch_is_compared_without_case_and_the_default_port_is_understood() -> None:
    """RFC 3261 17.2.3, 7.3.1."""
    ben = Endpoint()
    ben.served(request("OPTIONS", branch="z9hG4bKabc"))
    same = request("OPTIONS", via="SIP/2.0/UDP 192.0.2.7:5060;branch=Z9HG4BKABC")
    assert told(ben.gets(same)) == []
    assert len(ben.layer) == 1


def test_two_methods_with_one_branch_are_two_transactions() -> None:
    """RFC 3261 17.2.3."""
    ben = Endpoint()
    ben.served(request("OPTIONS"))
    ben.served(request("MESSAGE"))
    assert len(ben.layer) == 2


def test_a_response_finds_its_request_by_branch_and_method() -> None:
    """RFC 3261 17.1.3."""
    ada, bye, info = Endpoint(), request("BYE"), request("INFO")
    ada.asks(bye)
    ada.asks(info)
    assert told(ada.gets(info.respond(200))) == ["200"]
    assert told(ada.gets(bye.respond(404))) == ["404"]


@pytest.mark.parametrize("via", ["SIP/2.0/UDP 192.0.2.66;branch=z9hG4bK1", OLD_VIA])
def test_a_response_to_somebody_else_is_dropped(via: str) -> None:
    """The sent-by is not ours, or the branch is not (RFC 3261 18.1.2)."""
    ada = Endpoint()
    ada.asks(request("BYE"))
    foreign = request("BYE", via=via).respond(200)
    assert ada.gets(foreign) == [Ignored("stray response")]


def test_who_calls_himself_has_both_sides_of_the_transaction() -> None:
    """The two sides are told apart (RFC 3261 17)."""
    self, invite = Endpoint(), request("INVITE")
    self.asks(invite)
    key, asked = self.served(invite)
    self.answers(asked, 486, key)
    assert sent(self.gets(invite.respond(486, to_tag="b"))) == ["ACK"]
    assert self.gets(request("ACK", to_tag="b")) == []
    assert len(self.layer) == 2


def test_copies_of_an_old_request_are_known_without_the_cookie() -> None:
    """RFC 3261 17.2.3: by Request-URI, tags, Call-ID, CSeq and Via."""
    ben = Endpoint()
    key, asked = ben.served(old("INVITE"))
    ben.answers(asked, 486, key)
    assert sent(ben.gets(old("INVITE"))) == ["486"]
    ben.gets(old("ACK", to_tag=asked.to_tag))
    assert sent(ben.gets(old("INVITE"))) == []


@pytest.mark.parametrize(
    "other",
    [
        {"cseq": "2"},
        {"call_id": "call-2"},
        {"from_tag": "z"},
        {"uri": "sip:ben@192.0.2.9"},
        {"via": "SIP/2.0/UDP 192.0.2.7;branch=2"},
    ],
    ids=["number", "call", "tag", "uri", "via"],
)
def test_an_old_request_that_differs_in_anything_is_another(other: dict[str, str]) -> None:
    """RFC 3261 17.2.3."""
    ben = Endpoint()
    ben.served(old("OPTIONS"))
    ben.gets(old("OPTIONS", **other))
    assert len(ben.layer) == 2


def test_the_ack_of_an_old_reinvite_has_the_tag_of_the_dialog() -> None:
    """RFC 3261 17.2.3."""
    ben = Endpoint()
    key, asked = ben.served(old("INVITE", to_tag="b"))
    ben.answers(asked, 488, key)
    ben.gets(old("ACK", to_tag="b"))
    assert sent(ben.gets(old("INVITE", to_tag="b"))) == []


def test_an_old_cancel_finds_its_invite() -> None:
    """RFC 3261 9.2 and 17.2.3."""
    ben = Endpoint()
    ben.served(old("INVITE"))
    effects = ben.gets(old("CANCEL"))
    assert (sent(effects), told(effects)) == (["200"], ["Canceled"])


@pytest.mark.parametrize("method", ["INVITE", "OPTIONS"])
def test_a_request_that_comes_again_by_another_path_is_merged(method: str) -> None:
    """482 (RFC 3261 8.2.2.2)."""
    ben = Endpoint()
    ben.served(request(method))
    effects = ben.gets(request(method, branch="z9hG4bK2"))
    assert (sent(effects), told(effects)) == (["482"], [])


def test_a_merged_invite_is_acknowledged_and_leaves_the_first_alone() -> None:
    """RFC 3261 8.2.2.2."""
    ben = Endpoint()
    key, asked = ben.served(request("INVITE"))
    ben.gets(request("INVITE", branch="z9hG4bK2"))
    ben.gets(request("ACK", branch="z9hG4bK2", to_tag="x"))
    assert sent(ben.answers(asked, 200, key)) == ["200"]
    ben.runs(60)
    assert len(ben.layer) == 0


@pytest.mark.parametrize(
    "other", [{"cseq": "2"}, {"call_id": "call-2"}, {"from_tag": "z"}], ids=["cseq", "call", "tag"]
)
def test_a_request_with_a_number_of_its_own_is_not_merged(other: dict[str, str]) -> None:
    """RFC 3261 8.2.2.2: a new attempt after 401 has the same Call-ID."""
    ben = Endpoint()
    ben.served(request("INVITE"))
    ben.served(request("INVITE", branch="z9hG4bK2", **other))


def test_requests_within_a_dialog_are_not_merged() -> None:
    """RFC 3261 8.2.2.2 is for requests without a tag in To."""
    ben = Endpoint()
    ben.served(request("INFO", to_tag="b"))
    ben.served(request("INFO", to_tag="b", branch="z9hG4bK2"))


def test_a_request_is_merged_only_while_the_first_is_known() -> None:
    """RFC 3261 8.2.2.2: with ongoing transactions."""
    ben = Endpoint()
    key, asked = ben.served(request("OPTIONS"))
    ben.answers(asked, 200, key)
    ben.runs(60)
    ben.served(request("OPTIONS", branch="z9hG4bK2"))


def test_the_answer_goes_where_the_request_came_from() -> None:
    """RFC 3581 4: to the port it came from, which the response tells the client."""
    ben = Endpoint()
    natted = request("OPTIONS", via="SIP/2.0/UDP 10.0.0.7;rport;branch=z9hG4bK1")
    key, asked = ben.served(natted)
    (effect,) = ben.answers(asked, 200, key)
    assert isinstance(effect, Send)
    assert effect.to == UDP
    (answer,) = messages([effect])
    assert (answer.via.received, answer.via.rport) == (UDP.host, UDP.port)


def test_other_hops_of_the_way_back_are_kept_as_they_are() -> None:
    """RFC 3261 8.2.6.2, 18.2.1."""
    ben, far = Endpoint(), request("OPTIONS")
    far.headers.prepend("Via", "SIP/2.0/UDP proxy.example.com;branch=z9hG4bKp")
    key, asked = ben.served(far)
    (answer,) = messages(ben.answers(asked, 200, key))
    first, second = answer.headers.values("Via")
    assert first == "SIP/2.0/UDP proxy.example.com;branch=z9hG4bKp;received=192.0.2.7"
    assert second == far.headers.values("Via")[1]


def test_an_ack_of_nothing_is_left_to_the_dialogs_and_never_answered() -> None:
    """RFC 3261 17.1.1.3, 13.3.1.4."""
    ben = Endpoint()
    effects = ben.gets(request("ACK", to_tag="b"))
    assert (sent(effects), told(effects)) == ([], ["Acknowledged"])
    assert len(ben.layer) == 0


def test_a_request_without_a_branch_of_its_own_is_not_sent() -> None:
    """RFC 3261 8.1.1.7; an ACK is no transaction (17)."""
    ada = Endpoint()
    for wrong in (old("BYE"), request("ACK"), request("BYE", branch="z9hG4bK")):
        with pytest.raises(InvalidInput):
            ada.asks(wrong)
    ada.asks(request("BYE"))
    with pytest.raises(InvalidInput):
        ada.asks(request("BYE"))


def test_a_request_that_cannot_be_read_is_refused_and_leaves_nothing() -> None:
    """RFC 3261 21.4.1; the copies get the same tag (8.2.7)."""
    ben, data = Endpoint(), request("OPTIONS").encode().replace(b"CSeq: 1", b"CSeq: many")
    first, second = (refused(ben, data) for _ in range(2))
    assert isinstance(first[0], Send)
    assert first[0].data.startswith(b"SIP/2.0 400 ")
    assert first == second
    assert len(ben.layer) == 0


def test_what_cannot_be_answered_is_dropped() -> None:
    """Without a Via there is no way back, and nothing answers an ACK (RFC 3261 17.1.1.3)."""
    ben, ack, lost = Endpoint(), request("ACK"), request("OPTIONS")
    lost.headers.remove("Via")
    for message in (ack, lost):
        assert ben.layer.refuse(message, UDP, 400) == [Ignored("malformed")]


def test_too_many_transactions_are_refused_without_remembering_them() -> None:
    """503 with Retry-After (RFC 3261 21.5.4), stateless (8.2.7)."""
    ben = Endpoint(limits=Limits(transactions=8, retry_after=7))
    fill(ben, "OPTIONS", 8)
    one_more = request("OPTIONS", branch="z9hG4bKx", call_id="x")
    effects = ben.gets(one_more)
    (answer,) = messages(effects)
    assert (sent(effects), answer.headers.get("Retry-After")) == (["503"], "7")
    assert effects == ben.gets(one_more)
    assert len(ben.layer) == 8


def test_who_is_in_a_call_can_still_hang_up_when_there_are_too_many() -> None:
    """What is within a dialog has a reserve of an eighth."""
    ben = Endpoint(limits=Limits(transactions=8))
    fill(ben, "INVITE", 8)
    assert told(ben.gets(request("BYE", to_tag="b", branch="z9hG4bKx"))) == ["Requested"]
    assert sent(ben.gets(request("BYE", to_tag="b", branch="z9hG4bKy"))) == ["503"]


def test_too_many_unanswered_invites_are_refused_and_other_requests_are_not() -> None:
    """A flood of INVITEs takes no more than its share."""
    ben = Endpoint(limits=Limits(half_open=3))
    fill(ben, "INVITE", 3)
    assert sent(ben.gets(request("INVITE", branch="z9hG4bKx", call_id="x"))) == ["503"]
    ben.served(request("OPTIONS", branch="z9hG4bKx", call_id="x"))
    assert ben.layer.half_open == 3


def test_an_invite_is_half_open_until_it_is_accepted_or_its_refusal_acknowledged() -> None:
    """Proceeding and Completed (RFC 3261 17.2.1)."""
    ben = Endpoint()
    accepted, refused = fill(ben, "INVITE", 2)
    ben.answers(accepted[1], 200, accepted[0])
    ben.answers(refused[1], 486, refused[0])
    assert ben.layer.half_open == 1
    ben.gets(request("ACK", branch="z9hG4bKf1", call_id="f1", to_tag="b"))
    assert ben.layer.half_open == 0


def test_the_ack_of_a_stateless_refusal_reaches_nobody() -> None:
    """RFC 3261 8.2.7."""
    ben = Endpoint(limits=Limits(half_open=0))
    (answer,) = messages(ben.gets(request("INVITE")))
    ack = request("ACK", to_tag=answer.to.tag)
    assert ben.gets(ack) == [Ignored("ack of a stateless refusal")]


def test_our_own_requests_are_refused_when_there_are_too_many() -> None:
    """The caller may try again later."""
    ada = Endpoint(limits=Limits(transactions=1))
    ada.asks(request("OPTIONS"))
    with pytest.raises(Unavailable):
        ada.asks(request("OPTIONS", branch="z9hG4bK2"))


def test_an_answer_over_a_stream_goes_back_on_its_connection() -> None:
    """RFC 3261 18.2.2."""
    ben = Endpoint()
    key, asked = ben.served(request("INVITE", via="SIP/2.0/TCP 10.0.0.7;branch=z9hG4bK1"), TCP)
    (effect,) = ben.answers(asked, 180, key)
    assert isinstance(effect, Send)
    assert (effect.to.connection, effect.to.host, effect.to.port) == (3, TCP.host, 5060)


def refused(ben: Endpoint, data: bytes) -> list[Effect]:
    """What an endpoint does about bytes that are no message."""
    with pytest.raises(BadMessage) as raised:
        parse(data)
    bad = raised.value
    assert bad.request is not None
    return ben.layer.refuse(bad.request, UDP, bad.status, bad.reason)


def fill(ben: Endpoint, method: str, count: int) -> list[tuple[Key, Requested]]:
    """Have so many different requests come; their keys and what the user was told."""
    return [
        ben.served(request(method, branch=f"z9hG4bKf{n}", call_id=f"f{n}")) for n in range(count)
    ]
