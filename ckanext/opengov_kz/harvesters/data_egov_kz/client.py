"""A portal of the data.egov.kz kind over HTTP: its contract, as far as moving it needs.

No key is asked for: all of these answer to everybody. All are GET; JSON is UTF-8.

- ``/datasets/getdatasetsrecount?status=PUBLISHED`` → ``{"totalCount": N}``;
- ``/datasets/getdatasetsre?status=PUBLISHED&page=P&count=N`` (pages from 1) → ``{"datasets": [item…]}``. Of an item
  only ``apiUri`` is needed here, what else it has is read by ``mapping.py``;
- ``/datasets/view?index=URI``: the dataset's HTML page; its versions stand in ``<a class="version">vN</a>``, the
  current one in a script as ``currentVersion='vN'``. A dataset that is a file has none;
- ``/meta/URI/vN`` → ``{"fields": {key: {"type", "labelRu", "labelKk", "labelEn"}}, …}``;
- ``/api/detailed/URI/vN?source={"from": F, "size": S}`` → ``{"totalCount": N, "data": [{…, "_id": "…"}]}``;
- ``/datasets/exportjson?index=URI&version=vN&from=F&count=S`` → an array, ``[]`` after the last row: for versions that
  ``/api/detailed`` doesn't know. Its rows have no identifier, so their positions are used as such;
- ``/proxy/URI``: the file of a dataset that is a file.

What such portals do wrong: 403, 429 and 5xx when they are busy, JSON that breaks off, an empty body with 200 (all of
them are asked again, with growing pauses), 204 for "no rows", catalogue pages that overlap while datasets are added,
items without ``apiUri``, and deep pages that lose rows: the rows that came are compared with ``totalCount``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

from ckanext.opengov_kz.shared.http import GuardedClient, RequestFailed, Response

#: How many datasets a page of the catalogue holds.
CATALOGUE_PAGE = 100
#: `/datasets/exportjson` gives no more at once, whatever is asked for.
EXPORT_PAGE = 100

ContractCode = Literal[
    "broken_json", "not_an_object", "missing_key", "wrong_type", "total_changed", "total_mismatch", "no_such_rows"
]

_VERSION = re.compile(r"""class=["'][^"']*\bversion\b[^"']*["'][^>]*>\s*(v[0-9]{1,6})\s*<""")
_CURRENT = re.compile(r"""currentVersion\s*=\s*["'](v[0-9]{1,6})["']""")
_FILE_NAME = re.compile(r"""filename\*?=(?:UTF-8'')?"?([^";]+)"?""", re.IGNORECASE)
_NO_CONTENT = 204
#: The portal's way of saying "later".
_BUSY = frozenset({403})
#: The portal's ways of saying "there is no such thing".
_ABSENT = frozenset({400, 404, 410})


class ContractError(Exception):
    """The portal's answer breaks the contract; ``code`` says how, ``details`` where."""

    def __init__(self, code: ContractCode, **details: str | int) -> None:
        """Keep what is needed to word the error."""
        super().__init__(f"{code} ({details})")
        self.code: ContractCode = code
        self.details = details


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """One page of the catalogue as the portal sent it; ``number`` of ``pages``, counted from 1."""

    number: int
    pages: int
    items: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of a dataset, the current one first and then from new to old; none for a file."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowPage:
    """Rows ``start`` to ``start + len(rows)`` of ``total`` (None: not known before the end)."""

    start: int
    total: int | None
    rows: tuple[Any, ...]


