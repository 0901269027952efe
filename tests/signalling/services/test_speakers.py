"""Who is told of whose speaking."""

from __future__ import annotations

import pytest

from offhook.core.contracts.media import Hearing, Speaker
from signalling.domain.events import HearingChanged
from signalling.services.speakers import Speaking
from tests.signalling.domain.meeting import Meeting

pytestmark = pytest.mark.unit

ANN, VIC = Speaker(participant="ann", level=0.5), Speaker(participant="vic", level=0.25)
EVERYBODY = ("ann", "vic", "cat")


def meeting(**hearing: Hearing) -> tuple[Meeting, Speaking]:
    """Three people; whom some of them hear is decided."""
    made = Meeting()
    for who in EVERYBODY:
        made.joins(who)
    made.happens(HearingChanged(hearing))
    return made, Speaking(made.room)


def test_without_decisions_everybody_is_told_the_same_each_time() -> None:
    _, speaking = meeting()
    speaking.current = (ANN, VIC)
    assert speaking.news(EVERYBODY) == {(ANN, VIC): [*EVERYBODY]}
    assert speaking.news(EVERYBODY) == {(ANN, VIC): [*EVERYBODY]}


def test_who_hears_some_is_told_of_these_and_of_themselves() -> None:
    _, speaking = meeting(vic=Hearing(publishers=()), cat=Hearing(publishers=("vic",)))
    speaking.current = (ANN, VIC)
    assert speaking.news(EVERYBODY) == {(ANN, VIC): ["ann"], (VIC,): ["vic", "cat"]}
    assert speaking.heard_by("vic") == (VIC,)


def test_who_hears_nobody_does_not_learn_when_somebody_speaks() -> None:
    _, speaking = meeting(vic=Hearing(publishers=()))
    speaking.news(EVERYBODY)
    for now in ((ANN,), (), (ANN,)):
        speaking.current = now
        assert speaking.news(EVERYBODY) == {now: ["ann", "cat"]}


def test_who_comes_back_or_hears_others_now_is_told_anew() -> None:
    _, speaking = meeting(vic=Hearing(publishers=()))
    speaking.news(EVERYBODY)
    speaking.forget("vic")
    assert speaking.news(["vic"]) == {(): ["vic"]}


def test_who_hears_everybody_again_is_told_of_everybody() -> None:
    made, speaking = meeting(vic=Hearing(publishers=()))
    speaking.current = (ANN,)
    speaking.news(EVERYBODY)
    made.happens(HearingChanged({"vic": None}))
    assert speaking.news(["vic"]) == {(ANN,): ["vic"]}
