"""SQL within one transaction: run a statement, read its rows, read many rows page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - a class in small letters
from psycopg2.sql import SQL, Composable, Identifier

_PAGE = 1_000


class Statements:
    """The cursor of a transaction. Names are quoted and values passed by whoever composes the statements."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor

    def execute(self, query: Composable) -> int:
        """Runs a statement; the number of rows concerned."""
        self._cursor.execute(query)
        return self._cursor.rowcount

    def rows(self, query: Composable) -> list[tuple[Any, ...]]:
        """All rows of a query whose answer is known to be small."""
        self._cursor.execute(query)
        return self._cursor.fetchall()

    def number(self, query: Composable) -> int:
        """The one number that a query answers."""
        return int(self.rows(query)[0][0])

    def paged(self, name: str, query: Composable) -> Iterator[tuple[Any, ...]]:
        """Rows of a query of any size, by a cursor in the database; other statements may run in between."""
        cursor = Identifier(name)
        self.execute(SQL("DECLARE {} NO SCROLL CURSOR FOR {}").format(cursor, query))
        while page := self.rows(SQL("FETCH {} FROM {}").format(SQL(str(_PAGE)), cursor)):
            yield from page
        self.execute(SQL("CLOSE {}").format(cursor))
