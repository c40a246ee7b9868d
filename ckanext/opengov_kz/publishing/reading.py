"""A reader's question to a table: from the page's address to the parameters of `datastore_search`. Pure decisions.

In the address, `q` searches the whole table, `f.<column>` one column, `min.<column>` and `max.<column>` bound a number
or a date, `sort=<column>` or `sort=-<column>` sorts, `page` counts from 1. What is wrong in it is left out and named in
`problems`: a page shows the rest and says what it left out, a download refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import urlencode

from .fulltext import column_query, full_text_query

Kind = Literal["text", "number", "date", "moment", "flag", "other"]

#: The DataStore's names of types, as `datastore_info` gives them.
_KINDS: Mapping[str, Kind] = {
    "text": "text",
    "varchar": "text",
    "bpchar": "text",
    "uuid": "text",
    "int2": "number",
    "int4": "number",
    "int8": "number",
    "numeric": "number",
    "float4": "number",
    "float8": "number",
    "date": "date",
    "timestamp": "moment",
    "timestamptz": "moment",
    "bool": "flag",
}
_NUMBER = re.compile(r"[+-]?[0-9]{1,40}([.,][0-9]{1,40})?")
_PAGE = re.compile(r"[0-9]{1,9}")
_MAX_QUERY = 200
_FLAGS = {"true": True, "false": False}


def kind_of(column_type: str) -> Kind:
    """What a column of this DataStore type is to a reader."""
    return _KINDS.get(column_type, "other")


@dataclass(frozen=True)
class Problem:
    """Something in the address that was left out: `code`, the column and the value concerned.

    Codes: `unknown_column`, `not_filterable`, `not_sortable`, `bad_number`, `bad_date`, `bad_flag`, `bad_page`,
    `page_past_end`.
    """

    code: str
    column: str = ""
    value: str = ""


@dataclass
class TableQuery:
    """What the reader asked for; `given` keeps every accepted parameter as it was typed, to be shown again."""

    search: str = ""
    sort: str = ""
    descending: bool = False
    page: int = 1
    texts: dict[str, str] = field(default_factory=dict)
    filters: dict[str, Any] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def filtered(self) -> bool:
        """Whether fewer rows than all are asked for."""
        return bool(self.search or self.texts or self.filters)

    def address(self, **changes: str | int | None) -> str:
        """The query string of the same question with some parameters changed, or left out where None."""
        return urlencode({k: v for k, v in (self.given | changes).items() if v not in {None, ""}})


def parse(arguments: Iterable[tuple[str, str]], fields: Sequence[Mapping[str, Any]]) -> TableQuery:
    """Reads the parameters of an address for a table with `fields` (`id`, `type`). Never raises."""
    kinds: dict[str, Kind] = {f["id"]: kind_of(f["type"]) for f in fields}
    query = TableQuery()
    seen: set[str] = set()
    for name, raw in arguments:
        value = " ".join(raw.replace("\0", " ").split())[:_MAX_QUERY]
        if not value or name in seen:
            continue
        seen.add(name)
        prefix, dot, column = name.partition(".")
        if dot and prefix in {"f", "min", "max"}:
            _read_filter(query, prefix, column, value, kinds)
        elif name == "q":
            query.search = query.given["q"] = value
        elif name == "sort":
            _read_sort(query, value, kinds)
        elif name == "page":
            _read_page(query, value)
    return query


def _read_sort(query: TableQuery, value: str, kinds: Mapping[str, Kind]) -> None:
    descending = value not in kinds and value.startswith("-")
    column = value[1:] if descending else value
    if column not in kinds:
        query.problems.append(Problem("unknown_column", column))
    elif kinds[column] == "other":
        query.problems.append(Problem("not_sortable", column))
    else:
        query.sort, query.descending = column, descending
        query.given["sort"] = value


def _read_page(query: TableQuery, value: str) -> None:
    if not _PAGE.fullmatch(value) or int(value) < 1:
        query.problems.append(Problem("bad_page", value=value))
    else:
        query.page = int(value)


def _read_filter(query: TableQuery, prefix: str, column: str, value: str, kinds: Mapping[str, Kind]) -> None:
    if column not in kinds:
        query.problems.append(Problem("unknown_column", column, value))
        return
    kind = kinds[column]
    if kind == "other" or (prefix != "f" and kind in {"text", "flag"}):
        query.problems.append(Problem("not_filterable", column, value))
        return
    if kind == "text":
        query.texts[column] = value
    elif kind == "flag":
        if value not in _FLAGS:
            query.problems.append(Problem("bad_flag", column, value))
            return
        query.filters[column] = _FLAGS[value]
    else:
        bounds = _number_bounds(prefix, value) if kind == "number" else _date_bounds(prefix, value, kind)
        if bounds is None:
            query.problems.append(Problem("bad_number" if kind == "number" else "bad_date", column, value))
            return
        query.filters.setdefault(column, {}).update(bounds)
    query.given[f"{prefix}.{column}"] = value


def _number_bounds(prefix: str, value: str) -> dict[str, Any] | None:
    typed = value.replace(" ", "")
    if not _NUMBER.fullmatch(typed):
        return None
    number = Decimal(typed.replace(",", "."))
    return {"f": {"gte": number, "lte": number}, "min": {"gte": number}, "max": {"lte": number}}[prefix]


def _date_bounds(prefix: str, value: str, kind: Kind) -> dict[str, Any] | None:
    try:
        day = date.fromisoformat(value)
        # The whole of the last day belongs to it, up to midnight.
        upper = {"lt": (day + timedelta(days=1)).isoformat()} if kind == "moment" else {"lte": day.isoformat()}
    except (ValueError, OverflowError):
        return None
    lower = {"gte": day.isoformat()}
    return {"f": lower | upper, "min": lower, "max": upper}[prefix]


def search_parameters(query: TableQuery) -> dict[str, Any]:
    """The parameters of `datastore_search` for the rows asked for, without their order and page."""
    parameters: dict[str, Any] = {"plain": False}
    if query.filters:
        parameters["filters"] = dict(query.filters)
    texts = {column: words for column, typed in query.texts.items() if (words := column_query(typed))}
    everywhere = full_text_query(query.search)
    if texts:
        parameters["q"] = texts
        if everywhere:
            parameters["full_text"] = everywhere
    elif everywhere:
        parameters["q"] = everywhere
    return parameters


def sort_parameters(query: TableQuery) -> list[str]:
    """The order: as asked, and by `_id` among equals, so that no row is shown twice or lost between two pages."""
    if not query.sort:
        return ["_id"]
    return [f'"{query.sort}" {"desc" if query.descending else "asc"} nulls last', "_id"]


@dataclass(frozen=True)
class Pages:
    """The pages of a result: the chosen one, the last one, and which of the rows it shows, from 1."""

    current: int
    last: int
    first_row: int
    last_row: int

    def shown(self) -> list[int | None]:
        """The numbers to link to: the ends and the neighbours, None for a gap."""
        near = {1, self.last, *range(max(1, self.current - 1), min(self.last, self.current + 1) + 1)}
        numbers: list[int | None] = []
        for number in sorted(near):
            if numbers and number - (numbers[-1] or 0) > 1:
                numbers.append(None)
            numbers.append(number)
        return numbers


def pages(total: int, page: int, size: int) -> Pages:
    """Where `page` lies in `total` rows; a page past the end is the last one."""
    last = max(1, -(-total // size))
    current = min(page, last)
    first_row = (current - 1) * size + 1
    return Pages(current, last, first_row if total else 0, min(current * size, total))
