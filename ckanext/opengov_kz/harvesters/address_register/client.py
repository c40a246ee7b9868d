"""The Address Register over HTTP: the contract of data.egov.kz's API v4, kept in this one place.

**Rows**, ``GET {base}/api/v4/{table}/data?source={…}``: a bare JSON array of objects. ``source`` is an Elasticsearch
query body, of which this client uses ``from``, ``size``, ``sort``, ``_source``, and ``query`` with ``match_all``,
``range`` and ``bool``/``must``. HTTP 204 and ``[]`` mean "no rows"; an error may come as ``{"error": "…"}``.

**How many rows**, ``GET {base}/api/detailed/{table}/data?source={…}``: ``{"totalCount": N, "data": […]}``.

The key travels in the header ``X-API-KEY`` (see `base.py`) and not in the address, which servers write into their logs.
HTTP 403 may mean "later" as well as "bad key", so it is tried again a few times, as are 429, 5xx, time-outs, a body
that breaks off, and one that is empty though the status is 200.

**While a table is paged it changes.** Pages are asked for in the order of ``id``, each from the last ``id`` that came
(`cursor`), so that rows added or removed meanwhile move no other row across a page's border. Where an agency refuses
``range``, `offset` pages by ``from``: every page begins with the last row of the one before, and steps back until it
finds it. Rows that come twice keep coming twice: the mapping tells of them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from ckanext.opengov_kz.shared.http import GuardedClient, InvalidJson, RequestFailed

#: In the order in which they are loaded: what others point to comes first.
TABLES = (
    "d_ats_types",
    "d_geonims_types",
    "d_buildings_pointers",
    "d_rooms_types",
    "s_ats",
    "s_geonims",
    "s_grounds_new",
    "s_buildings",
    "s_pb",
)
#: The tables without `modified`: a few rows each, loaded whole every time.
UNDATED = frozenset({"d_ats_types", "d_geonims_types", "d_buildings_pointers", "d_rooms_types"})

MOMENT = "%Y-%m-%d %H:%M:%S"

#: Statuses that are tried again beside 429 and 5xx.
RETRY_STATUSES = frozenset({403})

Paging = Literal["cursor", "offset"]
PAGINGS: tuple[Paging, ...] = ("cursor", "offset")

ContractCode = Literal["broken_json", "agency_error", "not_a_list", "no_identifiers", "not_sorted", "total_mismatch"]

_NO_CONTENT = 204
_NOT_FOUND = 404


class ContractError(Exception):
    """The agency's answer breaks the contract: `code` says how, `details` where (`table`, `page`, …)."""

    def __init__(self, code: ContractCode, **details: str | int) -> None:
        super().__init__(f"Address Register: {code} {details}")
        self.code: ContractCode = code
        self.details = details


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows as the agency sent them; `number` counts from 1, `of` is 0 where nobody knows."""

    number: int
    of: int
    items: list[Any]


@dataclass(frozen=True, slots=True)
class Begun:
    """What is already kept of a load: so many pages and rows, and the last page's items."""

    pages: int = 0
    received: int = 0
    last_page: tuple[Any, ...] = ()


