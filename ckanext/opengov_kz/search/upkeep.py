"""The comparison of database and index: what differs is mended and reported, every night and whenever asked."""

from __future__ import annotations

from typing import Any

from ckanext.opengov_kz.search import contents, cores, notes, rules

_NAMES = 20
_BATCH = 200


def compare(*, mend: bool = True, reason: str = "manual") -> dict[str, Any]:
    """Compare all datasets with all documents, mend what differs, and keep the report.

    :param mend: False only tells what differs, and keeps nothing
    :param reason: ``nightly`` or ``manual``, for the report
    :returns: the report: began, ended, reason, mended, datasets, documents, and by kind of difference (and ``failed``)
        count and first names; or ``error`` where Solr does not answer
    :raises notes.BusyError: a rebuild or another comparison is going on
    """
    with notes.alone():
        report: dict[str, Any] = {"began": notes.now(), "reason": reason, "mended": mend}
        try:
            report |= _compare(mend=mend)
        except cores.CoreError as error:
            report["error"] = str(error)
        report["ended"] = notes.now()
        if mend:
            notes.write(notes.REPORT, report)
    return report


def faults_of(report: dict[str, Any]) -> int:
    """Count what should not have happened: all but values that are outdated because a day has passed."""
    return sum(report[kind]["count"] for kind in ("missing", "stale", "orphans", "failed"))


def differences_of(report: dict[str, Any]) -> int:
    """Count what differed, of all kinds."""
    return sum(report[kind]["count"] for kind in rules.KINDS if kind in report)


def _compare(*, mend: bool) -> dict[str, Any]:
    core = cores.current()
    expected = contents.expected(core)
    stored = contents.stored()
    indexed = contents.indexed(core, expected)
    found = rules.compare(stored, indexed, expected)
    if found.ids:
        # What changed between the two readings is no difference: these few are read once more, the index first.
        again = contents.indexed(core, expected, found.ids)
        found = rules.compare(contents.stored(found.ids), again, expected)
    failed = _mend(core, found) if mend and found.ids else {}
    failures = {"count": len(failed), "names": sorted(failed.values())[:_NAMES]}
    counts = {"datasets": len(stored), "documents": len(indexed), "failed": failures}
    return counts | rules.describe(found, _NAMES)


def _mend(core: str, found: rules.Differences) -> dict[str, str]:
    """Write again what differs, and delete orphans.

    :returns: dataset id → why it could not be indexed
    """
    names = {**found.missing, **found.stale, **found.outdated}
    failed = {}
    for number, id_ in enumerate(found.to_index, start=1):
        reason = contents.put(id_)
        if reason:
            failed[id_] = f"{names[id_]}: {reason}"
        if number % _BATCH == 0:
            contents.commit(core)
    contents.drop(core, found.orphans)
    contents.commit(core)
    return failed
