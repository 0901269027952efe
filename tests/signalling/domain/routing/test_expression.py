"""Expressions: what they mean, how they are written, and what is said of those that are wrong."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalling.domain.routing.expression import MAX_DEPTH, MAX_LENGTH, BadExpression, Expression
from tests.signalling.domain.routing import sayings

pytestmark = pytest.mark.unit

AGENT = {"name": "Ada", "tier": "gold", "skills": {"fr": 3}, "tags": ["vip", "night"], "age": 40}
TASK = {"lang": "fr", "level": 3, "tags": ["vip"], "need": {"tier": "gold"}}


def true(text: str) -> bool:
    return Expression.parse(text).holds(AGENT, TASK)


@pytest.mark.parametrize(
    "text",
    [
        "skills.fr >= 3",
        "skills.fr >= task.level",
        "tier == task.need.tier",
        "tier IN ['gold', 'silver'] AND tags HAS 'vip'",
        "task.tags HAS 'vip'",
        "skills HAS task.lang",
        "'night' in tags",
        "age > 39.5 and age <= 40",
        "name < 'Bob'",
        "NOT tier == 'silver' AND tier != 'silver'",
        "tier == 'silver' OR tier == 'gold' AND age == 40",
        "tags NOT HAS 'day' AND 'day' NOT IN tags",
        "missing == null AND tier != null",
        "TRUE",
    ],
)
def test_what_holds_of_this_agent_and_this_task(text: str) -> None:
    assert true(text)
    assert not true(f"NOT ({text})")


@pytest.mark.parametrize("operator", ["==", "!=", "<", "<=", ">", ">=", "IN", "NOT IN", "HAS"])
def test_a_missing_name_compares_false(operator: str) -> None:
    assert not true(f"missing {operator} tags")
    assert not true(f"missing.deeper {operator} task.nothing")


def test_a_missing_skill_is_level_0() -> None:
    assert true("skills.de == 0 AND skills.de < 1")
    assert Expression.parse("skills.de < 1").holds({})
    assert not Expression.parse("task.skills.de < 1").holds({}, {"skills": {}})


def test_values_of_different_kinds_are_unequal_and_have_no_order() -> None:
    assert true("age != 'gold' AND tags != 'vip'")
    assert not true("age < 'gold' OR age > 'gold' OR true < 2 OR tags >= 1")
    assert not true("1 == true OR 0 == false OR tags == tags")


def test_and_binds_closer_than_or_and_not_closest() -> None:
    assert true("true OR true AND false")
    assert not true("(true OR true) AND false")
    assert true("NOT false AND true")


def test_a_part_of_a_name_may_be_quoted() -> None:
    agent = {"skills": {"customer care": 5, "2nd": 1, "fr-CA": 2}}
    written = "skills.'customer care' >= 4 AND skills.2nd == 1 AND skills.fr-CA == 2"
    assert Expression.parse(written).holds(agent)


def test_it_is_written_as_it_was_read() -> None:
    text = "  skills.fr>=3   and tier in ['gold']"
    assert str(Expression.parse(text)) == text


def test_two_are_equal_when_they_say_the_same() -> None:
    assert Expression.parse("a=='x'and(b)") == Expression.parse('a == "x" AND b')
    assert Expression.parse("a == 1") != Expression.parse("a == 1.0")
    assert Expression.parse("a == 1") != Expression.parse("a == true")


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ("", 1, "a name or a value is expected, not the end"),
        ("tier = 'gold'", 6, "'==' is expected"),
        ("tier == ", 9, "a name or a value is expected"),
        ("tier == 'gold", 9, "no closing quote"),
        ("tier == 'a\\n'", 11, "only before a quote"),
        ("(tier == 'gold'", 16, "')' is expected, not the end"),
        ("tier == 'gold')", 15, "AND, OR or the end is expected"),
        ("tier 'gold'", 6, "AND, OR or the end is expected"),
        ("3", 2, "a comparison is expected"),
        ("tier NOT 'gold'", 10, "IN or HAS is expected"),
        ("tier IN 'gold'", 9, "a list or a name is expected"),
        ("tier == ['gold']", 9, "only after IN or before HAS"),
        ("['gold']", 9, "HAS is expected"),
        ("tier IN ['gold' 'x']", 17, "']' is expected"),
        ("tier IN [gold]", 10, "a value is expected"),
        ("task == 'x'", 6, "a dot and a name after 'task'"),
        ("skills. == 3", 9, "a name after the dot"),
        ("age == 12x", 8, "not a number"),
        ("age == 1e999", 8, "too large"),
        ("age ? 3", 5, "'?' has no meaning"),
        ("and == 3", 1, "a name or a value is expected, not 'and'"),
    ],
)
def test_the_position_of_what_is_wrong(text: str, position: int, expected: str) -> None:
    with pytest.raises(BadExpression) as error:
        Expression.parse(text, field="expression")
    assert (error.value.position, error.value.code) == (position, "bad_expression")
    assert error.value.field == "expression"
    assert expected in str(error.value)
    assert str(error.value).startswith(f"Character {position}: ")


def test_texts_are_bounded() -> None:
    longest = "a == '" + "x" * (MAX_LENGTH - 7) + "'"
    assert len(str(Expression.parse(longest))) == MAX_LENGTH
    with pytest.raises(BadExpression) as error:
        Expression.parse(longest + " ")
    assert error.value.position == MAX_LENGTH + 1


@pytest.mark.parametrize(("opens", "closes"), [("(", ")"), ("NOT ", "")])
def test_nesting_is_bounded(opens: str, closes: str) -> None:
    assert Expression.parse(opens * MAX_DEPTH + "a" + closes * MAX_DEPTH)
    with pytest.raises(BadExpression) as error:
        Expression.parse(opens * 400 + "a" + closes * 400)
    assert error.value.position == MAX_DEPTH * len(opens) + 1


@given(sayings.sayings, sayings.subjects, sayings.tasks, st.booleans(), st.booleans())
def test_it_means_what_the_reference_says(
    saying: sayings.Saying, subject: dict[str, Any], task: dict[str, Any], lower: bool, wide: bool
) -> None:
    text = sayings.render(saying, lower=lower, wide=wide)
    meant = sayings.means(saying, subject, task)
    assert Expression.parse(text).holds(subject, task) is meant


@given(sayings.sayings, st.booleans(), st.booleans())
def test_what_it_writes_is_read_as_the_same(
    saying: sayings.Saying, lower: bool, wide: bool
) -> None:
    read = Expression.parse(sayings.render(saying, lower=lower, wide=wide))
    again = Expression.parse(str(read.root))
    assert again == read
    assert str(again.root) == str(read.root)


@given(st.text(max_size=60) | st.text("anotskil.'\"()[]<>=!,1 -", max_size=60))
def test_any_text_is_read_or_refused_at_a_place_in_it(text: str) -> None:
    try:
        read = Expression.parse(text)
    except BadExpression as refusal:
        position = refusal.position
    else:
        assert Expression.parse(str(read.root)) == read
        return
    assert 1 <= position <= len(text) + 1
