"""Who hears whom: the table of a call, and what a room makes of decisions about it."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from offhook.core.contracts.media import Hearing
from signalling.domain.effects import HearMedia, Record
from signalling.domain.events import Ended, HearingChanged, Left
from signalling.domain.hearing import CallState, Part, Party, hearing
from tests.signalling.domain.meeting import Meeting

pytestmark = pytest.mark.unit

VISITOR, AGENT, CONSULTED = Part.VISITOR, Part.AGENT, Part.CONSULTED
SUPERVISORS = (Part.MONITOR, Part.WHISPER, Part.BARGE)
HOLD = Hearing(publishers=(), music=True)
NOBODY = Hearing(publishers=())


@st.composite
def calls(draw: st.DrawFn) -> list[Party]:
    """Up to eight parties of any part."""
    parts = draw(st.lists(st.sampled_from(Part), max_size=8))
    return [Party(f"p{number}", part) for number, part in enumerate(parts)]


STATES = st.sampled_from(CallState)
PEOPLE = (Party("vic", VISITOR), Party("ann", AGENT), Party("cat", CONSULTED))


def heard(parties: list[Party], state: CallState) -> set[tuple[Part, Part]]:
    """Which part hears which."""
    part = {party.identity: party.part for party in parties}
    return {
        (part[who], part[other])
        for who, what in hearing(parties, state).items()
        for other in what.publishers or ()
    }


# the table


@given(calls(), STATES)
def test_everybody_is_decided_about_and_nobody_hears_themselves(
    parties: list[Party], state: CallState
) -> None:
    decided = hearing(parties, state)
    assert decided.keys() == {party.identity for party in parties}
    for who, what in decided.items():
        assert what.publishers is not None, "who comes unannounced is heard by nobody"
        assert who not in what.publishers


@given(calls(), st.sampled_from((CallState.HELD, CallState.CONSULTING)))
def test_a_held_visitor_hears_music_only_and_is_heard_by_nobody(
    parties: list[Party], state: CallState
) -> None:
    decided = hearing(parties, state)
    visitors = {party.identity for party in parties if party.part is VISITOR}
    assert all(decided[who] == HOLD for who in visitors)
    assert not any(visitors & set(what.publishers or ()) for what in decided.values())


@given(calls(), STATES)
def test_music_is_for_who_waits(parties: list[Party], state: CallState) -> None:
    for who, what in hearing(parties, state).items():
        if what.music:
            assert not what.publishers, f"{who} hears people and music at once"
    if state is CallState.CONFERENCE:
        assert not any(what.music for what in hearing(parties, state).values())


@given(calls(), STATES)
def test_a_monitor_is_heard_by_nobody_and_a_whisper_by_agents_and_supervisors(
    parties: list[Party], state: CallState
) -> None:
    pairs = heard(parties, state)
    assert not any(other is Part.MONITOR for _, other in pairs)
    listeners = {who for who, other in pairs if other is Part.WHISPER}
    assert listeners <= {AGENT, Part.MONITOR, Part.WHISPER}


@given(calls(), STATES)
def test_a_supervisor_hears_whom_the_agent_hears_and_the_agent(
    parties: list[Party], state: CallState
) -> None:
    agent, monitor = Party("agent", AGENT), Party("monitor", Part.MONITOR)
    decided = hearing([*parties, agent, monitor], state)
    agents, monitors = decided["agent"].publishers, decided["monitor"].publishers
    assert set(agents or ()) | {"agent"} == set(monitors or ())


@given(calls(), STATES)
def test_who_barges_in_is_heard_by_all_who_are_not_waiting(
    parties: list[Party], state: CallState
) -> None:
    for who, what in hearing([*parties, Party("boss", Part.BARGE)], state).items():
        waits = not what.publishers
        assert who == "boss" or waits or "boss" in (what.publishers or ())


@given(calls())
def test_in_a_conference_visitors_agents_and_the_consulted_all_hear_each_other(
    parties: list[Party],
) -> None:
    open_to_all = {VISITOR, AGENT, CONSULTED, Part.BARGE}
    all_of_them = [party for party in parties if party.part in open_to_all]
    decided = hearing(parties, CallState.CONFERENCE)
    for one in all_of_them:
        others = {other.identity for other in all_of_them if other != one}
        assert others <= set(decided[one.identity].publishers or ())


@pytest.mark.parametrize(
    ("state", "vic", "ann", "cat"),
    [
        (CallState.TALKING, Hearing(publishers=("ann",)), Hearing(publishers=("vic",)), HOLD),
        (CallState.HELD, HOLD, NOBODY, NOBODY),
        (
            CallState.CONSULTING,
            HOLD,
            Hearing(publishers=("cat",)),
            Hearing(publishers=("ann",)),
        ),
        (
            CallState.CONFERENCE,
            Hearing(publishers=("ann", "cat")),
            Hearing(publishers=("cat", "vic")),
            Hearing(publishers=("ann", "vic")),
        ),
    ],
)
def test_a_visitor_an_agent_and_a_colleague(
    state: CallState, vic: Hearing, ann: Hearing, cat: Hearing
) -> None:
    assert hearing(PEOPLE, state) == {"vic": vic, "ann": ann, "cat": cat}


# the room


def decisions(effects: list[object]) -> dict[str, Hearing | None]:
    """What media are to be told, by participant."""
    return {e.participant: e.hearing for e in effects if isinstance(e, HearMedia)}


def test_only_whose_hearing_changes_is_told_to_media() -> None:
    meeting = Meeting()
    meeting.joins("PA1", identity="vic")
    meeting.joins("PA2", identity="ann")
    first = meeting.happens(HearingChanged({"vic": HOLD, "ann": NOBODY}))
    assert decisions([*first]) == {"PA1": HOLD, "PA2": NOBODY}
    second = meeting.happens(HearingChanged({"vic": HOLD, "ann": None}))
    assert decisions([*second]) == {"PA2": None}
    assert meeting.happens(HearingChanged({"vic": HOLD})) == []


def test_the_whole_of_it_takes_back_what_it_does_not_name() -> None:
    meeting = Meeting()
    meeting.joins("PA1", identity="vic")
    meeting.happens(HearingChanged({"vic": HOLD}))
    assert decisions([*meeting.happens(HearingChanged({}, whole=True))]) == {"PA1": None}
    assert not meeting.room.standing.hearing


def test_it_is_logged_and_shown_to_nobody() -> None:
    meeting = Meeting()
    (record,) = meeting.happens(HearingChanged({"vic": HOLD}))
    assert isinstance(record, Record)
    assert (record.type, record.data, record.hidden) == ("hearing_changed", {}, True)
    assert record.logged["hearing"] == {"vic": {"publishers": (), "music": True}}


def test_it_binds_who_comes_later_and_who_comes_back() -> None:
    meeting = Meeting()
    meeting.happens(HearingChanged({"vic": HOLD}))
    meeting.joins("PA1", identity="vic")
    meeting.joins("PA2", identity="ann")
    meeting.happens(Left("PA1", "client_initiated"))
    meeting.joins("PA3", identity="vic")
    assert meeting.room.standing.hearing == {"vic": HOLD}
    assert not meeting.room.standing.hears("vic", "ann")
    assert meeting.room.standing.hears("ann", "vic")


def test_it_ends_with_the_meeting() -> None:
    meeting = Meeting()
    meeting.joins("PA1", identity="vic")
    meeting.happens(HearingChanged({"vic": HOLD}))
    meeting.happens(Ended())
    assert not meeting.room.standing.hearing
