"""Boolean expressions over agents and tasks, such as `skills.fr >= 3 AND tier HAS task.tier`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from signalling.domain.routing.grammar import MAX_DEPTH as MAX_DEPTH
from signalling.domain.routing.grammar import MAX_LENGTH as MAX_LENGTH
from signalling.domain.routing.grammar import BadExpression as BadExpression
from signalling.domain.routing.grammar import read
from signalling.domain.routing.terms import Condition, Test, names

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition, compiled once; two are equal when they say the same in other spaces or quotes.

    `terms.py` says what the operators mean, `grammar.py` how they are written.
    """

    root: Condition
    text: str = field(compare=False)
    #: It has names that begin with `task.`: the answer differs from task to task.
    of_task: bool = field(compare=False)
    _test: Test = field(compare=False, repr=False)

    @classmethod
    def parse(cls, text: str, *, field: str | None = None) -> Expression:
        """Read an expression of at most 2,000 characters; `field` names the input it came in.

        Raises `BadExpression` with the position of what is wrong and what was expected there.
        """
        try:
            root = read(text)
        except BadExpression as error:
            error.field = field
            raise
        of_task = any(name.of_task for name in names(root))
        return cls(root, text, of_task, root.test())

    def __str__(self) -> str:
        """The text as it was written."""
        return self.text

    def holds(self, subject: Mapping[str, Any], task: Mapping[str, Any] = _NOTHING) -> bool:
        """Whether it is true; bare names are of the subject, `task.` names of the task.

        Never raises, whatever the attributes are.
        """
        return self._test(subject, task)
