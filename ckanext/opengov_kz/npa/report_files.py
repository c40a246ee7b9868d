"""The files of published reports: made once by the job queue, kept in CKAN's storage, made anew for other words.

A report of 3,000 comments takes a PDF two minutes: made at each request, a few visitors would hold all of a portal's
workers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from ckan.lib import files
from ckan.lib.jobs import job_from_id
from ckan.plugins import toolkit

from . import report_docx, report_pdf, reports
from .report_content import Document

MAKERS: Mapping[str, tuple[Callable[[Document, str], bytes], str]] = {
    "docx": (report_docx.render, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "pdf": (report_pdf.render, "application/pdf"),
}
#: So few comments are written into a file within a request: in less than two seconds.
_AT_ONCE = 30
_SECONDS = 1800


def get(shown: Mapping[str, Any], about: Mapping[str, Any], language: str, form: str) -> bytes | None:
    """A file of a report; None while the queue makes it.

    :param shown: of `reports.show`
    :param about: `title` and `developer` by language, `published`, `closes` and `reported` as ISO 8601 has them
    """
    if not shown["published"]:
        # The people of the body alone look at it, and every look may be another text.
        return _made(shown, about, language, form)
    place = _location(shown, about, language, form)
    storage = files.get_storage()
    known = files.FileData(place)
    if storage.exists(known):
        return storage.content(known)
    if len(shown["rows"]) <= _AT_ONCE:
        return keep(dict(shown), dict(about), language, form)
    name = f"opengov-npa-report-{place.rpartition('/')[2].replace('.', '-')}"
    if not _is_queued(name):
        toolkit.enqueue_job(
            keep,
            [dict(shown), dict(about), language, form],
            title="npa: report",
            rq_kwargs={"job_id": name, "timeout": _SECONDS},
        )
    return None


def keep(shown: dict[str, Any], about: dict[str, Any], language: str, form: str) -> bytes:
    """Makes a file and stores it; the job of the queue."""
    made = _made(shown, about, language, form)
    files.get_storage().upload(_location(shown, about, language, form), files.make_upload(made))
    return made


def _made(shown: Mapping[str, Any], about: Mapping[str, Any], language: str, form: str) -> bytes:
    render, _kind = MAKERS[form]
    return render(reports.document(shown, about["title"], about["developer"], about), language)


def _location(shown: Mapping[str, Any], about: Mapping[str, Any], language: str, form: str) -> files.Location:
    """Another place for other words: a comment that was hidden later is in no file that is given."""
    words = json.dumps([shown, about], sort_keys=True, ensure_ascii=False).encode()
    return files.Location(f"npa/reports/{hashlib.sha256(words).hexdigest()[:32]}.{language}.{form}")


def _is_queued(name: str) -> bool:
    try:
        return job_from_id(name).get_status() in {"queued", "started", "scheduled"}
    except KeyError:
        return False
