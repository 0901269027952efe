"""The one tree of errors: each class has its status, and can be raised again from it."""

from __future__ import annotations

import pytest

from offhook.core.bus.problem import BusProblem
from offhook.core.errors import BY_STATUS, InvalidInput, Misconfigured, OffhookError, RateLimited

pytestmark = pytest.mark.unit


def every_class(root: type[OffhookError] = OffhookError) -> list[type[OffhookError]]:
    below = [kind for child in root.__subclasses__() for kind in every_class(child)]
    return [root, *below]


def test_a_status_names_one_class_of_the_tree() -> None:
    here = [kind for kind in every_class() if kind.__module__ == OffhookError.__module__]
    for kind in here:
        assert kind is Misconfigured or BY_STATUS[kind.status] is kind


def test_an_error_keeps_the_code_of_its_class_unless_it_has_its_own() -> None:
    assert InvalidInput("no").code == "invalid"
    assert InvalidInput("no", code="bad_sdp", field="sdp").code == "bad_sdp"
    assert str(InvalidInput("no")) == "no"


def test_whether_it_may_succeed_later_is_the_classes_matter() -> None:
    assert [kind.__name__ for kind in BY_STATUS.values() if kind.retryable] == [
        "RateLimited",
        "Unavailable",
        "BusTimeout",
    ]


@pytest.mark.parametrize("kind", list(BY_STATUS.values()))
def test_an_error_becomes_a_problem_and_an_error_again(kind: type[OffhookError]) -> None:
    error = kind("in words", code="a_code", field="a.field", position=3, retry_after=2.5)
    again = BusProblem.of(error, "ND1").error()
    assert type(again) is kind
    assert vars(again) == vars(error)


def test_a_status_of_a_newer_version_is_still_an_error() -> None:
    again = BusProblem(status=418, code="teapot", detail="short and stout").error()
    assert type(again) is OffhookError
    assert again.code == "teapot"


def test_a_special_class_crosses_as_the_class_of_its_status() -> None:
    class TooFast(RateLimited):
        code = "too_fast"

    again = BusProblem.of(TooFast("slower"), "ND1").error()
    assert type(again) is RateLimited
    assert again.code == "too_fast"
