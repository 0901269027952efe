"""`order_by`: how it is written, and in which order agents come."""

from __future__ import annotations

from typing import Any

import pytest

from signalling.domain.routing.grammar import BadExpression
from signalling.domain.routing.ordering import Ordering

pytestmark = pytest.mark.unit


def sorted_by(text: str, *agents: dict[str, Any]) -> list[Any]:
    ordering = Ordering.parse(text)
    return [a["name"] for a in sorted(agents, key=lambda agent: ordering.key(agent, {}))]


def test_agents_come_in_the_order_of_the_names() -> None:
    ada: dict[str, Any] = {"name": "ada", "skills": {"fr": 2}, "tier": "b"}
    ben: dict[str, Any] = {"name": "ben", "skills": {"fr": 5}, "tier": "b"}
    cleo: dict[str, Any] = {"name": "cleo", "skills": {"fr": 5}, "tier": "a"}
    dora: dict[str, Any] = {"name": "dora", "skills": {"fr": 5}}
    everybody = (ada, ben, cleo, dora)
    assert sorted_by("skills.fr DESC, tier", *everybody) == ["cleo", "ben", "dora", "ada"]
    assert sorted_by("skills.fr, tier desc, name DESC", *everybody) == [
        "ada",
        "ben",
        "cleo",
        "dora",
    ]
    assert sorted_by("name DESC", *everybody) == ["dora", "cleo", "ben", "ada"]


def test_a_longer_text_comes_before_its_beginning_when_it_falls() -> None:
    assert sorted_by("name DESC", {"name": "an"}, {"name": "ann"}) == ["ann", "an"]


def test_it_is_written_as_it_is_read() -> None:
    text = 'skills."customer care" DESC, task.tier, name'
    assert str(Ordering.parse(text)) == text
    assert Ordering.parse(str(Ordering.parse(" a.b  asc ,c"))) == Ordering.parse("a.b,c")


@pytest.mark.parametrize(
    ("text", "position"),
    [("", 1), ("a,", 3), ("a, 3", 5), ("a DOWN", 3), ("a, b == 1", 3), ("a,b,c,d,e,f", 1)],
)
def test_what_is_no_order_is_refused_at_its_place(text: str, position: int) -> None:
    with pytest.raises(BadExpression) as error:
        Ordering.parse(text, field="order_by")
    assert (error.value.position, error.value.field) == (position, "order_by")
