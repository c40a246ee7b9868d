"""What the items of a classifier mean in time and as a tree. Pure: no CKAN, "today" is passed in.

An item is in force in ``[valid_from, valid_to)``; a missing date is no bound. One code may have several periods: an
item that was replaced under its own code. All that is odd is loaded and counted as a finding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from ckanext.opengov_kz.harvesters.ensi.mapping import Finding, FindingReason, Row

CLOSED = "closed"
#: What differs between two states of an item when it is not only its dates.
_DESCRIPTION = ("parent_code", "name_kk", "name_ru", "level")
_SAMPLES = 100

Kind = Literal["added", "changed", "closed", "reopened", "past"]


@dataclass
class Sorted:
    """Chooses one row for each code, and keeps what else there is: other periods, the tree, what is odd.

    Memory grows with the codes of one classifier (about 200 bytes each), as its tree can only be judged whole.
    """

    today: date
    others: list[Row] = field(default_factory=list)
    """Further periods of codes whose row was chosen: past, future, or contradicting it."""
    findings: Counter[str] = field(default_factory=Counter)
    samples: list[Finding] = field(default_factory=list)
    parents: dict[str, str | None] = field(default_factory=dict)

    def rows(self, rows: Iterable[Row | None]) -> Iterator[Row | None]:
        """Yield one row per code in their order, and None for each None (an item that is no row) where it comes.

        Rows of one code stand together by the contract; one that comes later is kept among ``others``.
        """
        group: list[Row] = []
        for row in rows:
            if row is None:
                yield None
                continue
            if group and row["code"] != group[0]["code"]:
                yield from self._chosen(group)
                group = []
            group.append(row)
        yield from self._chosen(group)

    def _chosen(self, group: list[Row]) -> Iterator[Row]:
        if not group:
            return
        code = group[0]["code"]
        distinct: list[Row] = []
        for row in group:
            if row in distinct:
                self._find("duplicate_code", code, "code")
            else:
                distinct.append(row)
        if any(_overlap(one, other) for place, one in enumerate(distinct) for other in distinct[place + 1 :]):
            self._find("overlapping_validity", code, "valid_from")
        if code in self.parents:
            self._find("duplicate_code", code, "code")
            self.others += distinct
            return
        chosen = max(distinct, key=self._rank)
        self.others += [row for row in distinct if row is not chosen]
        self.parents[code] = chosen["parent_code"]
        yield chosen

    def _rank(self, row: Row) -> tuple[bool, bool, str]:
        today = self.today.isoformat()
        begun = (row["valid_from"] or "") <= today
        lasts = row["valid_to"] is None or row["valid_to"] > today
        return begun and lasts and row["status"] != CLOSED, begun, row["valid_from"] or ""

    def rings(self) -> list[list[str]]:
        """Find the rings of the tree, count them and the orphans; called when all rows have come."""
        found = rings(self.parents)
        for ring in found:
            self._find("cycle", ring[0], "parent_code")
        for code, parent in self.parents.items():
            if parent is not None and parent not in self.parents:
                self._find("orphan", code, "parent_code")
        return found

    def _find(self, reason: FindingReason, code: str, column: str) -> None:
        self.findings[reason] += 1
        if len(self.samples) < _SAMPLES:
            self.samples.append(Finding(reason, code, column))


def _overlap(one: Row, other: Row) -> bool:
    first, second = sorted((one, other), key=lambda row: row["valid_from"] or "")
    return first["valid_to"] is None or first["valid_to"] > (second["valid_from"] or "")


def rings(parents: Mapping[str, str | None]) -> list[list[str]]:
    """List the rings among parents: codes that stand above themselves, each ring once, its smallest code first."""
    found: list[list[str]] = []
    done: set[str] = set()
    for start in parents:
        walk: dict[str, None] = {}
        code: str | None = start
        while code is not None and code in parents and code not in done and code not in walk:
            walk[code] = None
            code = parents[code]
        if code is not None and code in walk:
            trail = list(walk)
            ring = trail[trail.index(code) :]
            smallest = ring.index(min(ring))
            found.append(ring[smallest:] + ring[:smallest])
        done.update(walk)
    return found


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a classifier's table; dates are dates."""

    code: str
    parent_code: str | None
    name_kk: str | None
    name_ru: str | None
    level: int | None
    valid_from: date | None
    valid_to: date | None
    status: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """How a new state of an item stands in time.

    - ``since`` and ``until``: in force in [since, until), None is no bound;
    - ``old_until``: where the state before it now ends;
    - ``corrects``: the new state takes the place of the one before, which was never so.
    """

    kind: Kind
    since: date | None
    until: date | None
    old_until: date | None = None
    corrects: bool = False


def end_of(entry: Entry, day: date) -> date | None:
    """Say when an item ends; one that is closed without a date ended on ``day``."""
    if entry.valid_to is None and entry.status == CLOSED:
        return day
    return entry.valid_to


def step(old: Entry | None, new: Entry, day: date, *, since: date | None = None, until: date | None = None) -> Step:
    """Place the new state of an item behind the one before it.

    - a later ``valid_from`` begins a new period on that day, and the old state ends there;
    - a name, a level or a parent that changed without one counts from ``day``, the version's date in force;
    - what only learned its dates, or ended before ``day``, corrects the old state.

    :param since: the old state's bounds.
    """
    end = end_of(new, day)
    if old is None:
        return Step("added", new.valid_from, end)
    was_closed, is_closed = old.status == CLOSED, new.status == CLOSED
    kind: Kind = "changed"
    if was_closed != is_closed:
        kind = "closed" if is_closed else "reopened"
    described_anew = any(getattr(old, name) != getattr(new, name) for name in _DESCRIPTION)
    dated_anew = new.valid_from is not None and new.valid_from != old.valid_from
    begins: date | None = None
    if dated_anew and (described_anew or kind == "reopened" or old.valid_from is not None):
        begins = new.valid_from
    elif kind == "reopened" or (described_anew and (end is None or end > day)):
        begins = day
    if begins is None or (since is not None and begins <= since):
        return Step(kind, new.valid_from if dated_anew else since, end, corrects=True)
    return Step(kind, begins, end, old_until=begins if until is None else min(until, begins))
