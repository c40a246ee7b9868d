"""What actions of every capability do first and last: check what came in, refuse."""

from __future__ import annotations

from typing import Any, NoReturn

from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict


def valid(context: Context, data_dict: DataDict, wanted: Any) -> dict[str, Any]:
    """What came in, checked against a schema; keys that it does not know are left out. Raises ValidationError."""
    asked = {name: value for name, value in data_dict.items() if name in wanted}
    data, errors = toolkit.navl_validate(asked, wanted, context)
    if errors:
        raise toolkit.ValidationError(errors)
    return data


def refuse(name: str, message: str) -> NoReturn:
    """Says of a field what is wrong with it; what was begun is undone. Raises ValidationError always."""
    model.Session.rollback()
    raise toolkit.ValidationError({name: [message]})
