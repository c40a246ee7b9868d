"""The preview of a text: what was read from the files, told by part what is odd, corrected, published."""

from __future__ import annotations

from typing import Any

from ckan.common import _, request
from ckan.plugins import toolkit
from flask import Blueprint
from werkzeug.wrappers import Response

from . import texts
from .calling import call, number
from .importing import CHANGES
from .words import numerals

preview = Blueprint("opengov_npa_preview", __name__, url_prefix="/npa")
_ROWS = 200


@preview.route("/<id>/preview", methods=["GET"])
def show(id: str) -> str:  # noqa: A002 - CKAN's word for it in every address
    """The text that was read, both languages side by side, with what is odd."""
    return _show(id, {})


def _show(id: str, errors: dict[str, Any]) -> str:  # noqa: A002
    package, act = call("package_show", id=id), call("npa_act_show", id=id)
    found = call("npa_preview_show", id=id)
    rows = _placed(found["rows"])
    odd = request.args.get("odd") == "1"
    shown = [row for row in rows if row["problem"]] if odd else rows
    at, last = number("page", 1), max(1, -(-len(shown) // _ROWS))
    facts = {
        "package": package,
        "act": act,
        "problems": found["problems"],
        "version": found["version"],
        "made": found["made"],
        "rows": shown[(at - 1) * _ROWS : at * _ROWS],
        "count": len(rows),
        "unpaired": sum(1 for row in rows if row["problem"]),
        "lacking": texts.lacking(rows),
        "odd": odd,
        "page": at,
        "last": last,
        "errors": errors,
        "edited": request.args.get("edit"),
    }
    return toolkit.render("npa/preview.html", facts)


def _placed(rows: list[texts.Row]) -> list[dict[str, Any]]:
    """Rows with the place of each side among the parts of its language, by which it is corrected."""
    places = dict.fromkeys(texts.LANGUAGES, -1)
    placed = []
    for row in rows:
        here = {}
        for language in texts.LANGUAGES:
            if row[language] is not None:
                places[language] += 1
                here[f"{language}_place"] = places[language]
        placed.append(row | here)
    return placed


@preview.route("/<id>/preview", methods=["POST"])
def correct(id: str) -> str | Response | tuple[str, int]:  # noqa: A002
    """Corrects one part in one or both languages, publishes the text, or throws it away."""
    wanted = request.form.get("do", "")
    try:
        if wanted == "publish":
            return _publish(id)
        if wanted == "discard":
            call("npa_version_delete", id=id)
            return toolkit.redirect_to("opengov_npa_office.manage", id=id)
        call("npa_version_update", id=id, corrections=_corrections(wanted), seen=request.form.get("seen", ""))
    except toolkit.ValidationError as error:
        return _show(id, error.error_dict), 400
    asked = {name: value for name in ("page", "odd") if (value := request.args.get(name))}
    return toolkit.redirect_to("opengov_npa_preview.show", id=id, _anchor=request.form.get("anchor"), **asked)


def _publish(id: str) -> Response:  # noqa: A002
    act = call("npa_act_show", id=id)
    if act["stage"] == "draft":
        published = call("npa_act_publish", id=id)
        said = _("Published. The discussion is open until {day}, its last day included.")
        toolkit.h.flash_success(said.format(day=numerals(published["closes"])))
    else:
        note = {language: request.form.get(f"note-{language}", "") for language in texts.LANGUAGES}
        made = call("npa_version_publish", id=id, note=note)
        toolkit.h.flash_success(_("Version {number} is published.").format(number=made["version"]))
    return toolkit.redirect_to("npa.read", id=id)


def _corrections(wanted: str) -> dict[str, dict[str, dict[str, Any]]]:
    """From inputs named `kk-12-title`: what the officer wants of each part; `do` may be `remove` or `join`."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for key, value in request.form.items():
        language, _dash, rest = key.partition("-")
        place, _dash, name = rest.partition("-")
        if language in texts.LANGUAGES and place.isdecimal() and name in CHANGES:
            wished = found.setdefault(language, {}).setdefault(place, {})
            wished[name] = value.replace("\r\n", "\n")
    if wanted in {"remove", "join"}:
        return {language: {place: {wanted: True} for place in places} for language, places in found.items()}
    return found
