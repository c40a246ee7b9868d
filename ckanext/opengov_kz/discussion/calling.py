"""How the pages of the discussion call actions: what may not be, or is not there, becomes a page that says so."""

from __future__ import annotations

from typing import Any, NoReturn

from ckan.common import _
from ckan.plugins import toolkit


def call(action: str, **data: Any) -> Any:
    """Calls an action as the person whose page it is. Raises ValidationError; the rest ends in a page."""
    try:
        return toolkit.get_action(action)({}, data)
    except toolkit.ObjectNotFound:
        toolkit.abort(404, _("There is no such discussion."))
    except toolkit.NotAuthorized as error:
        forbid(str(error.message or ""))


def forbid(message: str = "") -> NoReturn:
    """Ends in a page that says why not; to those who have not signed in, that they should."""
    toolkit.abort(403, _("Sign in to take part.") if toolkit.current_user.is_anonymous else message)
    raise AssertionError  # abort has raised
