"""Dialogs from both ends: creation, requests within, order, target (RFC 3261 section 12)."""

from __future__ import annotations

import pytest

from media.sip.dialog import Dialog, DialogId, OutOfOrder
from media.sip.dialog.dialog import ends_dialog, establishing
from media.sip.message import BadMessage, Request
from tests.media.sip.dialog.calls import P1, P2, VIA, answer, arrives, both, invite
from tests.media.sip.transaction.endpoint import request

pytestmark = pytest.mark.unit


def test_both_ends_know_the_dialog_by_the_same_tags_the_other_way_round() -> None:
    """RFC 3261 12.1.1 and 12.1.2."""
    ada, ben = both()
    assert ada.id == DialogId("call-1", "a", "b")
    assert ben.id == DialogId("call-1", "b", "a")
    assert (ada.target, ben.target) == ("sip:ben@192.0.2.9", "sip:ada@192.0.2.7")


def test_the_two_ends_have_the_same_routers_in_opposite_order() -> None:
    """RFC 3261 12.1.1 and 12.1.2."""
    ada, ben = both(P2, P1)
    assert (ada.routes, ben.routes) == ((P1, P2), (P2, P1))


def test_a_provisional_response_makes_an_early_dialog_and_a_2xx_confirms_it() -> None:
    """RFC 3261 12.1, 13.2.2.4."""
    ada, ben = both(status=180)
    assert (ada.early, ben.early) == (True, True)
    ada.confirm(answer(invite()))
    ben.confirm()
    assert (ada.early, ben.early) == (False, False)


def test_the_2xx_says_anew_which_way_to_take_and_whom_to_reach() -> None:
    """RFC 3261 13.2.2.4."""
    asking = invite(P1)
    ada = Dialog.of_response(asking, answer(asking, 180))
    ada.confirm(answer(invite(P2), contact="<sip:desk@192.0.2.10>"))
    assert (ada.routes, ada.target) == ((P2,), "sip:desk@192.0.2.10")


def test_later_2xx_move_the_target_and_leave_the_way() -> None:
    """RFC 3261 12.2.1.2."""
    ada, _ = both(P1)
    ada.confirm(answer(invite(P2), contact="<sip:desk@192.0.2.10>"))
    assert (ada.routes, ada.target) == ((P1,), "sip:desk@192.0.2.10")


def test_a_request_within_is_recognised_by_the_other_end() -> None:
    """RFC 3261 12.2.1.1 and 12.2.2."""
    ada, ben = both()
    bye = arrives(ada.request("BYE", VIA))
    assert DialogId.of(bye, ours=False) == ben.id
    assert DialogId.of(bye.respond(200), ours=True) == ada.id
    assert (bye.uri, str(bye.cseq)) == ("sip:ben@192.0.2.9", "11 BYE")
    back = arrives(ben.request("BYE", VIA))
    assert DialogId.of(back, ours=False) == ada.id
    assert (back.uri, str(back.cseq)) == ("sip:ada@192.0.2.7", "1 BYE")


def test_requests_within_carry_the_route_set_and_go_to_its_first_station() -> None:
    """RFC 3261 12.2.1.1, 8.1.2."""
    ada, _ = both(P2, P1)
    bye, hop = ada.request("BYE", VIA)
    assert bye.headers.all("Route") == [P1, P2]
    assert hop == "sip:p1.example.com;lr"


def test_numbers_of_a_dialog_go_up_by_one_and_those_of_acks_do_not_count() -> None:
    """RFC 3261 12.2.1.1, 13.2.2.4."""
    ada, _ = both()
    ack, _ = ada.ack(invite(), VIA)
    first, _ = ada.request("INFO", VIA)
    second, _ = ada.request("BYE", VIA)
    assert [str(r.cseq) for r in (ack, first, second)] == ["10 ACK", "11 INFO", "12 BYE"]


def test_the_ack_of_a_2xx_repeats_the_credentials_of_its_invite() -> None:
    """RFC 3261 13.2.2.4."""
    asking = invite()
    asking.headers.add("Proxy-Authorization", 'Digest username="ada"')
    ada = Dialog.of_response(asking, answer(asking))
    ack, hop = ada.ack(asking, VIA)
    assert ack.headers.get("Proxy-Authorization") == 'Digest username="ada"'
    assert (ack.uri, hop) == ("sip:ben@192.0.2.9", "sip:ben@192.0.2.9")


