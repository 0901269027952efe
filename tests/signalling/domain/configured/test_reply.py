"""Canned replies: the places in a text are known, and filled with what is known."""

from __future__ import annotations

import pytest

from offhook.core.errors import InvalidInput
from signalling.domain.configured.reply import filled, variables

pytestmark = pytest.mark.unit


def test_places_are_filled_and_what_is_not_known_is_left_out() -> None:
    text = "Dear {{ visitor.name }}, this is {{agent.name}} of {{site.name}}.{{form.order}}"
    known = {"visitor.name": "Ada {{agent.name}}", "agent.name": "Tom"}
    assert filled(text, known) == "Dear Ada {{agent.name}}, this is Tom of ."


def test_the_variables_of_a_text_are_told_in_order() -> None:
    text = "{{form.order_id}} {{visitor.name}} {{attributes.größe}} { {x} } {{}"
    assert variables(text, "text") == ["form.order_id", "visitor.name", "attributes.größe"]


@pytest.mark.parametrize(
    ("text", "position"), [("Hi {{nobody}}", 4), ("{{form.}}", 1), ("a {{date}} {{x y}}", 12)]
)
def test_a_variable_that_does_not_exist_is_refused_with_its_position(
    text: str, position: int
) -> None:
    with pytest.raises(InvalidInput) as error:
        variables(text, "texts.en")
    assert (error.value.code, error.value.position) == ("bad_variable", position)
    assert error.value.field == "texts.en"
