"""The page where a person changes the columns of a table: what is to become of each, the question, then the deed."""

from __future__ import annotations

from typing import Any

from ckan.common import _, request
from ckan.plugins import toolkit
from flask import Blueprint
from werkzeug.wrappers import Response

from . import column_rules
from .run_views import found, missing
from .words import publishing_dictionary

columns = Blueprint("opengov_publishing_columns", __name__, url_prefix="/dataset/<id>/resource/<resource_id>")


@columns.route("/columns", methods=["GET", "POST"])
def change(id: str, resource_id: str) -> str | Response:  # noqa: A002 - CKAN's name of the parameter
    """The form; after its first sending the question what may be lost, after the second it is done."""
    dataset, resource = found(id, resource_id)
    if not toolkit.h.check_access("publishing_columns_change", {"resource_id": resource_id}):
        missing()
    info = toolkit.get_action("publishing_table_show")({}, {"resource_id": resource_id})
    facts: dict[str, Any] = {
        "pkg_dict": dataset,
        "package": dataset,
        "resource": resource,
        "fields": publishing_dictionary(info["fields"]),
        "stored": {field["id"]: column_rules.type_name(field["type"]) for field in info["fields"]},
        "types": column_rules.TYPES,
        "asked": {"rename": {}, "remove": [], "types": {}},
        "errors": [],
        "unfit": [],
        "question": None,
    }
    if request.method == "GET":
        return toolkit.render("publishing/columns.html", facts)
    asked = facts["asked"] = _asked(facts["stored"])
    try:
        answer = toolkit.get_action("publishing_columns_change")(
            {}, {"resource_id": resource_id, "confirm": "confirm" in request.form, **asked}
        )
    except toolkit.ValidationError as error:
        told: dict[str, Any] = dict(error.error_dict)
        facts["unfit"] = told.pop("unfit", [])
        facts["errors"] = [message for messages in told.values() for message in messages]
        return toolkit.render("publishing/columns.html", facts)
    if not answer["done"]:
        return toolkit.render("publishing/columns.html", facts | {"question": answer})
    toolkit.h.flash_success(_("The columns are changed."))
    return toolkit.redirect_to("dataset_resource.read", id=dataset["name"], resource_id=resource_id)


def _asked(stored: dict[str, str]) -> dict[str, Any]:
    """What the form says: `rename.<column>`, `type.<column>`, and `remove` as often as columns are to go."""
    form = request.form
    new_names = {name: form.get(f"rename.{name}", "").strip() for name in stored}
    kinds = {name: form.get(f"type.{name}", "") for name in stored}
    return {
        "rename": {name: new for name, new in new_names.items() if new and new != name},
        "remove": form.getlist("remove"),
        "types": {name: kind for name, kind in kinds.items() if kind and kind != stored[name]},
    }
