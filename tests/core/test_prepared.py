"""Prepared statements: what SQLAlchemy would send and give back, without its price."""

from __future__ import annotations

import enum
import sqlite3
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    Engine,
    Enum,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    bindparam,
    create_engine,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import (
    CompileError,
    IntegrityError,
    InvalidRequestError,
    MultipleResultsFound,
    NoResultFound,
    OperationalError,
)

from offhook.core.store.prepared import Prepared

pytestmark = pytest.mark.contract


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


things = Table(
    "things",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", String(20), nullable=False, unique=True),
    Column("data", JSON),
    Column("flag", Boolean),
    Column("raw", LargeBinary),
    Column("colour", Enum(Colour)),
    Column("at", Date),
    Column("price", Numeric(10, 2)),
)
stamped = Table(
    "stamped", MetaData(), Column("id", Integer, primary_key=True, default=lambda: 7), Column("n")
)

ALL_KINDS: list[dict[str, Any]] = [
    {
        "name": "one",
        "data": {"a": [1, None, "é"]},
        "flag": True,
        "raw": b"\x00\xff",
        "colour": Colour.BLUE,
        "at": date(2026, 5, 1),
        "price": Decimal("12.50"),
    },
    {
        "name": "none",
        "data": None,
        "flag": None,
        "raw": None,
        "colour": None,
        "at": None,
        "price": None,
    },
]

INSERT = Prepared(insert(things))
BY_NAME = select(things).where(things.c.name == bindparam("called"))


@pytest.fixture(params=["qmark", "named"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """SQLite with parameters by position, and by name as PostgreSQL's driver takes them."""
    made = create_engine("sqlite://", paramstyle=request.param)
    yield made
    made.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as opened:
        things.metadata.create_all(opened)
        yield opened


@pytest.mark.parametrize("row", ALL_KINDS, ids=["values", "nothing"])
def test_a_row_is_stored_and_read_as_sqlalchemy_does(
    connection: Connection, row: dict[str, Any]
) -> None:
    INSERT.run(connection, row)
    read = connection.execute(BY_NAME, {"called": row["name"]}).one()
    again = Prepared(BY_NAME).one_or_none(connection, {"called": row["name"]})
    assert tuple(again) == tuple(read)
    assert again._asdict() == {"id": 1, **row}
    connection.execute(delete(things))
    connection.execute(insert(things), row)
    assert tuple(Prepared(BY_NAME).all(connection, {"called": row["name"]})[0]) == tuple(read)


def test_the_parameters_name_the_columns_that_are_set(connection: Connection) -> None:
    change = Prepared(update(things).where(things.c.name == bindparam("called")))
    INSERT.run_each(connection, ALL_KINDS)
    assert change.run(connection, {"called": "one", "flag": False}) == 1
    assert change.run(connection, {"called": "one", "name": "uno", "data": [1]}) == 1
    assert change.run(connection, {"called": "one", "flag": True}) == 0
    uno = Prepared(BY_NAME).one_or_none(connection, {"called": "uno"})
    assert (uno.flag, uno.data, uno.raw) == (False, [1], b"\x00\xff")


def test_constants_of_a_statement_are_sent_with_it(connection: Connection) -> None:
    INSERT.run_each(connection, ALL_KINDS)
    flagged = Prepared(
        select(func.count()).where(things.c.flag == True, things.c.id < bindparam("end"))  # noqa: E712
    )
    assert flagged.scalar_one(connection, {"end": 9}) == 1
    assert flagged.scalar_one(connection, {"end": 1}) == 0


def test_an_upsert_returns_what_it_made(connection: Connection) -> None:
    new = upsert(things).values(name=bindparam("called"), data=bindparam("said", type_=JSON))
    put = Prepared(
        new.on_conflict_do_update(
            index_elements=[things.c.name], set_={"data": new.excluded.data, "flag": True}
        ).returning(things.c.data, things.c.flag)
    )
    assert tuple(put.all(connection, {"called": "x", "said": {"n": 1}})[0]) == ({"n": 1}, None)
    row = put.one_or_none(connection, {"called": "x", "said": {"n": 2}})
    assert (row.data, row.flag) == ({"n": 2}, True)


def test_one_is_one(connection: Connection) -> None:
    every = Prepared(select(things.c.name).order_by(things.c.id))
    assert every.one_or_none(connection, {}) is None
    assert every.scalar(connection, {}) is None
    with pytest.raises(NoResultFound):
        every.scalar_one(connection, {})
    INSERT.run_each(connection, ALL_KINDS)
    assert every.scalar(connection, {}) == "one"
    with pytest.raises(MultipleResultsFound):
        every.one_or_none(connection, {})
    INSERT.run_each(connection, [])
    assert len(every.all(connection, {})) == 2


def test_it_joins_the_transaction_and_begins_one_when_there_is_none(
    engine: Engine, connection: Connection
) -> None:
    connection.commit()
    INSERT.run(connection, {"name": "lost"})
    assert connection.in_transaction()
    connection.execute(insert(things), {"name": "lost too"})
    connection.rollback()
    assert Prepared(select(things)).all(connection, {}) == []


@pytest.mark.parametrize("rows", [1, 2])
def test_the_errors_of_the_driver_are_those_of_sqlalchemy(
    connection: Connection, rows: int
) -> None:
    with pytest.raises(IntegrityError, match="UNIQUE") as refused:
        INSERT.run_each(connection, [{"name": "a"}] * 2)
    with pytest.raises(IntegrityError, match="NOT NULL"):
        INSERT.run_each(connection, [{"name": None}] * rows)
    assert isinstance(refused.value.orig, sqlite3.IntegrityError)
    things.drop(connection)
    with pytest.raises(OperationalError, match="no such table"):
        Prepared(BY_NAME).all(connection, {"called": "a"})


def test_what_must_be_worked_out_each_time_is_refused(connection: Connection) -> None:
    some = Prepared(select(things).where(things.c.id.in_(bindparam("ids", expanding=True))))
    with pytest.raises(CompileError, match="expanding"):
        some.all(connection, {"ids": [1]})
    with pytest.raises(CompileError, match="defaults"):
        Prepared(insert(stamped)).run(connection, {"n": 1})
    with pytest.raises(InvalidRequestError, match="called"):
        Prepared(BY_NAME).all(connection, {})


def test_a_statement_that_was_read_keeps_nothing_open(connection: Connection) -> None:
    INSERT.run_each(connection, ALL_KINDS)
    Prepared(select(things)).scalar(connection, {})
    connection.commit()
    connection.exec_driver_sql("DROP TABLE things")
