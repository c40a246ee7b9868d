"""A statistical database over HTTP: the contract that is assumed, kept in this one place.

Central bodies have no common interface for their statistics. When a real one is known, this file and ``simulator.py``
change and nothing else. All answers are JSON objects in UTF-8; pages count from 1; ``size`` is at most 1000.

**Indicators**, ``GET {base}/api/indicators?page=&size=``::

    {"page": 1, "pages": 1, "total": 2, "items": [
      {"code": "701592", "name_kaz": "…", "name_rus": "…", "name_eng": "…", "unit_kaz": "адам", "unit_rus": "человек",
       "period": "QUARTER", "topic": "labour", "version": "2026-02-14"}]}

- ``period``: YEAR, HALF_YEAR, QUARTER, MONTH, WEEK or DAY; ``topic``: a word, or null;
- ``version``: any non-empty text that is another one after each publication.

**Values of one indicator**, ``GET {base}/api/indicators/{code}/values?page=&size=&version=``::

    {"indicator": "701592", "version": "2026-02-14", "page": 1, "pages": 3, "total": 2400, "items": [
      {"period": "2025-Q4", "kato": "710000000", "territory_kaz": "…", "territory_rus": "…", "value": "1250.5",
       "published": "2026-02-14", "note": null}]}

- the values in force, each period and territory once, in the order of periods and territories: the database itself
  gives no value that was revised, so this portal keeps it;
- ``kato`` null: the whole country; ``value`` null, ``…``, ``-`` or ``x``: there is none, and ``note`` may say why;
- ``published``: the day of this very value (a revision has its own), or null;
- ``version`` asks for that version, so that a publication in the middle of paging is not seen; HTTP 410 afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ckanext.opengov_kz.shared.http import GuardedClient, InvalidJson, RequestFailed

MAX_PAGE_SIZE = 1000

ContractCode = Literal[
    "broken_json",
    "not_an_object",
    "missing_key",
    "wrong_type",
    "wrong_page",
    "empty_page",
    "total_changed",
    "total_mismatch",
    "version_changed",
    "version_gone",
]

_CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")
_GONE = 410


class ContractError(Exception):
    """The database's answer breaks the contract; ``code`` says how, ``details`` where."""

    def __init__(self, code: ContractCode, **details: str | int) -> None:
        """Keep what is needed to word the error."""
        super().__init__(f"{code} ({details})")
        self.code: ContractCode = code
        self.details = details


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator of the list; texts by language, only those that were given."""

    code: str
    version: str
    names: Mapping[str, str]
    units: Mapping[str, str]
    period: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of values as they came; ``number`` of ``pages``, counted from 1."""

    number: int
    pages: int
    total: int
    items: tuple[Any, ...]


@dataclass
class StatisticsClient:
    """Reads a database page by page; every request goes through the guarded client.

    Errors of all methods: ``ContractError`` and those of ``shared.http``.
    """

    base_url: str
    http: GuardedClient
    page_size: int = MAX_PAGE_SIZE
    unusable: list[str] = field(default_factory=list, init=False)
    """Codes of the last list's entries that could not be used; the others were."""

    def indicators(self) -> list[Indicator]:
        """The whole list, each code once."""
        self.unusable.clear()
        found: dict[str, Indicator] = {}
        for _page, item in ((page, item) for page in self._walk("", {}, 1, 0) for item in page.items):
            indicator = _indicator(item)
            if indicator is None:
                self.unusable.append(str(item.get("code") if isinstance(item, Mapping) else item)[:64])
            else:
                found.setdefault(indicator.code, indicator)
        return list(found.values())

    def values(self, code: str, version: str, start_page: int = 1, received: int = 0) -> Iterator[Page]:
        """Yield the pages of one version from ``start_page`` on, ``received`` values having come before."""
        return self._walk(f"/{code}/values", {"version": version}, start_page, received)

    def _walk(self, path: str, asked: Mapping[str, str], start: int, received: int) -> Iterator[Page]:
        number, pages, total = start, start, None
        while number <= pages:
            page = self._page(path, number, asked)
            total = page.total if total is None else total
            if page.total != total:
                raise ContractError("total_changed", page=number, expected=total, got=page.total)
            if not page.items and page.total:
                raise ContractError("empty_page", page=number)
            pages = page.pages
            received += len(page.items)
            if number >= pages and received != total:
                raise ContractError("total_mismatch", expected=total, got=received)
            yield page
            number += 1

    def _page(self, path: str, number: int, asked: Mapping[str, str]) -> Page:
        url = f"{self.base_url.rstrip('/')}/api/indicators{path}"
        try:
            answer = self.http.get_json(url, {"page": number, "size": self.page_size, **asked})
        except InvalidJson as error:
            raise ContractError("broken_json", page=number) from error
        except RequestFailed as error:
            if error.status == _GONE:
                raise ContractError("version_gone", page=number) from error
            raise
        return _page(answer, number, asked.get("version"))


def _page(answer: Any, number: int, version: str | None) -> Page:
    if not isinstance(answer, dict):
        raise ContractError("not_an_object", page=number)
    for key in ("page", "pages", "total"):
        if key not in answer:
            raise ContractError("missing_key", page=number, key=key)
        if not isinstance(answer[key], int) or isinstance(answer[key], bool) or answer[key] < 0:
            raise ContractError("wrong_type", page=number, key=key)
    if not isinstance(answer.get("items"), list):
        raise ContractError("wrong_type", page=number, key="items")
    if answer["page"] != number:
        raise ContractError("wrong_page", page=number, got=answer["page"])
    if version and answer.get("version") != version:
        raise ContractError("version_changed", page=number)
    return Page(number, answer["pages"], answer["total"], tuple(answer["items"]))


def _indicator(item: Any) -> Indicator | None:
    if not isinstance(item, Mapping):
        return None
    code, version = item.get("code"), item.get("version")
    # The code becomes a part of addresses and of the dataset's name: nothing else may be in it.
    if not (isinstance(code, str) and _CODE.fullmatch(code) and isinstance(version, str) and version.strip()):
        return None
    return Indicator(
        code, version, _texts(item, "name"), _texts(item, "unit"), _word(item.get("period")), _word(item.get("topic"))
    )


def _texts(item: Mapping[str, Any], name: str) -> dict[str, str]:
    given = {lang: item.get(f"{name}_{suffix}") for lang, suffix in (("kk", "kaz"), ("ru", "rus"), ("en", "eng"))}
    return {lang: " ".join(text.split()) for lang, text in given.items() if isinstance(text, str) and text.strip()}


def _word(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
