"""How the pages of draft acts call actions: what may not be, or is not there, becomes a page that says so."""

from __future__ import annotations

from typing import Any

from ckan.common import _, request
from ckan.plugins import toolkit

from ckanext.opengov_kz.discussion.calling import MOST_PAGES, number

__all__ = ["call", "number", "version_asked"]


def call(action: str, **data: Any) -> Any:
    """Calls an action as the person whose page it is. Raises ValidationError; the rest ends in a page."""
    try:
        return toolkit.get_action(action)({}, data)
    except toolkit.ObjectNotFound:
        toolkit.abort(404, _("There is no such draft act."))
    except toolkit.NotAuthorized as error:
        # Who has not signed in does not learn that a draft exists.
        if toolkit.current_user.is_anonymous and request.method == "GET" and action == "package_show":
            toolkit.abort(404, _("There is no such draft act."))
        toolkit.abort(403, _("Sign in first.") if toolkit.current_user.is_anonymous else str(error.message or ""))


def version_asked() -> dict[str, int]:
    """The version that the address names, if it is a number that a version may have."""
    given = request.args.get("version", 0, type=int)
    return {"version": given} if 0 < given <= MOST_PAGES else {"version": MOST_PAGES} if given else {}
