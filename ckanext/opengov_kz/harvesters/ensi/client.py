"""ENSI over HTTP: the agency's contract, kept in this one place.

ENSI's interface is not public. This is the contract that is assumed; when the real one is known,
this file, ``xml_form.py`` and ``simulator.py`` change and nothing else. All answers are JSON objects
in UTF-8, or with ``format=xml`` XML of the same content in the form that ``xml_form.py`` states.

**The list of classifiers**, ``GET {base}/api/classifiers?page=&size=``::

    {"items": [{"code": "KATO", "name_kaz": "…", "name_rus": "…", "version": "NK RK 11-2025",
                "valid_from": "2026-07-17", "size": 15594,
                "changes": true}],
     "page": 1, "pages": 1, "total": 1}

- ``code``: letters, digits, ``.``, ``_``, ``-``; at most 64 characters, case kept;
- ``version``: any non-empty text, compared for equality only;
- ``valid_from``: the date in force of the version (ISO) or null; ``size``: items in it, or null;
- ``changes``: whether the feed of changes is offered for it; absent means no.

**One classifier's items**, ``GET {base}/api/classifiers/{code}/items?page=&size=[&version=]``::

    {"classifier": "KATO", "version": "NK RK 11-2025", "page": 1, "pages": 16, "total": 15594,
     "items": [{"code": "100000000", "parent_code": null, "name_kaz": "Абай облысы",
                "name_rus": "область Абай", "valid_from": "2022-06-08", "valid_to": null,
                "status": "ACTIVE"}]}

- pages count from 1, one past the last is HTTP 404; ``size`` is at most 1000, a server may give fewer per page;
- an empty classifier has one empty page; otherwise no page is empty;
- ``version`` asks for that version, so that a change in the middle of paging is not seen; HTTP 410
  when it is no longer served. Without it the current version is given;
- items come in the order of their codes, closed ones too (``status`` is ``CLOSED`` and ``valid_to``
  the first day out of force); an item that was replaced under its own code comes once for each
  period, with the dates of that period.

**Changes since a version**, ``GET {base}/api/classifiers/{code}/changes?since=VERSION&page=&size=``:
the same shape, ``items`` in their new state, all periods of each code that changed, with ``since`` repeated at page
level. HTTP 410 when ``since`` is too old, 404 where no feed is offered: load the whole classifier instead.

What an item contains is checked by ``mapping.py``, one item at a time: a bad item is rejected, a
bad page stops the classifier, as what is on the other pages can't be known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from ckanext.opengov_kz.harvesters.ensi import xml_form
from ckanext.opengov_kz.shared.http import GuardedClient, InvalidJson, RequestFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_PAGE_SIZE = 1000

Form = Literal["json", "xml"]
FORMS: tuple[Form, ...] = get_args(Form)

ContractCode = Literal[
    "broken_json",
    "broken_xml",
    "unsafe_xml",
    "not_utf8",
    "not_an_object",
    "missing_key",
    "wrong_type",
    "bad_code",
    "wrong_classifier",
    "wrong_page",
    "empty_page",
    "total_changed",
    "total_mismatch",
    "version_changed",
    "version_gone",
]

_CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")
_GONE = 410
_NOT_FOUND = 404


class ContractError(Exception):
    """The agency's answer breaks the contract.

    - ``code``: what is wrong, to be worded in the reader's language;
    - ``details``: where, such as ``classifier``, ``page``, ``key``, ``expected``, ``got``.
    """

    def __init__(self, code: ContractCode, **details: str | int) -> None:
        """Keep what is needed to word the error."""
        where = ", ".join(f"{key}={value}" for key, value in details.items())
        super().__init__(f"ENSI contract broken: {code} ({where})" if where else code)
        self.code: ContractCode = code
        self.details = details


@dataclass(frozen=True, slots=True)
class Classifier:
    """One classifier of the agency's list, its current version."""

    code: str
    name_kk: str
    name_ru: str
    version: str
    valid_from: str | None = None
    size: int | None = None
    changes: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page of items, as the agency sent them; ``number`` of ``pages``, counted from 1."""

    classifier: str
    version: str
    number: int
    pages: int
    total: int
    items: tuple[Any, ...]


@dataclass
class EnsiClient:
    """Reads ENSI page by page; every request goes through the guarded client.

    Errors of all methods: ``ContractError`` and those of ``shared.http``.
    """

    base_url: str
    http: GuardedClient
    page_size: int = MAX_PAGE_SIZE
    form: Form = "json"
    rejected_classifiers: list[ContractError] = field(default_factory=list, init=False)
    """Entries of the last list that could not be used; the others were."""

    def classifiers(self) -> list[Classifier]:
        """Fetch the whole list. An unusable entry is kept in ``rejected_classifiers``."""
        self.rejected_classifiers.clear()
        found: dict[str, Classifier] = {}
        first: dict[str, Any] = {}
        number, pages, received = 1, 1, 0
        while number <= pages:
            answer = self._answer("", number, {})
            first = first or answer
            _same_total(first["total"], answer["total"], number)
            pages = answer["pages"]
            received += len(answer["items"])
            for entry in answer["items"]:
                try:
                    classifier = _classifier(entry)
                except ContractError as error:
                    self.rejected_classifiers.append(error)
                else:
                    found[classifier.code] = classifier
            number += 1
        _all_received(first["total"], received)
        return list(found.values())

    def pages(
        self,
        code: str,
        start_page: int = 1,
        *,
        version: str | None = None,
        received: int = 0,
    ) -> Iterator[Page]:
        """Yield the items' pages from ``start_page`` on, all of one version.

        To go on after an interruption give the next page, the ``version`` of the pages already
        kept and how many items were ``received`` with them: the last page then proves that none is
        missing, as it does in a run from the first page.
        """
        extra = {"version": version} if version else {}
        return self._walk(code, "items", start_page, extra, received)

    def changes(
        self, code: str, since: str, start_page: int = 1, *, version: str | None = None, received: int = 0
    ) -> Iterator[Page]:
        """Yield the pages of items changed since a version, in their new state.

        ``version`` is the one that they must lead to; ``received`` as for ``pages``.

        :raises ContractError: ``version_gone`` when the agency no longer knows ``since``, ``version_changed`` when it
            has published another one than ``version``.
        """
        return self._walk(code, "changes", start_page, {"since": since}, received, version)

    def knows(self, code: str, since: str) -> bool:
        """Ask whether changes since a version can still be had; one request for one item."""
        if not _CODE.fullmatch(code):
            raise ContractError("bad_code", got=code[:64])
        try:
            answer = self._answer(f"/{code}/changes", 1, {"since": since}, size=1)
        except ContractError as error:
            if error.code == "version_gone":
                return False
            raise
        except RequestFailed as error:
            if error.status == _NOT_FOUND:
                return False
            raise
        return answer.get("since") == since

    def _walk(
        self, code: str, feed: str, start_page: int, extra: dict[str, str], received: int, leads_to: str | None = None
    ) -> Iterator[Page]:
        if not _CODE.fullmatch(code):
            raise ContractError("bad_code", got=code[:64])
        is_whole = start_page == 1 or received > 0
        asked = dict(extra)
        expected_version = extra.get("version") or leads_to
        expected_total: int | None = None
        number, pages = start_page, start_page
        while number <= pages:
            answer = self._answer(f"/{code}/{feed}", number, asked)
            page = _page(answer, code, number)
            expected_version = expected_version or page.version
            expected_total = page.total if expected_total is None else expected_total
            if page.version != expected_version:
                raise ContractError(
                    "version_changed",
                    classifier=code,
                    page=number,
                    expected=expected_version,
                    got=page.version,
                )
            _same_total(expected_total, page.total, number, code)
            if not page.items and page.total:
                raise ContractError("empty_page", classifier=code, page=number)
            if feed == "items":
                # The rest is asked of the version that the first page showed.
                asked["version"] = page.version
            pages = page.pages
            received += len(page.items)
            if number == pages and is_whole:
                _all_received(page.total, received, code)
            yield page
            number += 1

    def _answer(self, path: str, number: int, extra: Mapping[str, str], *, size: int | None = None) -> dict[str, Any]:
        """Fetch one page and check what all pages have in common."""
        url = f"{self.base_url.rstrip('/')}/api/classifiers{path}"
        where: dict[str, str | int] = {"page": number}
        if path:
            where["classifier"] = path.split("/")[1]
        try:
            answer = self._read(url, {"page": number, "size": size or self.page_size, **extra})
        except InvalidJson as error:
            raise ContractError("broken_json", **where) from error
        except xml_form.XmlError as error:
            raise ContractError(error.code, **where) from error
        except RequestFailed as error:
            if error.status == _GONE:
                raise ContractError("version_gone", **where, **extra) from error
            raise
        if not isinstance(answer, dict):
            raise ContractError("not_an_object", **where)
        for key in ("page", "pages", "total"):
            _require(answer, key, int, where)
        _require(answer, "items", list, where)
        if answer["page"] != number:
            raise ContractError("wrong_page", **where, got=answer["page"])
        return answer

    def _read(self, url: str, params: dict[str, str | int]) -> Any:
        if self.form == "json":
            return self.http.get_json(url, params)
        answer = self.http.get(url, {**params, "format": "xml"}, {"Accept": "application/xml"})
        return xml_form.read(answer.content)


def _page(answer: dict[str, Any], code: str, number: int) -> Page:
    where: dict[str, str | int] = {"classifier": code, "page": number}
    for key in ("classifier", "version"):
        _require(answer, key, str, where)
    if answer["classifier"] != code:
        raise ContractError("wrong_classifier", **where, got=answer["classifier"])
    return Page(
        classifier=code,
        version=answer["version"],
        number=number,
        pages=answer["pages"],
        total=answer["total"],
        items=tuple(answer["items"]),
    )


def _classifier(entry: object) -> Classifier:
    if not isinstance(entry, dict):
        raise ContractError("not_an_object")
    where: dict[str, str | int] = {"classifier": str(entry.get("code"))[:64]}
    _require(entry, "code", str, where)
    # The code becomes a part of URLs, dataset names and spool files: nothing else may be in it.
    if not _CODE.fullmatch(entry["code"]):
        raise ContractError("bad_code", **where)
    _require(entry, "version", str, where)
    size = entry.get("size")
    valid_from = entry.get("valid_from")
    return Classifier(
        code=entry["code"],
        name_kk=_name(entry, "name_kaz"),
        name_ru=_name(entry, "name_rus"),
        version=entry["version"],
        valid_from=valid_from if isinstance(valid_from, str) else None,
        size=size if isinstance(size, int) and not isinstance(size, bool) else None,
        changes=entry.get("changes") is True,
    )


def _name(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    return " ".join(value.split()) if isinstance(value, str) else ""


def _require(answer: dict[str, Any], key: str, kind: type, where: Mapping[str, str | int]) -> None:
    """Check a key at page level; numbers may not be negative, texts may not be empty."""
    if key not in answer:
        raise ContractError("missing_key", **where, key=key)
    value = answer[key]
    is_good = isinstance(value, kind) and not isinstance(value, bool)
    if isinstance(value, int):
        is_good = is_good and value >= 0
    elif isinstance(value, str):
        is_good = is_good and bool(value.strip())
    if not is_good:
        raise ContractError("wrong_type", **where, key=key)


def _same_total(expected: int, got: int, page: int, code: str = "") -> None:
    if got != expected:
        raise ContractError("total_changed", classifier=code, page=page, expected=expected, got=got)


def _all_received(total: int, received: int, code: str = "") -> None:
    if received != total:
        raise ContractError("total_mismatch", classifier=code, expected=total, got=received)
