"""A rebuild of the index without an empty moment: in a second core, which then takes the name of the portal's.

The second core is its own checkpoint: whatever is missing or older there than in the database is still to be done. So a
rebuild that was stopped, by whatever, goes on where it was, and what changed meanwhile is caught up the same way.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from ckan.plugins import toolkit

from ckanext.opengov_kz.search import configset, contents, cores, notes, rules

#: Told after each batch: datasets done, of how many.
Progress = Callable[[int, int], None]
_BATCH = 100
_NAMES = 20
#: A rebuild that stopped longer ago begins anew: the extension may make other documents since.
_OLDEST = timedelta(days=1)
#: So many may fail in any case; beyond that, not more than a tenth.
_FEW = 10


class NotPossibleError(Exception):
    """The Solr of this portal has no second core for us; the message says what to do."""


def rebuild(*, fresh: bool = False, seconds: float | None = None, progress: Progress | None = None) -> dict[str, Any]:
    """Index everything into a second core and exchange the two, or go on with that.

    :param fresh: begin anew although an earlier rebuild could go on
    :param seconds: stop after so long; the next call goes on
    :returns: the note of the rebuild: state (``running`` when the time was over, ``finished``, ``failed``), began,
        done, total, failed (count and first names with reasons)
    :raises NotPossibleError: `solr_url` names no core, or Solr lacks the configset
    :raises cores.CoreError: Solr does not answer; the next call goes on
    :raises notes.BusyError: a rebuild or a comparison is going on
    """
    with notes.alone():
        work = _Work(progress, seconds)
        work.open(fresh=fresh)
        try:
            work.run()
        except KeyboardInterrupt:
            work.stop("")
            raise
        except cores.CoreError as error:
            work.stop(str(error))
            raise
        return work.told


def refused(error: NotPossibleError) -> dict[str, Any]:
    """Note a rebuild that could not even begin."""
    failed = {"count": 0, "names": []}
    return {"state": "failed", "message": str(error), "began": notes.now(), "told": notes.now(), "failed": failed}


class _Work:
    """One turn of a rebuild."""

    def __init__(self, progress: Progress | None, seconds: float | None) -> None:
        self.progress = progress
        self.deadline = time.monotonic() + seconds if seconds is not None else None
        self.core = cores.current()
        self.second = f"{self.core}_next"
        self.failed: dict[str, str] = {}
        self.told: dict[str, Any] = {}

    def open(self, *, fresh: bool) -> None:
        """Find the second core of the rebuild that stopped, or make it."""
        if not cores.exists(self.core):
            raise NotPossibleError(
                f"Solr has no core {self.core!r} here (SolrCloud?): use `ckan search-index rebuild`."
            )
        last = notes.read(notes.REBUILD) or {}
        there = cores.exists(self.second)
        if there and not fresh and self._goes_on(last):
            self.told = last
            return
        if there:
            cores.unload(self.second)
        self.told = {"schema": configset.name(), "began": notes.now(), "done": 0, "total": len(contents.stored())}
        self._create()
        self.note("running")

    def run(self) -> None:
        """Fill the second core, catch up, exchange, catch up once more."""
        with contents.into(self.second):
            if not self._fill():
                return
            self._catch_up(self.second, self.core)
        if len(self.failed) > max(_FEW, self.told["total"] // 10):
            self.note("failed", message="Too many datasets could not be indexed; the index stays as it was.")
            return
        # From here on the second core may be the old one: nobody goes on with it.
        self.note("exchanging")
        cores.swap(self.core, self.second)
        self._catch_up(self.core, self.second)
        cores.unload(self.second)
        self.note("finished", done=self.told["total"], ended=notes.now())

    def stop(self, message: str) -> None:
        """Tell that it ended early; the next call goes on, unless the exchange had begun."""
        self.note("failed" if self.told["state"] == "exchanging" else "stopped", message=message)

    def note(self, state: str, **more: Any) -> None:
        """Tell how far it is, to whoever asks."""
        failures = {"count": len(self.failed), "names": sorted(self.failed.values())[:_NAMES]}
        self.told = {**self.told, "message": "", "failed": failures, "state": state, "told": notes.now(), **more}
        notes.write(notes.REBUILD, self.told)

    def _goes_on(self, last: dict[str, Any]) -> bool:
        if last.get("state") not in {"running", "stopped"} or last.get("schema") != configset.name():
            return False
        told = datetime.fromisoformat(notes.now()) - datetime.fromisoformat(last["told"])
        return told < _OLDEST and cores.schema_name(self.second) == configset.name()

    def _create(self) -> None:
        name = toolkit.config["opengov.search.configset"]
        # The folders take turns, as the names are exchanged and the folders are not.
        folder = self.core if cores.folder(self.core).name != self.core else self.second
        try:
            cores.create(self.second, name, folder=folder)
        except cores.CoreError as error:
            raise NotPossibleError(
                f"Solr could not make a second core of the configset {name!r} ({error}). Write it into the folder of "
                "Solr's configsets (`ckan search configset`), or use `ckan search-index rebuild`."
            ) from error
        has = cores.schema_name(self.second)
        if has != configset.name():
            cores.unload(self.second)
            raise NotPossibleError(
                f"The configset {name!r} of Solr is {has}, this version of the extension has {configset.name()}: "
                "write it with `ckan search configset` first."
            )
        contents.drop_all(self.second)

    def _fill(self) -> bool:
        contents.commit(self.second)
        stored, there = contents.stored(), contents.indexed(self.second)
        left = rules.compare(stored, there, {}).to_index
        self.told["total"] = len(stored)
        self._report(len(stored) - len(left))
        for start in range(0, len(left), _BATCH):
            batch = left[start : start + _BATCH]
            self._put(batch)
            contents.commit(self.second)
            self._report(len(stored) - len(left) + start + len(batch))
            if self.deadline is not None and time.monotonic() > self.deadline and start + _BATCH < len(left):
                return False
        return True

    def _catch_up(self, here: str, there: str) -> None:
        """Write into one core what the database has newer, or what somebody wrote into the other one meanwhile."""
        contents.commit(there)
        stored, ours, theirs = contents.stored(), contents.indexed(here), contents.indexed(there)
        found = rules.compare(stored, ours, {})
        changed = rules.written_again(stored, ours, theirs)
        self._put(sorted({*found.to_index, *changed} - self.failed.keys()))
        contents.drop(here, found.orphans)
        contents.commit(here)

    def _put(self, ids: Iterable[str]) -> None:
        for id_ in ids:
            reason = contents.put(id_)
            if reason:
                self.failed[id_] = f"{id_}: {reason}"

    def _report(self, done: int) -> None:
        self.note("running", done=done)
        if self.progress:
            self.progress(done, self.told["total"])
