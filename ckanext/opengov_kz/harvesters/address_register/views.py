"""The quality tab of a harvested dataset."""

from __future__ import annotations

from ckan.plugins import toolkit
from flask import Blueprint

blueprint = Blueprint("harvesting_quality", __name__)


@blueprint.route("/dataset/<id>/quality")
def read(id: str) -> str:  # noqa: A002 - CKAN's word for it in every address
    """What was found in the rows of a dataset."""
    try:
        found = toolkit.get_action("harvesting_quality_show")({}, {"id": id})
        dataset = toolkit.get_action("package_show")({}, {"id": id})
    except toolkit.ObjectNotFound:
        return toolkit.abort(404, toolkit._("The quality of this dataset has not been looked at"))
    except toolkit.NotAuthorized:
        return toolkit.abort(404, toolkit._("Dataset not found"))
    return toolkit.render("harvesting/quality.html", {"pkg_dict": dataset, "pkg": dataset, "quality": found})
