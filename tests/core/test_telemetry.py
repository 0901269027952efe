"""Logs keep secrets; figures are kept once."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from offhook.core.telemetry import Metrics, about, configure_logs, mask_number

pytestmark = pytest.mark.unit

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJpbmVzIn0.c2lnbmF0dXJl"


class Lines:
    """What was logged, line by line."""

    def __init__(self, *, json: bool = True, level: str = "info") -> None:
        self.stream = io.StringIO()
        configure_logs(json=json, level=level, stream=self.stream)
        self.log: structlog.stdlib.BoundLogger = structlog.get_logger("test")

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    def last(self) -> dict[str, Any]:
        line: dict[str, Any] = json.loads(self.text.splitlines()[-1])
        return line


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_a_line_is_one_json_object_with_its_facts() -> None:
    lines = Lines()
    lines.log.info("participant joined", room="RM1", count=3)
    line = lines.last()
    assert line["event"] == "participant joined"
    assert (line["level"], line["logger"], line["room"], line["count"]) == (
        "info",
        "test",
        "RM1",
        3,
    )
    assert line["timestamp"].endswith("Z")


def test_lines_for_people_are_no_json() -> None:
    lines = Lines(json=False)
    lines.log.info("participant joined", room="RM1")
    assert "participant joined" in lines.text
    assert "room=RM1" in lines.text


def test_ids_of_the_context_are_on_every_line_within() -> None:
    lines = Lines()
    with about(request_id="r1", room="RM1"):
        lines.log.info("one")
        assert (lines.last()["request_id"], lines.last()["room"]) == ("r1", "RM1")
    lines.log.info("two")
    assert "room" not in lines.last()


def test_below_the_level_nothing_is_written() -> None:
    lines = Lines(level="warning")
    lines.log.info("one")
    assert lines.text == ""


def test_logs_of_libraries_take_the_same_road() -> None:
    lines = Lines()
    logging.getLogger("aiohttp.access").warning("GET %s", f"/r/demo?token={JWT}&x=1")
    assert lines.last()["logger"] == "aiohttp.access"
    assert lines.last()["event"] == "GET /r/demo?token=[hidden]&x=1"


@pytest.mark.parametrize(
    "fact",
    [
        {"token": "abc"},
        {"resume_token": "abc"},
        {"Authorization": "Bearer abc"},
        {"headers": {"authorization": "Bearer abc", "accept": "text/html"}},
        {"url": "https://example.com/r/x?access_token=abc"},
        {"note": "they sent Bearer abc"},
        {"nested": [{"secret": "abc"}]},
    ],
)
@pytest.mark.parametrize("level", ["debug", "error"])
def test_a_secret_is_never_written(fact: dict[str, Any], level: str) -> None:
    lines = Lines(level="debug")
    getattr(lines.log, level)("request", **fact)
    assert "abc" not in lines.text
    assert "[hidden]" in lines.text


def test_a_token_within_an_exception_is_hidden() -> None:
    lines = Lines()
    try:
        raise ValueError(f"cannot read {JWT}")
    except ValueError:
        lines.log.exception("request failed")
    assert "request failed" in lines.text
    assert "ValueError" in lines.text
    assert "eyJ" not in lines.text


@pytest.mark.parametrize(
    ("fact", "shown"),
    [
        ({"text": "call from +442079460000 came"}, "call from +44********00 came"),
        ({"text": "call from +44 20 7946-0000 came"}, "call from +44********00 came"),
        ({"uri": "sip:442079460000@10.0.0.1"}, "sip:442*******00@10.0.0.1"),
        ({"caller": "02079460000"}, "020******00"),
    ],
)
def test_a_phone_number_is_masked_above_debug(fact: dict[str, str], shown: str) -> None:
    lines = Lines(level="debug")
    lines.log.info("call", **fact)
    assert lines.last()[next(iter(fact))] == shown
    lines.log.debug("call", **fact)
    assert lines.last()[next(iter(fact))] == next(iter(fact.values()))


@pytest.mark.parametrize(
    "text",
    ["2026-11-20T23:08:32Z", "10.78.0.1:51234", "RM0192f3a7b8c97d0e8f1a2b3c4d5e6f70", "+1.5"],
)
def test_what_is_no_phone_number_is_left_alone(text: str) -> None:
    lines = Lines()
    lines.log.info("fact", text=text)
    assert lines.last()["text"] == text


def test_a_short_number_is_hidden_whole() -> None:
    assert mask_number("112") == "***"


def test_a_figure_is_made_once_and_rendered() -> None:
    metrics = Metrics()
    metrics.counter("joins", "Participants who joined.", ["room"]).labels("demo").inc()
    metrics.counter("joins", "Participants who joined.", ["room"]).labels("demo").inc()
    metrics.gauge("rooms", "Rooms that are open.").set(4)
    metrics.histogram("join_seconds", "From click to first frame.").observe(0.2)
    text = metrics.render().decode()
    assert 'offhook_joins_total{room="demo"} 2.0' in text
    assert "offhook_rooms 4.0" in text
    assert 'offhook_join_seconds_bucket{le="0.25"} 1.0' in text


def test_one_name_is_one_kind_of_figure() -> None:
    metrics = Metrics()
    metrics.gauge("rooms", "Rooms that are open.")
    with pytest.raises(TypeError, match="is a Gauge already"):
        metrics.counter("rooms", "Rooms that are open.")


def test_two_servers_in_one_process_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.gauge("rooms", "Rooms that are open.").set(1)
    assert b"offhook_rooms" not in other.render()


@pytest.mark.parametrize(("level", "heard"), [("info", False), ("debug", True), ("error", False)])
def test_what_a_library_says_of_its_progress_is_for_debugging(level: str, heard: bool) -> None:
    lines = Lines(level=level)
    logging.getLogger("alembic.runtime.migration").info("Running upgrade")
    assert ("Running upgrade" in lines.text) == heard
