"""Reads the text of an expression, by recursive descent.

    condition  = all { OR all }
    all        = one { AND one }
    one        = NOT one | "(" condition ")" | relation
    relation   = operand [ ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) operand ]
               | operand [ NOT ] IN ( list | name ) | ( list | name ) [ NOT ] HAS operand
    operand    = text | number | true | false | null | name
    list       = "[" [ literal { "," literal } ] "]"
    name       = [ "task." ] word { "." ( word | text ) }

Words of the language may be written in any case. A text stands between ' or ", in which \\ comes
before a quote or another \\.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from offhook.core.errors import InvalidInput
from signalling.domain.routing.terms import (
    FIRST,
    OPERATORS,
    PART,
    Comparison,
    Condition,
    Joined,
    Literal,
    Membership,
    Name,
    Not,
    Operand,
    Truth,
    Values,
)

#: The longest text, in characters, and the deepest nesting of parentheses and NOT.
MAX_LENGTH, MAX_DEPTH = 2000, 32

_WORDS = {"and", "or", "not", "in", "has", "true", "false", "null"}
_CONSTANTS = {"true": True, "false": False, "null": None}
_OTHER = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.]))
    |(?P<sign>==|!=|<=|>=|[<>()\[\],.])""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class BadExpression(InvalidInput):
    """The text is no expression; `position` is the character, from 1, where that shows."""

    code = "bad_expression"
    position: int

    def __init__(self, problem: str, position: int, field: str | None = None) -> None:
        super().__init__(f"Character {position}: {problem}", field=field)
        self.problem = problem
        self.position = position


class _Token(NamedTuple):
    """A piece of the text; `kind` is text, number, word, sign or end."""

    kind: str
    text: str
    position: int

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else f"{self.text[:40]!r}"


def read(text: str) -> Condition:
    """The condition that the text says; raises `BadExpression`."""
    if len(text) > MAX_LENGTH:
        problem = f"an expression has at most {MAX_LENGTH} characters."
        raise BadExpression(problem, MAX_LENGTH + 1)
    return _Reader(text).whole()


class _Reader:
    """One pass over a text; `_token` is the next token that nobody has taken."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._end = 0
        self._depth = 0
        self._token = self._scan()

    def whole(self) -> Condition:
        """The condition, which reaches to the end of the text."""
        condition = self._condition()
        if self._token.kind != "end":
            raise self._expected("AND, OR or the end")
        return condition

    # --- conditions -----------------------------------------------------------------------------

    def _condition(self) -> Condition:
        found = [self._all()]
        while self._takes("or"):
            found.append(self._all())
        return found[0] if len(found) == 1 else Joined("OR", tuple(found))

    def _all(self) -> Condition:
        found = [self._one()]
        while self._takes("and"):
            found.append(self._one())
        return found[0] if len(found) == 1 else Joined("AND", tuple(found))

    def _one(self) -> Condition:
        position = self._token.position
        if self._takes("not"):
            self._deeper(position)
            negated = Not(self._one())
            self._depth -= 1
            return negated
        if self._takes("("):
            self._deeper(position)
            condition = self._condition()
            self._require(")")
            self._depth -= 1
            return condition
        return self._relation()

    def _deeper(self, position: int) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise BadExpression(f"nesting goes at most {MAX_DEPTH} deep.", position)

    def _relation(self) -> Condition:
        began = self._token
        left = self._operand()
        if self._token.text in OPERATORS and self._token.kind == "sign":
            operator = self._next().text
            return Comparison(self._single(left, began), operator, self._side())
        negated = self._takes("not")
        if self._takes("in"):
            return self._membership(left, began, negated=negated)
        if self._takes("has"):
            group = self._group(left, began)
            return Membership(self._side(), group, has=True, negated=negated)
        if negated:
            raise self._expected("IN or HAS")
        return self._truth(left, began)

    def _membership(self, left: Operand, began: _Token, *, negated: bool) -> Membership:
        item, group_began = self._single(left, began), self._token
        return Membership(item, self._group(self._operand(), group_began), negated=negated)

    def _truth(self, left: Operand, began: _Token) -> Truth:
        if isinstance(left, Values):
            raise self._expected("HAS")
        if isinstance(left, Literal) and not isinstance(left.value, bool):
            raise self._expected("a comparison")
        return Truth(self._single(left, began))

    # --- operands -------------------------------------------------------------------------------

    def _side(self) -> Literal | Name:
        began = self._token
        return self._single(self._operand(), began)

    def _single(self, operand: Operand, began: _Token) -> Literal | Name:
        if isinstance(operand, Values):
            raise BadExpression("a list stands only after IN or before HAS.", began.position)
        return operand

    def _group(self, operand: Operand, began: _Token) -> Values | Name:
        if isinstance(operand, Literal):
            problem = f"a list or a name is expected, not {began}."
            raise BadExpression(problem, began.position)
        return operand

    def _operand(self) -> Operand:
        token = self._token
        if self._takes("["):
            return self._values()
        if token.kind == "word" and token.text.lower() not in _WORDS:
            return self._name()
        return self._literal("a name or a value")

    def _values(self) -> Values:
        items: list[Literal] = []
        if not self._takes("]"):
            items.append(self._literal("a value"))
            while self._takes(","):
                items.append(self._literal("a value"))
            self._require("]")
        return Values(tuple(items))

    def _literal(self, expected: str) -> Literal:
        token, word = self._token, self._token.text.lower()
        if token.kind == "word" and word in _CONSTANTS:
            self._next()
            return Literal(_CONSTANTS[word])
        if token.kind == "number":
            self._next()
            return Literal(_number(token))
        if token.kind == "text":
            self._next()
            return Literal(_unquoted(token))
        raise self._expected(expected)

    def _name(self) -> Name:
        first, parts = self._next().text, []
        while self._token[:2] == ("sign", "."):
            parts.append(self._part())
        if first != "task":
            return Name((first, *parts))
        if not parts:
            raise self._expected("a dot and a name after 'task'")
        return Name(tuple(parts), of_task=True)

    def _part(self) -> str:
        """What comes after the dot: a word, which may begin with a digit here, or a text."""
        if found := PART.match(self._text, self._end):
            self._end = found.end()
            self._token = self._scan()
            return found[0]
        self._next()
        if self._token.kind != "text":
            raise self._expected("a name after the dot")
        return _unquoted(self._next())

    # --- tokens ---------------------------------------------------------------------------------

    def _takes(self, word: str) -> bool:
        """Take the next token if it is this word or sign."""
        if self._token.kind not in ("word", "sign") or self._token.text.lower() != word:
            return False
        self._next()
        return True

    def _require(self, sign: str) -> None:
        if not self._takes(sign):
            raise self._expected(repr(sign))

    def _next(self) -> _Token:
        taken, self._token = self._token, self._scan()
        return taken

    def _scan(self) -> _Token:
        while self._end < len(self._text) and self._text[self._end].isspace():
            self._end += 1
        began = self._end
        if began == len(self._text):
            return _Token("end", "", began + 1)
        found = FIRST.match(self._text, began) or _OTHER.match(self._text, began)
        if found is None:
            raise BadExpression(_unreadable(self._text[began]), began + 1)
        self._end = found.end()
        return _Token(found.lastgroup or "word", found[0], began + 1)

    def _expected(self, what: str) -> BadExpression:
        return BadExpression(f"{what} is expected, not {self._token}.", self._token.position)


def _number(token: _Token) -> int | float:
    if token.text.lstrip("-").isdigit():
        return int(token.text)
    value = float(token.text)
    if value in (float("inf"), float("-inf")):
        raise BadExpression("the number is too large.", token.position)
    return value


def _unquoted(token: _Token) -> str:
    inside = token.text[1:-1]
    for escape in _ESCAPED.finditer(inside):
        if escape[1] not in "\"'\\":
            position = token.position + 1 + escape.start()
            raise BadExpression("\\ stands only before a quote or another \\.", position)
    return _ESCAPED.sub(r"\1", inside)


def _unreadable(character: str) -> str:
    if character in "\"'":
        return "the text has no closing quote."
    if character == "=":
        return "'==' is expected, not '='."
    if character in "-0123456789":
        return "this is not a number."
    return f"{character!r} has no meaning here."