@dataclass
class AddressRegisterClient:
    """Reads the register page by page; every request goes through the guarded client.

    - `rate`: requests per second at the most, 0 for as fast as it goes;
    - `attempts`: how often a page is asked for whose body cannot be read, with a pause that doubles each time.

    Errors of all methods: `ContractError` and those of `shared.http`.
    """

    base_url: str
    http: GuardedClient
    page_size: int = 1000
    rate: float = 0.0
    attempts: int = 4
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)
    _asked_at: float = field(default=0.0, init=False, repr=False)

    def total(self, table: str, since: str | None = None) -> int | None:
        """How many rows the table has, or those modified since a moment; None where the agency does not say."""
        source = {"size": 1, "query": _query(since=since)}
        try:
            answer = self._ask(table, "detailed", source, page=0)
        except RequestFailed as error:
            if error.status == _NOT_FOUND:
                return None
            raise
        total = answer.get("totalCount") if isinstance(answer, dict) else None
        return total if isinstance(total, int) and not isinstance(total, bool) and total >= 0 else None

    def exists(self, table: str) -> bool:
        """Whether the agency has the table."""
        try:
            self._rows(table, {"size": 1, "query": {"match_all": {}}}, page=0)
        except RequestFailed as error:
            if error.status == _NOT_FOUND:
                return False
            raise
        return True

    def newest(self, table: str, now: datetime) -> str | None:
        """The latest `modified` by the agency's own clock; a date of the future, an error, is passed over.

        The next load asks for what was modified since this moment, which therefore has to be known before this load
        begins.
        """
        limit = (now + timedelta(days=1)).strftime(MOMENT)
        source = {
            "size": 1,
            "sort": [{"modified": {"order": "desc"}}],
            "query": {"range": {"modified": {"lte": limit}}},
        }
        items = self._rows(table, source, page=0)
        value = items[0].get("modified") if items and isinstance(items[0], dict) else None
        return value if isinstance(value, str) and read_moment(value) else None

    def pages(
        self, table: str, *, since: str | None = None, begun: Begun = Begun(), paging: Paging = "cursor"
    ) -> Iterator[Page]:
        """Yields the pages after those that are `begun`, in the order of `id`.

        :raises ContractError: `total_mismatch` where fewer rows came than the agency counts, before and after.
        """
        before = self.total(table, since)
        of = -(-before // self.page_size) if before else 0
        walk = _Walk(self, table, since, begun)
        number, received = begun.pages, begun.received
        for items in walk.by_cursor() if paging == "cursor" else walk.by_offset():
            number += 1
            received += len(items)
            yield Page(number, max(of, number) if of else 0, items)
        if before is None:
            return
        after = self.total(table, since)
        expected = min(before, before if after is None else after)
        if received < expected:
            raise ContractError("total_mismatch", table=table, expected=expected, got=received)

    def _rows(self, table: str, source: dict[str, Any], page: int) -> list[Any]:
        answer = self._ask(table, "v4", source, page)
        if answer is None:
            return []
        if isinstance(answer, dict) and "error" in answer:
            raise ContractError("agency_error", table=table, page=page, text=str(answer["error"])[:200])
        if not isinstance(answer, list):
            raise ContractError("not_a_list", table=table, page=page)
        return answer

    def _ask(self, table: str, door: str, source: dict[str, Any], page: int) -> Any:
        """One answer, decoded; None for HTTP 204."""
        url = f"{self.base_url.rstrip('/')}/api/{door}/{table}/data"
        headers = {"Accept": "application/json"}
        params = {"source": json.dumps(source, separators=(",", ":"))}
        for attempt in range(1, self.attempts + 1):
            self._keep_rate()
            answer = self.http.get(url, params, headers)
            if answer.status == _NO_CONTENT:
                return None
            try:
                return answer.json()
            except InvalidJson as error:
                if attempt == self.attempts:
                    raise ContractError("broken_json", table=table, page=page) from error
            self.sleep(self.http.backoff * 2 ** (attempt - 1))
        raise AssertionError  # attempts is at least 1

    def _keep_rate(self) -> None:
        if self.rate > 0:
            self.sleep(max(0.0, self._asked_at + 1 / self.rate - time.monotonic()))
        self._asked_at = time.monotonic()


class _Walk:
    """The way through one table; knows the last identifier that came and how many rows had it."""

    def __init__(self, client: AddressRegisterClient, table: str, since: str | None, begun: Begun) -> None:
        self.client = client
        self.table = table
        self.since = since
        self.page = begun.pages
        self.received = begun.received
        self.last: int | None = None
        self.times = 0
        self._follow(list(begun.last_page))

    def by_cursor(self) -> Iterator[list[Any]]:
        """Pages by `range` on `id`. The last row comes again with the next page: only so a repeated one is not lost."""
        while items := self._new(self._ask(self.last, 0)):
            yield items

    def by_offset(self) -> Iterator[list[Any]]:
        """Pages by `from`, which overlap by one row; where that row has moved, back until it is found."""
        while True:
            start = max(0, self.received - self.times)
            items = self._ask(None, start)
            while start and self.last is not None and (not items or _first(items) > self.last):
                start = max(0, start - self.client.page_size)
                items = self._ask(None, start)
            new = self._new(items)
            while not new and items and len(items) == self.client.page_size:
                # Rows were added before this place: the new ones lie further on.
                start += self.client.page_size
                items = self._ask(None, start)
                new = self._new(items)
            if not new:
                return
            yield new

    def _ask(self, after: int | None, start: int) -> list[Any]:
        source: dict[str, Any] = {
            "from": start,
            "size": self.client.page_size,
            "sort": [{"id": {"order": "asc"}}],
            "query": _query(since=self.since, after=after),
        }
        if not start:
            del source["from"]
        return self.client._rows(self.table, source, self.page + 1)  # noqa: SLF001 - one client, told in two classes

    def _new(self, items: list[Any]) -> list[Any]:
        """What of a page has not come yet."""
        seen = self.times
        new = []
        for item in items:
            key = identifier(item)
            if self.last is not None and key is not None and (key < self.last or (key == self.last and seen > 0)):
                seen -= key == self.last
                continue
            new.append(item)
        if new:
            self.page += 1
            self.received += len(new)
            self._follow(new)
        return new

    def _follow(self, items: list[Any]) -> None:
        before = self.last
        for item in items:
            key = identifier(item)
            if key is None:
                continue
            if self.last is not None and key < self.last:
                raise ContractError("not_sorted", table=self.table, page=self.page)
            self.times = self.times + 1 if key == self.last else 1
            self.last = key
        if items and self.last is None and before is None:
            raise ContractError("no_identifiers", table=self.table, page=self.page)


def identifier(item: Any) -> int | None:
    """The `id` of an item, which agencies send as a number or as its digits; None where there is none."""
    value = item.get("id") if isinstance(item, dict) else None
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str):
        value = value.strip()
        return int(value) if value.isascii() and value.isdecimal() else None
    return value if isinstance(value, int) else None


def read_moment(text: str) -> datetime | None:
    """A `modified` as the agency's clock showed it, without a zone; None where it cannot be read."""
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=None)
    except ValueError:
        return None


def _first(items: list[Any]) -> int:
    return next((key for item in items if (key := identifier(item)) is not None), 0)


def _query(*, since: str | None = None, after: int | None = None) -> dict[str, Any]:
    ranges = []
    if since is not None:
        ranges.append({"range": {"modified": {"gte": since}}})
    if after is not None:
        ranges.append({"range": {"id": {"gte": after}}})
    if not ranges:
        return {"match_all": {}}
    return ranges[0] if len(ranges) == 1 else {"bool": {"must": ranges}}
