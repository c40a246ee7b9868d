"""Who may do what with the search: everybody may search, the administrator looks after the index."""

from __future__ import annotations

from ckan.plugins import toolkit
from ckan.types import AuthResult, Context, DataDict


@toolkit.auth_allow_anonymous_access
def search_suggest(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may read the portal; suggestions come from public things alone."""
    return {"success": True}


def search_index_report_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators of the portal alone, who need no permission."""
    return {"success": False}


def search_index_compare(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators of the portal alone, who need no permission."""
    return {"success": False}


def search_index_rebuild(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators of the portal alone, who need no permission."""
    return {"success": False}
