"""A visitor is called back: in an open page, by a link, by a letter; and it always ends."""

from __future__ import annotations

import json
from typing import Any

import pytest

from offhook.core.errors import Conflict, Forbidden
from offhook.core.machine import UnexpectedEvent
from signalling.domain.desk import OfSession, ToSession
from signalling.domain.sessions import events as told
from signalling.domain.sessions.effects import Mail
from signalling.domain.sessions.session import Session
from tests.signalling.domain.sessions.office import Office

pytestmark = pytest.mark.unit

_MINUTE = 60_000_000
_HOUR = 60 * _MINUTE


@pytest.fixture
def office() -> Office:
    """Anna is at work."""
    made = Office()
    made.works("anna")
    return made


def asks(office: Office, *, away: bool = True, mail: bool = True, **more: Any) -> Session:
    """Ines wants to be called back; her page is gone, or not."""
    ines = office.opens("ines")
    back = office.task("ines", task="", channel="callback")
    given = {"tasks": ("TA1", "TA2"), "mail": mail, **more}
    office.says("ines", told.CallbackAsked(back, **given))
    if away:
        office.says("ines", told.PageLost(office.now + _MINUTE))
    return ines


def letters(office: Office) -> list[Mail]:
    """The letters that were asked for."""
    found = (each.effect for each in office.effects if isinstance(each, OfSession))
    return [each for each in found if isinstance(each, Mail)]


def is_free(office: Office, agent: str) -> bool:
    """Whether an agent has nothing in hand."""
    return not office.desk.router.agents[agent].holding


def test_an_open_page_is_rung_for_a_while_and_no_letter_is_written(office: Office) -> None:
    ines = asks(office, away=False)
    office.accepts("anna")
    assert ines.deadline == office.now + 45_000_000
    assert letters(office) == []


def test_whose_page_is_closed_is_written_to_and_has_longer_to_come(office: Office) -> None:
    ines = asks(office)
    office.accepts("anna")
    [letter] = letters(office)
    assert (letter.kind, letter.number) == ("ringing", 1)
    assert ines.deadline == letter.until == office.now + 5 * _MINUTE
    assert letter.link_until == office.now + _HOUR
    assert ines.mail == {"kind": "ringing", "number": 1, "state": "sending", "reason": ""}


def test_who_gave_no_address_is_not_written_to(office: Office) -> None:
    ines = asks(office, mail=False)
    office.accepts("anna")
    assert letters(office) == []
    assert ines.deadline == office.now + 45_000_000


def test_whoever_comes_by_the_link_talks(office: Office) -> None:
    ines = asks(office)
    office.accepts("anna")
    office.passes(200)
    office.says("ines", told.PageBack())
    office.says("ines", told.CallbackAnswered())
    office.says("ines", told.PartyCame(ines.visitor))
    assert (office.state("ines"), ines.callback_state) == ("live", "connected")
    assert "session.callback_connected" in office.facts("ines")


def test_when_nobody_follows_the_link_the_agent_is_free_and_it_is_tried_again(
    office: Office,
) -> None:
    ines = asks(office)
    office.accepts("anna")
    office.passes(301)
    assert (office.state("ines"), ines.callback_state) == ("callback", "requested")
    assert is_free(office, "anna")
    assert "session.callback_missed" in office.facts("ines")
    office.passes(600)
    office.accepts("anna")
    assert [each.number for each in letters(office)] == [1, 2]
    office.passes(301)
    assert (office.state("ines"), ines.callback_state) == ("failed", "expired")
    assert is_free(office, "anna")


def test_it_is_not_tried_beyond_the_sites_window(office: Office) -> None:
    ines = asks(office, window=12)
    office.accepts("anna")
    office.passes(301)
    assert (office.state("ines"), ines.callback_state) == ("failed", "expired")


def test_a_link_that_the_agent_hands_out_gives_time_to_follow_it(office: Office) -> None:
    ines = asks(office, mail=False)
    office.accepts("anna")
    office.passes(40)
    office.says("ines", told.LinkMade("anna"))
    assert ines.deadline == office.now + 5 * _MINUTE
    office.passes(290)
    assert ines.callback_state == "dialing"


def test_only_the_agent_who_calls_hands_out_a_link_or_writes(office: Office) -> None:
    asks(office)
    office.accepts("anna")
    for event in (told.LinkMade("tom"), told.MailAsked("tom")):
        with pytest.raises(Forbidden):
            office.says("ines", event)
    before = letters(office)
    office.says("ines", told.MailOver(1, "smtp_refused"))
    office.says("ines", told.MailAsked("anna"))
    assert len(letters(office)) == len(before) + 1


def test_one_letter_is_on_its_way_at_a_time(office: Office) -> None:
    ines = asks(office)
    office.accepts("anna")
    with pytest.raises(Conflict) as refused:
        office.says("ines", told.MailAsked("anna"))
    assert refused.value.code == "mail_on_its_way"
    office.says("ines", told.MailOver(1))
    assert ines.mail is not None
    assert ines.mail["state"] == "sent"
    assert "session.mail_sent" in office.facts("ines")


def test_the_fate_of_an_earlier_letter_does_not_hide_that_of_the_last(office: Office) -> None:
    ines = asks(office)
    office.accepts("anna")
    office.says("ines", told.MailOver(1))
    office.says("ines", told.MailAsked("anna"))
    office.says("ines", told.MailOver(1, "smtp_refused"))
    assert ines.mail is not None
    assert (ines.mail["number"], ines.mail["state"]) == (2, "sending")


def test_who_books_a_time_is_told_so_by_letter(office: Office) -> None:
    at = office.now + _HOUR
    asks(office, away=False, at=at)
    [letter] = letters(office)
    assert (letter.kind, letter.until) == ("booked", at)
    assert letter.link_until > at + _HOUR


def test_another_time_may_be_chosen_until_it_is_due(office: Office) -> None:
    ines = asks(office, at=office.now + _HOUR)
    back = office.task("ines", task="", channel="callback")
    later = told.CallbackAsked(back, ("TA5",), office.now + 2 * _HOUR)
    office.says("ines", later)
    office.passes(3700)
    states = [ines.callback_state]
    office.passes(3600)
    assert [*states, ines.callback_state] == ["requested", "due"]
    with pytest.raises(Conflict) as refused:
        office.says("ines", later)
    assert refused.value.code == "callback_due"


def test_not_now_frees_the_agent_at_once_and_is_tried_again(office: Office) -> None:
    ines = asks(office, away=False)
    office.accepts("anna")
    office.says("ines", told.VisitorLeft())
    assert (office.state("ines"), ines.callback_state) == ("callback", "requested")
    assert is_free(office, "anna")


def test_who_leaves_before_it_rings_is_not_called(office: Office) -> None:
    ines = asks(office, away=False)
    office.says("ines", told.VisitorLeft())
    assert (office.state("ines"), ines.callback_state) == ("ended", "canceled")


def test_no_link_is_made_of_what_is_no_callback(office: Office) -> None:
    office.waits("ines")
    with pytest.raises(UnexpectedEvent):
        office.happens(ToSession("ines", told.LinkMade()))


def test_a_session_of_an_earlier_version_is_read(office: Office) -> None:
    ines = asks(office)
    kept = json.loads(json.dumps(ines.snapshot()))
    for name in ("callback_window", "callback_until", "callback_mail", "mails", "mail"):
        del kept[name]
    again = Session.restored(kept)
    assert (again.callback_window, again.mails, again.callback_state) == (60, 0, "due")
    assert Session.restored(ines.snapshot()).callback_mail
