"""How the database and the index differ, and when the comparison comes next. Pure: "now" is passed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

#: In the order in which they are told.
KINDS = ("missing", "stale", "outdated", "orphans")
#: A document written so shortly before its twin counts as written again: the twin may have been read earlier.
_MARGIN = timedelta(seconds=10)

#: Field of the index → dataset id → the values that it should have now.
Expected = Mapping[str, Mapping[str, list[str]]]


@dataclass(frozen=True)
class Stored:
    """A dataset of the database that belongs into the index; `modified` is naive UTC."""

    name: str
    modified: datetime | None


@dataclass(frozen=True)
class Indexed:
    """A document of the index; both times are naive UTC, `written` is when Solr took it."""

    name: str
    modified: datetime | None
    written: datetime | None
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Differences:
    """Dataset ids with names, by kind: not in the index, older there, other values there, not in the database."""

    missing: Mapping[str, str]
    stale: Mapping[str, str]
    outdated: Mapping[str, str]
    orphans: Mapping[str, str]

    @property
    def ids(self) -> list[str]:
        """All datasets that differ, each once, in order."""
        return sorted({id_ for kind in KINDS for id_ in getattr(self, kind)})

    @property
    def to_index(self) -> list[str]:
        """The datasets to be indexed, in order."""
        return sorted({*self.missing, *self.stale, *self.outdated})


def compare(stored: Mapping[str, Stored], indexed: Mapping[str, Indexed], expected: Expected) -> Differences:
    """Compare what should be in the index with what is there; a dataset is named under the first kind that fits."""
    missing = {id_: one.name for id_, one in stored.items() if id_ not in indexed}
    known = {id_: one for id_, one in stored.items() if id_ in indexed}
    stale = {id_: one.name for id_, one in known.items() if _to_millisecond(one.modified) != indexed[id_].modified}
    outdated = {
        id_: one.name
        for id_, one in known.items()
        if id_ not in stale and any(_differs(indexed[id_], name, values.get(id_)) for name, values in expected.items())
    }
    orphans = {id_: one.name for id_, one in indexed.items() if id_ not in stored}
    return Differences(missing, stale, outdated, orphans)


def written_again(ids: Iterable[str], here: Mapping[str, Indexed], there: Mapping[str, Indexed]) -> list[str]:
    """Give the datasets whose document over there is not clearly older than the one here: they changed meanwhile."""
    return [id_ for id_ in ids if _is_later(here.get(id_), there.get(id_))]


def next_time(now: datetime, clock: str, zone: str) -> datetime | None:
    """Say when a clock shows the given time (HH:MM) next, in UTC; None for an empty time.

    :param now: with its time zone
    :raises ValueError: no time of day, or no such zone
    """
    if not clock.strip():
        return None
    at = datetime.strptime(clock.strip(), "%H:%M").time()  # noqa: DTZ007 - a time of day alone
    here = now.astimezone(ZoneInfo(zone))
    due = datetime.combine(here.date(), at, here.tzinfo)
    if due <= here:
        due = datetime.combine(here.date() + timedelta(days=1), at, here.tzinfo)
    return due.astimezone(ZoneInfo("UTC"))


def read_time(text: str | None) -> datetime | None:
    """Read a time as Solr writes it, as naive UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=None) if text else None


def share(done: int, total: int) -> int:
    """Give the share in per cent, for a bar."""
    return round(100 * done / total) if total else 100


def describe(differences: Differences, most: int) -> dict[str, dict[str, Any]]:
    """Count the differences by kind, with the first names."""
    found = {kind: sorted(getattr(differences, kind).values()) for kind in KINDS}
    return {kind: {"count": len(names), "names": names[:most]} for kind, names in found.items()}


def _is_later(here: Indexed | None, there: Indexed | None) -> bool:
    if here is None or there is None or here.written is None or there.written is None:
        return False
    return there.written > here.written - _MARGIN


def _differs(document: Indexed, name: str, values: list[str] | None) -> bool:
    if values is None:
        return False
    found = document.fields.get(name)
    told = found if isinstance(found, list) else [] if found is None else [found]
    return sorted(values) != sorted(map(str, told))


def _to_millisecond(time: datetime | None) -> datetime | None:
    return time.replace(microsecond=time.microsecond // 1000 * 1000) if time else None
