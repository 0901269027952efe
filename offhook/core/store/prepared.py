"""Statements that are compiled once and then run on the driver's own connection.

`Connection.execute` works out anew, each time, how a statement is sent and how its rows are read;
that costs several times what the database takes for a short one. Which parameters and columns
there are, and how their types are converted, is SQLAlchemy's all the same.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.engine.interfaces import DBAPICursor, DBAPIModule
from sqlalchemy.exc import (
    CompileError,
    DBAPIError,
    InvalidRequestError,
    MultipleResultsFound,
    NoResultFound,
)
from sqlalchemy.sql.compiler import SQLCompiler

Statement = Select[Any] | Insert | Update | Delete
Parameters = Mapping[str, Any]
T = TypeVar("T")


class Prepared:
    """A statement for the hot paths, run in the caller's transaction.

    As with `Connection.execute`, the parameters of an insert or update name the columns it sets
    beside the statement's own, a transaction begins when there is none, rows have the columns as
    attributes, and the driver's errors come as those of `sqlalchemy.exc`. Expanding parameters
    (`in_`) and columns with a default made in Python are refused: those stay with `execute`.
    """

    def __init__(self, statement: Statement) -> None:
        # Inline: the key that the database gives a new row is not fetched, for nobody asks for it.
        self._statement = statement.inline() if isinstance(statement, Insert) else statement
        self._forms: WeakKeyDictionary[Dialect, dict[tuple[str, ...], _Form]] = WeakKeyDictionary()

    def run(self, connection: Connection, parameters: Parameters) -> int:
        """Carry out a statement that returns no rows; how many it touched."""
        return self._form(connection, parameters).execute(connection, parameters, _rowcount)

    def run_each(self, connection: Connection, rows: Sequence[Parameters]) -> None:
        """Carry it out for each of these, which all name the same parameters."""
        if len(rows) == 1:
            self.run(connection, rows[0])
        elif rows:
            self._form(connection, rows[0]).execute_many(connection, rows)

    def all(self, connection: Connection, parameters: Parameters) -> list[Any]:
        """All rows."""
        form = self._form(connection, parameters)
        return form.execute(connection, parameters, form.rows)

    def one_or_none(self, connection: Connection, parameters: Parameters) -> Any:
        """The only row; None when there is none. Raises `MultipleResultsFound`."""
        rows = self.all(connection, parameters)
        if len(rows) > 1:
            raise MultipleResultsFound("more than one row, and one or none was expected")
        return rows[0] if rows else None

    def scalar(self, connection: Connection, parameters: Parameters) -> Any:
        """The first column of the first row; None when there is no row."""
        rows = self.all(connection, parameters)
        return rows[0][0] if rows else None

    def scalar_one(self, connection: Connection, parameters: Parameters) -> Any:
        """The first column of the only row. Raises `NoResultFound`, `MultipleResultsFound`."""
        row = self.one_or_none(connection, parameters)
        if row is None:
            raise NoResultFound("no row, and one was expected")
        return row[0]

    def _form(self, connection: Connection, parameters: Parameters) -> _Form:
        dialect, given = connection.dialect, tuple(parameters)
        try:
            return self._forms[dialect][given]
        except KeyError:
            form = _Form(self._statement, dialect, given)
            self._forms.setdefault(dialect, {})[given] = form
            return form


class _Form:
    """A statement as one dialect writes it, for parameters of these names."""

    def __init__(self, statement: Statement, dialect: Dialect, given: tuple[str, ...]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(given))
        if not isinstance(compiled, SQLCompiler):
            raise TypeError("only a statement of SQL can be prepared")
        _check(compiled, given)
        self._sql = compiled.string
        self._driver_error = dialect.loaded_dbapi.Error
        self._constants = {k: v for k, v in compiled.params.items() if k not in given}
        self._binds = _binds(compiled, dialect)
        self._positional = compiled.positional
        self._columns = tuple(statement.exported_columns)
        self._row: Callable[[Sequence[Any]], Any] | None = None

    def execute(
        self,
        connection: Connection,
        parameters: Parameters,
        take: Callable[[DBAPICursor, Dialect], T],
    ) -> T:
        """Run it, and take from the cursor what is wanted."""
        sent = self._sent(parameters)
        cursor = _cursor(connection)
        try:
            cursor.execute(self._sql, sent)
            return take(cursor, connection.dialect)
        except self._driver_error as error:
            self._fail(connection, cursor, sent, error)
        finally:
            cursor.close()

    def execute_many(self, connection: Connection, rows: Sequence[Parameters]) -> None:
        """Run it for each of these."""
        sent = [self._sent(parameters) for parameters in rows]
        cursor = _cursor(connection)
        try:
            cursor.executemany(self._sql, sent)
        except self._driver_error as error:
            self._fail(connection, cursor, sent, error)
        finally:
            cursor.close()

    def rows(self, cursor: DBAPICursor, dialect: Dialect) -> list[Any]:
        """All rows of a cursor; a statement that is left half read would stay open."""
        found = cursor.fetchall()
        if self._row is None:
            self._row = _reader(self._columns, cursor, dialect)
        return list(map(self._row, found))

    def _sent(self, parameters: Parameters) -> Any:
        """The parameters as the driver takes them."""
        values = {**self._constants, **parameters} if self._constants else parameters
        if self._positional:
            return [values[n] if how is None else how(values[n]) for n, how in self._binds]
        return {n: values[n] if how is None else how(values[n]) for n, how in self._binds}

    def _fail(
        self, connection: Connection, cursor: DBAPICursor, sent: Any, error: DBAPIModule.Error
    ) -> NoReturn:
        """Raise the driver's error as SQLAlchemy names it; a lost connection is given up."""
        dialect = connection.dialect
        lost = dialect.is_disconnect(error, connection.connection, cursor)
        named = DBAPIError.instance(
            self._sql,
            sent,
            error,
            self._driver_error,
            hide_parameters=connection.engine.hide_parameters,
            connection_invalidated=lost,
            dialect=dialect,
        )
        if lost:
            connection.invalidate(error)
        raise named from error


