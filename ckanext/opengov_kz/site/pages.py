"""Pages of the frame: home and the navigator."""

from __future__ import annotations

from ckan.plugins import toolkit
from flask import Blueprint

pages = Blueprint("opengov_site", __name__)


@pages.route("/navigator")
def navigator() -> str:
    """All situations and parts of the portal on one page."""
    return toolkit.render("site/navigator.html", {})
