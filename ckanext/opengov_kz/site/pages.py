"""Pages of the frame: home and the navigator."""

from __future__ import annotations

from ckan.lib.search.common import SearchError, SolrConnectionError
from ckan.plugins import toolkit
from flask import Blueprint

from . import navigator
from .helpers import site_language

pages = Blueprint("opengov_site", __name__)


@pages.route("/")
def home() -> str:
    """Render home; without the search engine it still opens, only without figures."""
    try:
        figures = toolkit.get_action("site_home_show")({}, {})
    except (SearchError, SolrConnectionError):
        figures = None
    situations = [item for area in navigator.areas(site_language()) for item in area["situations"] if item["home"]]
    return toolkit.render("home/index.html", {"figures": figures, "situations": situations})


@pages.route("/navigator")
def guide() -> str:
    """Render all situations and parts of the portal on one page."""
    return toolkit.render("site/navigator.html", {"areas": navigator.areas(site_language())})
