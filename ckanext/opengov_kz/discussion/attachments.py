"""Files that hang on comments: in CKAN's storage, given to whoever may read the comment, deleted with its words."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib import files
from ckan.plugins import toolkit
from werkzeug.wrappers import Response

from ckanext.opengov_kz.shared.languages import file_name

from .attachment_checks import AttachmentRefused, Checked, check_name, checked
from .model import Attachment

log = logging.getLogger(__name__)
#: A full disk, a bucket that does not answer, a storage that is not configured.
_TROUBLE = (OSError, files.exc.FilesError)


def read(uploads: Iterable[Any], most: int) -> list[Checked]:
    """The files that came with a comment, checked; fields that were left empty are none. Raises AttachmentRefused."""
    largest = toolkit.config["opengov.discussion.attachment_megabytes"] * 1_000_000
    given = [one for one in uploads if getattr(one, "filename", "")]
    if len(given) > most:
        raise AttachmentRefused("many", "")
    for one in given:
        # Names first: nothing is decoded beside a file that is refused anyway.
        check_name(one.filename)
    return [checked(one.filename, one.stream.read(largest + 1), largest) for one in given]


def keep(comment_id: str, given: Sequence[Checked]) -> list[files.FileData]:
    """Stores files and their rows, without a commit; what was stored, to be taken back where the commit fails.

    Raises AttachmentRefused where the storage takes no more; nothing of the files stays then.
    """
    stored: list[files.FileData] = []
    for one in given:
        row = Attachment(comment_id=comment_id, name=one.name, media_type=one.media_type, size=len(one.data))
        model.Session.add(row)
        model.Session.flush()
        location = files.Location(f"discussion/{row.id[:2]}/{row.id}")
        try:
            kept = _storage().upload(location, files.make_upload(one.data))
        except _TROUBLE as error:
            take_back(stored)
            log.exception("A file of a comment was not stored")
            raise AttachmentRefused("storage", one.name) from error
        row.location = str(kept.location)
        stored.append(kept)
    return stored


def take_back(stored: Iterable[files.FileData]) -> None:
    """Removes files of which no row tells; one that cannot be removed now is told in the log and read by nobody."""
    for one in stored:
        try:
            _storage().remove(one)
        except _TROUBLE:
            log.exception("The file %s of a comment was not removed", one.location)


def forget(comment_ids: Collection[str]) -> list[files.FileData]:
    """Deletes the rows of comments' files, without a commit; what is to be taken back after it."""
    gone = model.Session.scalars(
        sa.delete(Attachment).where(Attachment.comment_id.in_(comment_ids)).returning(Attachment)
    ).all()
    return [_data(row) for row in gone]


def of(comment_ids: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """What hangs on comments, in one query: `id`, `name`, `media_type`, `size` in bytes."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    query = (
        sa.select(Attachment).where(Attachment.comment_id.in_(comment_ids)).order_by(Attachment.added, Attachment.id)
    )
    for row in model.Session.scalars(query):
        found[row.comment_id].append(plain(row))
    return dict(found)


def plain(row: Attachment) -> dict[str, Any]:
    """What everybody may know of a file."""
    return {"id": row.id, "name": row.name, "media_type": row.media_type, "size": row.size}


def get(attachment_id: str) -> Attachment:
    """A file's row. Raises ObjectNotFound."""
    found = model.Session.get(Attachment, attachment_id)
    if found is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such file."))
    return found


def response(row: Attachment) -> Response:
    """The file for a browser: always to be saved, never opened in the portal's name."""
    stem, _dot, extension = row.name.rpartition(".")
    answer = _storage().as_response(_data(row))
    # CKAN would open some kinds in the browser (ckan.files.inline_content_types).
    answer.headers.set("Content-Disposition", "attachment", filename=file_name(stem, extension.lower()))
    return answer


def _data(row: Attachment) -> files.FileData:
    return files.FileData(files.Location(row.location), size=row.size, content_type=row.media_type)


def _storage() -> Any:
    return files.get_storage(toolkit.config["opengov.discussion.attachment_storage"] or None)
