"""What several kinds of objects are made of: names, languages, references and their checks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from offhook.core.errors import InvalidInput
from signalling.domain import names
from signalling.domain.routing.expression import MAX_LENGTH, Expression
from signalling.domain.routing.ordering import Ordering

Language = Literal["en", "fr", "de", "es", "it", "hi", "ar"]
Channel = Literal["voice", "video", "chat", "callback", "message"]

Name = Annotated[str, Meta(min_length=1, max_length=names.NAME_LIMIT)]
Label = Annotated[str, Meta(min_length=1, max_length=200)]
Words = Annotated[
    dict[Language, Label], Meta(min_length=1, description="The same words by language.")
]
Condition = Annotated[
    str,
    Meta(max_length=MAX_LENGTH, description="An expression, as `skills.fr >= 3`; empty: always."),
]
Seconds = Annotated[int, Meta(ge=0, le=86_400, description="Seconds.")]
Priority = Annotated[int, Meta(ge=0, le=1_000, description="The higher, the sooner.")]

_HEX = "[0-9a-f]{32}$"
UserRef = Annotated[str, Meta(pattern=f"^US{_HEX}")]
QueueRef = Annotated[str, Meta(pattern=f"^QU{_HEX}")]
WorkflowRef = Annotated[str, Meta(pattern=f"^WF{_HEX}")]
ActivityRef = Annotated[str, Meta(pattern=f"^AV{_HEX}")]
AgentRef = Annotated[str, Meta(pattern=f"^AG{_HEX}")]
DispositionRef = Annotated[str, Meta(pattern=f"^DS{_HEX}")]

#: A word in expressions: the name of a skill or attribute.
_WORD: Final = re.compile(r"[^\W\d]\w{0,63}\Z")


def in_language(words: Mapping[Any, str], language: str, first: str) -> str:
    """The words in a language as a browser names it (`pt-BR`), or else in `first`, or in any."""
    short = language.lower().partition("-")[0]
    return words.get(short) or words.get(first) or next(iter(words.values()), "")


class Reference(Struct, frozen=True):
    """`field` of an object names another object: its kind and id. `idle`: that is to be an activity
    in which no work is offered."""

    kind: str
    id: str
    field: str
    idle: bool = False


class Target(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where contacts go: to a queue, through a workflow, or to one agent; exactly one of them."""

    queue: QueueRef | None = None
    workflow: WorkflowRef | None = None
    agent: AgentRef | None = None


def check_target(target: Target, field: str) -> None:
    """Raise `InvalidInput` unless it names one thing."""
    if sum(each is not None for each in msgspec.structs.astuple(target)) != 1:
        raise InvalidInput("Name one of `queue`, `workflow` and `agent`.", field=field)


def of_target(target: Target, field: str) -> Iterator[Reference]:
    """What a target names."""
    for kind, id in msgspec.structs.asdict(target).items():
        if id is not None:
            yield Reference(kind, id, f"{field}.{kind}")


def of_ids(kind: str, ids: Sequence[str | None], field: str) -> Iterator[Reference]:
    """References of a list, or of what may be there once."""
    for id in ids:
        if id is not None:
            yield Reference(kind, id, field)


def check_condition(text: str, field: str) -> None:
    """Raise `InvalidInput` (code `bad_expression`) with the position of what is wrong."""
    if text.strip():
        Expression.parse(text, field=field)


def check_ordering(text: str, field: str) -> None:
    """Raise `InvalidInput` (code `bad_expression`) with the position of what is wrong."""
    if text.strip():
        Ordering.parse(text, field=field)


def check_word(text: str, field: str) -> None:
    """Raise `InvalidInput` unless an expression can name it."""
    if not _WORD.match(text):
        raise InvalidInput(
            f"{text[:64]!r} is no word: letters, digits and `_`, 64 at most, a letter first.",
            field=field,
        )


def check_distinct(values: Sequence[str], what: str, field: str) -> None:
    """Raise `InvalidInput` when one is there twice."""
    seen: set[str] = set()
    for n, value in enumerate(values):
        if value in seen:
            raise InvalidInput(f"The {what} {value!r} is there twice.", field=f"{field}[{n}]")
        seen.add(value)


def check_texts(value: Any, field: str = "") -> None:
    """Raise `InvalidInput` for a text, however deep, that cannot be stored or shown."""
    match value:
        case str():
            names.storable(value, field)
        case Mapping():
            for key, each in value.items():
                check_texts(key, field)
                check_texts(each, f"{field}.{key}" if field else str(key))
        case list() | tuple():
            for n, each in enumerate(value):
                check_texts(each, f"{field}[{n}]")
        case _:
            pass
