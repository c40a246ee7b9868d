"""Draft acts for programs: texts as JSON and Akoma Ntoso, a feed, a calendar of closings, the report as a file."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from ckan.common import _, request
from ckan.plugins import toolkit
from feedgen.feed import FeedGenerator
from flask import Blueprint, Response
from icalendar import Calendar, Event

from ckanext.opengov_kz.shared.languages import file_name

from . import akoma_ntoso, report_files, texts
from .calling import call, version_asked
from .words import npa_kind, numerals

machine = Blueprint("opengov_npa_machine", __name__, url_prefix="/npa")
_MOST = 100
_FILTERS = ("kind", "body", "sphere")


def _asked() -> dict[str, str]:
    return {name: request.args[name] for name in _FILTERS if request.args.get(name)}


def _listed(**wanted: Any) -> list[dict[str, Any]]:
    try:
        return call("npa_act_list", **_asked(), **wanted, limit=_MOST)["acts"]
    except toolkit.ValidationError:
        return []


@machine.route("/closings.ics")
def closings() -> Response:
    """The last days of open discussions as a calendar that a phone can subscribe to."""
    made = Calendar()
    made.add("prodid", "-//Open Government//npa//KK")
    made.add("version", "2.0")
    made.add("x-wr-calname", _("Discussions of draft acts: last days"))
    for act in _listed(stage="discussion", order="closing"):
        day = dt.date.fromisoformat(act["closes"])
        event = Event()
        event.add("uid", f"{act['id']}@opengov")
        event.add("dtstamp", dt.datetime.now(dt.UTC))
        event.add("dtstart", day)
        event.add("dtend", day + dt.timedelta(days=1))
        event.add("summary", _("Last day: {title}").format(title=toolkit.h.npa_title(act["title"]).text))
        event.add("url", toolkit.url_for("npa.read", id=act["name"], qualified=True))
        made.add_component(event)
    return Response(made.to_ical(), content_type="text/calendar; charset=utf-8")


@machine.route("/feed.atom")
def feed() -> Response:
    """The newest drafts as an Atom feed, of a body or a sphere where it is named."""
    found = _listed(order="newest")
    made = FeedGenerator()
    here = toolkit.url_for("opengov_npa_machine.feed", qualified=True, **_asked())
    made.id(here)
    made.title(_("Draft legal acts"))
    made.link(href=here, rel="self")
    made.link(href=toolkit.url_for("opengov_npa.index", qualified=True), rel="alternate")
    made.author(name=_("Open Government"))
    made.updated(_moment(found[0]["published"]) if found else "1970-01-01T00:00:00+00:00")
    for act in found:
        entry = made.add_entry(order="append")
        entry.id(f"urn:uuid:{act['id']}")
        entry.title(toolkit.h.npa_title(act["title"]).text)
        entry.updated(_moment(act["published"]))
        entry.link(href=toolkit.url_for("npa.read", id=act["name"], qualified=True))
        said = f"{npa_kind(act['kind'])}. {toolkit.h.npa_title(act['body']['title']).text}."
        if act["closes"]:
            said += " " + _("Comments until {day}.").format(day=numerals(act["closes"]))
        entry.content(said, type="text")
    return Response(made.atom_str(pretty=True), content_type="application/atom+xml; charset=utf-8")


def _moment(day: str | None) -> str:
    return f"{day or '1970-01-01'}T00:00:00+05:00"


@machine.route("/<id>/text.json")
def as_json(id: str) -> Response:  # noqa: A002 - CKAN's word for it in every address
    """The text in both languages with the lasting identities of its parts."""
    package = call("package_show", id=id)
    text = call("npa_text_show", id=id, **version_asked())
    known = {name: package.get(name) for name in ("id", "name", "title_translated", "kind")}
    body = json.dumps(known | text, ensure_ascii=False)
    return Response(body, content_type="application/json; charset=utf-8")


@machine.route("/<id>/akn.<language>.xml")
def as_akoma_ntoso(id: str, language: str) -> Response:  # noqa: A002
    """The text as Akoma Ntoso 3.0, one document for each language."""
    package, act = call("package_show", id=id), call("npa_act_show", id=id)
    text = call("npa_text_show", id=id, **version_asked())
    both = {one: texts.parts_of(text["rows"], one) for one in texts.LANGUAGES}
    both = {one: parts for one, parts in both.items() if parts}
    if language not in both:
        toolkit.abort(404, _("There is no text in this language."))
    published = dt.date.fromisoformat((act["published"] or text["published"])[:10])
    organization = package["organization"]
    about = akoma_ntoso.About(
        kind=package["kind"].replace("_", "-"),
        number=package["id"].replace("-", "")[:12],
        begun=published,
        day=dt.date.fromisoformat(text["published"][:10]) if text["published"] else published,
        version=text["version"],
        title=package["title_translated"],
        developer=_names(organization["id"]),
        url=toolkit.url_for("npa.read", id=package["name"], locale="default", qualified=True),
        developer_url=toolkit.url_for("organization.read", id=organization["name"], locale="default", qualified=True),
    )
    response = Response(akoma_ntoso.act_xml(about, both, language), content_type="application/akn+xml; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="{file_name(package["name"], "xml")}"'
    return response


def _names(body_id: str) -> dict[str, str]:
    body = call("organization_show", id=body_id, include_datasets=False, include_users=False)
    return {"kk": body["title"], "ru": body["title"]} | dict(body.get("title_translated") or {})


@machine.route("/<id>/report.<language>.<form>")
def report(id: str, language: str, form: str) -> Response:  # noqa: A002
    """The report on the discussion in one language, as DOCX or PDF."""
    if form not in report_files.MAKERS or language not in texts.LANGUAGES:
        toolkit.abort(404, _("There is no such file."))
    package, act, shown = call("package_show", id=id), call("npa_act_show", id=id), call("npa_report_show", id=id)
    days = {name: act[name] for name in ("published", "closes", "reported")}
    about = {"title": package["title_translated"], "developer": _names(package["organization"]["id"]), **days}
    data = report_files.get(shown, about, language, form)
    if data is None:
        answer = Response(_("The file is being made. Try again in a few minutes."), 503, content_type="text/plain")
        answer.headers["Retry-After"] = "60"
        return answer
    response = Response(data, content_type=report_files.MAKERS[form][1])
    name = file_name(f"report-{package['name']}-{language}", form)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
