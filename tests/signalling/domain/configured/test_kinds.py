"""Objects that are saved are whole and can work; what cannot is refused with the field."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.core.errors import InvalidInput, TooLarge
from offhook.core.zones import time_zone
from signalling.domain.configured.kinds import BY_NOUN, KINDS

pytestmark = pytest.mark.unit

QUEUE, OTHER = "QU" + "1" * 32, "QU" + "2" * 32
AGENT, WORKFLOW = "AG" + "1" * 32, "WF" + "1" * 32
HOURS = {"time_zone": "Europe/Paris", "week": {"monday": [{"opens": "09:00", "closes": "17:00"}]}}
#: The least that each kind needs.
LEAST: dict[str, dict[str, Any]] = {
    "site": {"name": "Shop", "target": {"queue": QUEUE}},
    "queue": {"name": "Support"},
    "workflow": {"name": "Main", "default": {"queue": QUEUE}},
    "activity": {"name": "Break"},
    "agent": {"user": "ada"},
    "disposition": {"name": "Sold"},
    "reply": {"name": "Hello", "texts": {"en": "Hello {{visitor.name}}"}},
}


def saved(noun: str, **more: Any) -> Any:
    """What is kept of the least with something more, as it would come over the API."""
    kind = BY_NOUN[noun]
    return kind.checked(msgspec.convert({**LEAST[noun], **more}, kind.shape), time_zone)


def refused(noun: str, **more: Any) -> InvalidInput:
    with pytest.raises(InvalidInput) as error:
        saved(noun, **more)
    return error.value


@pytest.mark.parametrize("noun", BY_NOUN)
def test_the_least_is_enough_and_comes_back_as_it_was_kept(noun: str) -> None:
    kept = saved(noun)
    assert BY_NOUN[noun].read(msgspec.json.decode(msgspec.json.encode(kept))) == kept


def test_kinds_do_not_share_their_names_or_ids() -> None:
    for each in ("noun", "plural", "prefix", "shape"):
        assert len({getattr(kind, each) for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize(
    ("noun", "more", "field", "position"),
    [
        ("queue", {"expression": "skills.fr >="}, "expression", 13),
        ("queue", {"requirements": [{"expression": "a == 1"}, {"expression": "(a"}]},
         "requirements[1].expression", 3),
        ("workflow", {"filters": [{"expression": "lang = 'fr'", "targets": [{"queue": QUEUE}]}]},
         "filters[0].expression", 6),
        ("workflow", {"filters": [{"targets": [{"queue": QUEUE, "expression": "x IN 3"}]}]},
         "filters[0].targets[0].expression", 6),
        ("workflow", {"default": {"queue": QUEUE, "skip_if": "workers.available == "}},
         "default.skip_if", 22),
        ("workflow", {"default": {"queue": QUEUE, "order_by": "skills.fr DESC, )"}},
         "default.order_by", 17),
    ],
)  # fmt: skip
def test_a_wrong_expression_is_refused_with_field_and_position(
    noun: str, more: dict[str, Any], field: str, position: int
) -> None:
    error = refused(noun, **more)
    assert (error.code, error.field, error.position) == ("bad_expression", field, position)


@pytest.mark.parametrize(
    ("noun", "more", "field"),
    [
        ("site", {"name": "  "}, "name"),
        ("site", {"name": "a\nb"}, "name"),
        ("site", {"target": {}}, "target"),
        ("site", {"target": {"queue": QUEUE, "agent": AGENT}}, "target"),
        ("site", {"target": {"workflow": WORKFLOW}, "mode": "direct"}, "target.workflow"),
        ("site", {"callback": None, "mode": "call-me-back"}, "callback"),
        ("site", {"callback": {"now": False, "scheduled": False}}, "callback"),
        ("site", {"languages": ["en", "fr", "en"]}, "languages[2]"),
        ("site", {"hours": {"time_zone": "Europe/Nowhere"}}, "hours.time_zone"),
        ("site", {"form": [{"key": "a", "label": {"fr": "A"}}]}, "form[0].label"),
        ("site", {"form": [{"key": "a", "label": {"en": "A"}}] * 2}, "form[1]"),
        ("site", {"form": [{"key": "a", "label": {"en": "A"}, "kind": "select"}]},
         "form[0].options"),
        ("site", {"form": [{"key": "a", "label": {"en": "A"}, "options": [
            {"value": "x", "label": {"en": "X"}}]}]}, "form[0].options"),
        ("site", {"languages": ["en", "ar"], "consent": {"version": "1", "text": {"en": "?"}}},
         "consent.text"),
        ("queue", {"requirements": [{"expression": "  "}]}, "requirements[0].expression"),
        ("activity", {"available": True, "offline": True}, "offline"),
        ("agent", {"user": " "}, "user"),
        ("agent", {"skills": {"two words": 3}}, "skills.two words"),
        ("agent", {"attributes": {"9": "x"}}, "attributes.9"),
        ("agent", {"attributes": {"a": "x" * 513}}, "attributes.a"),
        ("agent", {"exclusive": ["voice", "voice"]}, "exclusive[1]"),
        ("agent", {"attributes": {"a": ["\x00"]}}, "attributes.a[0]"),
        ("disposition", {"queues": [QUEUE, OTHER, QUEUE]}, "queues[2]"),
        ("reply", {"texts": {"fr": "Bonjour {{visitor.shoe_size}}"}}, "texts.fr"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused_with_the_field(
    noun: str, more: dict[str, Any], field: str
) -> None:
    assert refused(noun, **more).field == field


def test_an_object_is_not_as_large_as_one_likes() -> None:
    label = dict.fromkeys(("en", "fr", "de", "es", "it", "hi", "ar"), "x" * 200)
    options = [{"value": f"{n}", "label": label} for n in range(50)]
    field = {"kind": "select", "label": {"en": "A"}, "options": options}
    with pytest.raises(TooLarge):
        saved("site", form=[{"key": f"k{n}", **field} for n in range(20)])


def test_a_site_keeps_its_origins_as_browsers_write_them_each_once() -> None:
    asked = ["HTTPS://Shop.Example:443/", "https://shop.example", "https://müller.example:8443"]
    assert saved("site", allowed_origins=asked).allowed_origins == [
        "https://shop.example",
        "https://xn--mller-kva.example:8443",
    ]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("http://localhost:8090", "http://localhost:8090"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("https://10.0.0.7", "https://10.0.0.7"),
        ("https://[2001:DB8::1]", "https://[2001:db8::1]"),
    ],
)
def test_pages_of_this_machine_and_addresses_are_origins(given: str, kept: str) -> None:
    assert saved("site", allowed_origins=[given]).allowed_origins == [kept]


@pytest.mark.parametrize(
    "given",
    [
        "http://shop.example", "shop.example", "*", "https://*.shop.example", "https://",
        "https://shop.example/cart", "https://shop.example?x", "https://me@shop.example",
        "ftp://shop.example", "https://shop.example:99999", "https://shop example", "null",
        "https://shop.example;script-src", "https://a..b", "https://-a.example", "javascript://x",
        "https://[::1", "https://shop.example#x", "http://localhost.shop.example",
    ],
)  # fmt: skip
def test_what_is_no_exact_origin_is_refused(given: str) -> None:
    error = refused("site", allowed_origins=["https://shop.example", given])
    assert (error.code, error.field) == ("bad_origin", "allowed_origins[1]")


@given(st.text(max_size=40))
def test_an_origin_that_is_kept_can_stand_in_a_header(text: str) -> None:
    try:
        [kept] = saved("site", allowed_origins=[f"https://{text}"]).allowed_origins
    except InvalidInput:
        return
    assert kept.isascii()
    assert not set(kept) & set(" ;,'\"*\\\r\n")
    assert saved("site", allowed_origins=[kept]).allowed_origins == [kept]


def test_words_on_the_button_can_be_read() -> None:
    assert saved("site", theme={"accent": "#ffd400"}).ink == "#000000"
    assert saved("site", theme={"accent": "#003366"}).ink == "#ffffff"
    error = refused("site", theme={"accent": "#ffd400", "ink": "#ffffff"})
    assert (error.code, error.field) == ("low_contrast", "theme.ink")


@given(st.integers(0, 0xFFFFFF))
def test_on_every_accent_white_or_black_can_be_read(colour: int) -> None:
    site = saved("site", theme={"accent": f"#{colour:06x}"})
    saved("site", theme={"accent": site.theme.accent, "ink": site.ink})


def test_an_object_tells_what_it_names_and_where() -> None:
    workflow = saved(
        "workflow", filters=[{"targets": [{"queue": OTHER}]}], default={"queue": QUEUE}
    )
    queue = saved("queue", overflow=OTHER, away_activity="AV" + "1" * 32)
    told = [(r.field, r.id) for r in BY_NOUN["workflow"].references(workflow)]
    assert told == [("filters[0].targets[0].queue", OTHER), ("default.queue", QUEUE)]
    assert {r.field for r in BY_NOUN["queue"].references(queue)} == {"overflow", "away_activity"}
    [site] = BY_NOUN["site"].references(saved("site"))
    assert (site.kind, site.id, site.field) == ("queue", QUEUE, "target.queue")
