"""What of a dataset lies in the spool: pages of a head and of rows, the plan first, then version after version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Any

from ckanext.opengov_kz.harvesters import rules
from ckanext.opengov_kz.harvesters.data_egov_kz.client import RowPage
from ckanext.opengov_kz.harvesters.data_egov_kz.columns import Shape
from ckanext.opengov_kz.harvesters.data_egov_kz.texts import Findings
from ckanext.opengov_kz.harvesters.rules import Problem
from ckanext.opengov_kz.harvesters.spool import Spool

#: What a page of the spool begins with: which version it belongs to, and what is known of it.
Head = dict[str, Any]

_BEAT_EVERY_ROWS = 5000


class Fetched:
    """What of a dataset is in the spool: the plan, how many rows of each version, and which versions have ended."""

    def __init__(self, spool: Spool) -> None:
        self.plan: Head | None = None
        self.rows: dict[str, int] = {}
        self.totals: dict[str, int | None] = {}
        self.ended: set[str] = set()
        for head, rows in _spooled(spool):
            if "versions" in head:
                self.plan = head
                continue
            version = head["version"]
            self.rows[version] = self.rows.get(version, 0) + len(rows)
            self.totals[version] = head.get("total", self.totals.get(version))
            if head.get("end"):
                self.ended.add(version)


def head_of(version: str, page: RowPage) -> Head:
    """The head of a page of rows."""
    head: Head = {"version": version, "start": page.start}
    return head if page.total is None else {**head, "total": page.total}


def _spooled(spool: Spool) -> Iterator[tuple[Head, list[Any]]]:
    """The pages of the spool, one in memory at a time."""
    items = spool.items()
    return zip(items, items, strict=True)


def survey(spool: Spool, found: Findings) -> tuple[Head, dict[str, Shape], dict[str, Problem]]:
    """Reads all rows once: the plan, the columns of each version, and which versions could not be had."""
    plan: Head = {"versions": []}
    shapes: dict[str, Shape] = {}
    failed: dict[str, Problem] = {}
    for head, rows in _spooled(spool):
        if "versions" in head:
            plan = head
            continue
        version = head["version"]
        if "failed" in head:
            failed[version] = rules.problem(head["failed"])
            shapes.pop(version, None)
            continue
        if version not in shapes:
            shapes[version] = Shape(head.get("fields"))
        for row in rows:
            shapes[version].observe(row)
    for shape in shapes.values():
        found.update(shape.findings())
    return plan, shapes, failed


def rows_by_version(
    spool: Spool, shapes: Mapping[str, Shape], beat: Callable[[], None]
) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    """Each version with its rows, in the order of the spool; the rows of one are consumed before the next is asked."""
    pages = (page for page in _spooled(spool) if page[0].get("version") in shapes)
    for version, group in groupby(pages, key=lambda page: page[0]["version"]):
        yield version, _rows(group, shapes[version], beat)


def _rows(pages: Iterator[tuple[Head, list[Any]]], shape: Shape, beat: Callable[[], None]) -> Iterator[dict[str, Any]]:
    place = 0
    for _head_of_page, rows in pages:
        for row in rows:
            yield shape.row(row, place)
            place += 1
            if place % _BEAT_EVERY_ROWS == 0:
                beat()
