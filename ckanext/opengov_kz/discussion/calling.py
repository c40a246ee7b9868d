"""How the pages of the discussion call actions: what may not be, or is not there, becomes a page that says so."""

from __future__ import annotations

from typing import Any, NoReturn

from ckan.common import _, request
from ckan.plugins import toolkit

#: What is no page of anything, and no more than a database counts with.
MOST_PAGES = 100_000


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


def number(name: str, otherwise: int) -> int:
    """A number from the page's address, from 1 on."""
    given = request.args.get(name, otherwise, type=int)
    return min(max(given, 1), MOST_PAGES) if given is not None else otherwise