@dataclass
class PortalClient:
    """Reads the portal; every request goes through the guarded client, after ``before_request`` let it pass.

    Errors of all methods: ``ContractError`` and those of ``shared.http``.
    """

    base_url: str
    http: GuardedClient
    page_size: int = 1000
    before_request: Callable[[], None] = field(default=lambda: None, repr=False)

    def __post_init__(self) -> None:
        """What the guarded client takes for a refusal, this portal means as "later"."""
        self.http.retry_statuses = _BUSY

    def total(self) -> int:
        """How many datasets the catalogue says that it has."""
        answer = self._json("/datasets/getdatasetsrecount", {"status": "PUBLISHED"})
        total = answer.get("totalCount") if isinstance(answer, dict) else None
        if not isinstance(total, int) or isinstance(total, bool) or total < 0:
            raise ContractError("wrong_type", key="totalCount", page=1)
        return total

    def catalogue_page(self, number: int) -> tuple[Any, ...]:
        """The items of one page, as they came; empty after the last."""
        params = {"status": "PUBLISHED", "page": number, "count": CATALOGUE_PAGE}
        answer = self._json("/datasets/getdatasetsre", params)
        if answer is None:
            return ()
        if not isinstance(answer, dict):
            raise ContractError("not_an_object", page=number)
        if not isinstance(answer.get("datasets"), list):
            raise ContractError("missing_key", key="datasets", page=number)
        return tuple(answer["datasets"])

    def versions(self, api_uri: str) -> Versions:
        """The versions that the dataset's page lists."""
        response = self._get("/datasets/view", {"index": api_uri}, absent=True)
        page = response.content.decode("utf-8", "replace") if response else ""
        found = sorted(set(_VERSION.findall(page)), key=lambda name: int(name[1:]), reverse=True)
        current = _CURRENT.search(page)
        if current:
            found = [current.group(1), *(name for name in found if name != current.group(1))]
        return Versions(tuple(found))

    def meta(self, api_uri: str, version: str) -> dict[str, Any] | None:
        """The description of a version's fields; None where the portal has none that can be read."""
        answer = self._json(f"/meta/{_part(api_uri)}/{_part(version)}", {}, absent=True)
        return answer if isinstance(answer, dict) else None

    def rows(self, api_uri: str, version: str, start: int = 0, total: int | None = None) -> Iterator[RowPage]:
        """Yield the pages of a version's rows from ``start`` on; a version without rows has one empty page.

        To go on after an interruption give how many rows came and the ``total`` of their pages.
        """
        first = self._detailed(api_uri, version, start)
        if first is None:
            yield from self._exported(api_uri, version, start)
            return
        page = first
        while True:
            expected = page.total if total is None else total
            if page.total != expected:
                raise ContractError("total_changed", version=version, expected=expected or 0, got=page.total or 0)
            total = expected
            done = page.start + len(page.rows)
            if done > (total or 0) or (not page.rows and done < (total or 0)):
                raise ContractError("total_mismatch", version=version, expected=total or 0, got=done)
            yield page
            if done == total:
                return
            following = self._detailed(api_uri, version, done)
            if following is None:
                raise ContractError("total_mismatch", version=version, expected=total or 0, got=done)
            page = following

    def file(self, api_uri: str) -> tuple[str, bytes] | None:
        """The file of a dataset that is one, as its name and content; None where there is none."""
        response = self._get(f"/proxy/{_part(api_uri)}", {}, absent=True)
        if response is None or response.status == _NO_CONTENT or not response.content:
            return None
        named = _FILE_NAME.search(response.headers.get("Content-Disposition", ""))
        return (named.group(1).strip() if named else api_uri), response.content

    def _detailed(self, api_uri: str, version: str, start: int) -> RowPage | None:
        """One page of rows with their identifiers; None where the portal doesn't answer this way."""
        source = json.dumps({"from": start, "size": self.page_size})
        path = f"/api/detailed/{_part(api_uri)}/{_part(version)}"
        answer = self._json(path, {"source": source}, absent=True, nothing={"totalCount": 0, "data": []})
        if answer is None or (isinstance(answer, dict) and "error" in answer):
            return None
        if not isinstance(answer, dict):
            raise ContractError("not_an_object", page=start // self.page_size + 1)
        total, rows = answer.get("totalCount"), answer.get("data")
        if not isinstance(total, int) or not isinstance(rows, list):
            raise ContractError("wrong_type", key="totalCount, data", page=start // self.page_size + 1)
        return RowPage(start, total, tuple(rows))

    def _exported(self, api_uri: str, version: str, start: int) -> Iterator[RowPage]:
        while True:
            params = {"index": api_uri, "version": version, "from": start, "count": EXPORT_PAGE}
            answer = self._json("/datasets/exportjson", params, absent=True, nothing=[])
            if answer is None:
                raise ContractError("no_such_rows", version=version)
            if not isinstance(answer, list):
                raise ContractError("wrong_type", key="exportjson", page=start // EXPORT_PAGE + 1)
            if answer or start == 0:
                yield RowPage(start, None, tuple(answer))
            if not answer:
                return
            start += len(answer)

    def _json(self, path: str, params: dict[str, str | int], *, absent: bool = False, nothing: Any = None) -> Any:
        """Decode an answer, asking again for one that is empty or breaks off.

        :param absent: whether "there is no such thing" is an answer (None) and not an error.
        :param nothing: what HTTP 204 means.
        """
        attempt = 1
        while True:
            response = self._get(path, params, absent=absent)
            if response is None:
                return None
            if response.status == _NO_CONTENT:
                return nothing
            try:
                return json.loads(response.content.decode("utf-8-sig"))
            except (ValueError, RecursionError) as error:
                if attempt > self.http.retries:
                    raise ContractError("broken_json", page=1) from error
            self.http.sleep(self.http.backoff * 2 ** (attempt - 1))
            attempt += 1

    def _get(self, path: str, params: dict[str, str | int], *, absent: bool = False) -> Response | None:
        self.before_request()
        try:
            return self.http.get(f"{self.base_url.rstrip('/')}{path}", params)
        except RequestFailed as error:
            if absent and error.status in _ABSENT:
                return None
            raise


def _part(text: str) -> str:
    return quote(text, safe="")