def _cursor(connection: Connection) -> DBAPICursor:
    """A cursor of the driver, in the connection's transaction."""
    if not connection.in_transaction():
        connection.begin()
    return connection.connection.cursor()


def _check(compiled: SQLCompiler, given: tuple[str, ...]) -> None:
    """Refuse what is worked out anew for each execution, and parameters without a value."""
    if compiled.post_compile_params or compiled.literal_execute_params:
        raise CompileError(f"a statement with expanding parameters: {compiled.string}")
    if compiled.insert_prefetch or compiled.update_prefetch:
        raise CompileError(f"a statement with defaults made in Python: {compiled.string}")
    for name, bind in compiled.binds.items():
        if bind.required and name not in given:
            raise InvalidRequestError(f"a value is required for {name}: {compiled.string}")


def _binds(
    compiled: SQLCompiler, dialect: Dialect
) -> list[tuple[str, Callable[[Any], Any] | None]]:
    """The parameters in the statement's order, each with how its type is converted."""
    names = compiled.positiontup if compiled.positional else compiled.bind_names.values()
    return [
        (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
        for name in names or ()
    ]


def _reader(
    columns: Sequence[ColumnElement[Any]], cursor: DBAPICursor, dialect: Dialect
) -> Callable[[Sequence[Any]], Any]:
    """How a row is made of the driver's: by name, and each column converted as its type wants."""
    row: Any = namedtuple("Row", [column.key or "" for column in columns], rename=True)  # type: ignore[misc]
    converted = [
        (at, how)
        for at, (column, told) in enumerate(zip(columns, cursor.description, strict=True))
        if (how := column.type.dialect_impl(dialect).result_processor(dialect, told[1]))
    ]

    def convert(found: Sequence[Any]) -> Any:
        values = list(found)
        for at, how in converted:
            values[at] = how(values[at])
        return make(values)

    make: Callable[[Sequence[Any]], Any] = row._make
    return convert if converted else make


def _rowcount(cursor: DBAPICursor, dialect: Dialect) -> int:
    return cursor.rowcount
