"""The verb of files that hang on comments; they come with a comment, and go with its words."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.opengov_kz.discussion import attachments, comments, threads
from ckanext.opengov_kz.discussion.logic import schema
from ckanext.opengov_kz.discussion.logic.common import reader
from ckanext.opengov_kz.shared.actions import valid

__all__ = ["discussion_attachment_show"]


@toolkit.side_effect_free
def discussion_attachment_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show what a file is that hangs on a comment; its content stands at `url`.

    :param id: the file
    :returns: `id`, `name`, `media_type`, `size` in bytes, `comment_id`, `url`

    Errors: NotAuthorized; ObjectNotFound, also where the words of the comment are not to be read.
    """
    data = valid(context, data_dict, schema.comment())
    toolkit.check_access("discussion_attachment_show", context, data)
    row = attachments.get(data["id"])
    comment = comments.get(row.comment_id)
    viewer, sees_waiting = reader(context)
    if comment.state not in threads.SAID or not threads.is_readable(comment, viewer, sees_waiting=sees_waiting):
        raise toolkit.ObjectNotFound(toolkit._("There is no such file."))
    url = toolkit.url_for("opengov_discussion.download", id=row.id, qualified=True)
    return attachments.plain(row) | {"comment_id": comment.id, "url": url}