@pytest.mark.parametrize("number", [9, 10])
def test_a_request_that_comes_out_of_order_is_refused(number: int) -> None:
    """500 (RFC 3261 12.2.2)."""
    _, ben = both()
    with pytest.raises(OutOfOrder):
        ben.take(request("INFO", cseq=str(number), to_tag="b"))
    ben.take(request("INFO", cseq="11", to_tag="b"))


def test_numbers_may_leave_gaps_and_the_first_of_the_other_end_may_be_any() -> None:
    """RFC 3261 12.2.2: a request that was challenged may be missing."""
    ada, ben = both()
    ben.take(request("INFO", cseq="4711", to_tag="b"))
    ada.take(request("INFO", cseq="0", to_tag="a"))
    assert (ben.remote_seq, ada.remote_seq) == (4711, 0)


@pytest.mark.parametrize("method", ["ACK", "CANCEL"])
def test_an_ack_has_the_number_of_its_invite(method: str) -> None:
    """RFC 3261 12.2.2, 17.1.1.3."""
    _, ben = both()
    ben.take(request(method, cseq="10", to_tag="b"))
    assert ben.remote_seq == 10


@pytest.mark.parametrize(
    ("method", "moved"), [("INVITE", True), ("UPDATE", True), ("INFO", False), ("BYE", False)]
)
def test_some_requests_move_the_target(method: str, moved: bool) -> None:
    """RFC 3261 12.2.2, RFC 3311 5.2."""
    _, ben = both()
    refresh = request(method, cseq="11", to_tag="b")
    refresh.headers.put("Contact", "<sip:ada@192.0.2.99>")
    ben.retarget(refresh)
    assert (ben.target == "sip:ada@192.0.2.99") is moved


def test_a_response_without_contact_leaves_the_target() -> None:
    """RFC 3261 12.2.1.2."""
    ada, _ = both()
    ada.retarget(request("INVITE", cseq="11").respond(200, to_tag="b"))
    assert ada.target == "sip:ben@192.0.2.9"


@pytest.mark.parametrize("contact", [None, "*", "<sip:a@x.example>, <sip:b@x.example>"])
def test_a_dialog_needs_exactly_one_address(contact: str | None) -> None:
    """RFC 3261 8.1.1.8, 12.1.1."""
    asking = request("INVITE")
    asking.headers.remove("Contact")
    if contact is not None:
        asking.headers.add("Contact", contact)
    with pytest.raises(BadMessage):
        Dialog.of_request(asking, "b")


def test_the_answer_of_a_uas_tells_the_way_back() -> None:
    """RFC 3261 12.1.1."""
    response = establishing(invite(P2, P1), 180, "b", "<sip:ben@192.0.2.9>")
    assert response.headers.all("Record-Route") == [P2, P1]
    assert (response.headers.get("Contact"), response.to.tag) == ("<sip:ben@192.0.2.9>", "b")


def test_only_sips_by_tls_makes_a_dialog_secure() -> None:
    """RFC 3261 12.1.1."""
    secure = invite(uri="sips:ben@example.org")
    assert Dialog.of_request(secure, "b", secured=True).secure
    assert not Dialog.of_request(secure, "b").secure
    assert not Dialog.of_request(invite(), "b", secured=True).secure


def test_who_no_longer_knows_the_dialog_ends_it() -> None:
    """RFC 3261 12.2.1.2."""
    assert [s for s in (200, 404, 408, 481, 486, 500) if ends_dialog(s)] == [408, 481]


def test_a_peer_without_tags_has_the_empty_one() -> None:
    """RFC 3261 12.1.1, 12.1.2: as RFC 2543 wrote them."""
    asking = request("INVITE")
    asking.headers.put("From", "<sip:ada@example.com>")
    ben = Dialog.of_request(asking, "b")
    bye, _ = ben.request("BYE", VIA)
    assert isinstance(bye, Request)
    assert (bye.to.tag, ben.id.remote_tag) == ("", "")
