"""Pages of a classifier: its tree as of a day, what changed, and both as files."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, NoReturn

from ckan.plugins import toolkit
from flask import Blueprint, Response, send_file

from ckanext.opengov_kz.harvesters.ensi import files
from ckanext.opengov_kz.harvesters.ensi.reading import Question
from ckanext.opengov_kz.publishing.reading import pages
from ckanext.opengov_kz.shared.languages import file_name

harvesting_ensi = Blueprint("harvesting_ensi", __name__)

_CHANGES_PER_PAGE = 100
#: What one call of the action gives at most.
_ITEMS_MAX = 1000


@harvesting_ensi.route("/dataset/<id>/classifier")
def read(id: str) -> str:  # noqa: A002 - CKAN's word for it in every address
    """The tree of a classifier as of a day, one level at a time, and what a search in it found.

    In the address: `date`; `parent`, whose branch is open; `item`, to open the branch that it stands in; `q`; `page`.
    """
    given = _given("date", "parent", "item", "q", "page")
    dataset, versions = _found(id)
    problems: list[str] = []
    size = min(max(toolkit.config["opengov.harvesting.ensi.children_per_page"], 1), _ITEMS_MAX)
    number = _page_number(given)
    branch = _branch(dataset, given, problems)
    if branch and given.get("item"):
        # The item was asked for, not its children: its page among its neighbours.
        parent = branch["path"][-2]["code"] if len(branch["path"]) > 1 else ""
        number = branch["place"] // size + 1
        branch = _item(dataset, parent, given) if parent else None
    else:
        parent = branch["code"] if branch else ""
    query = {key: given[key] for key in ("q", "date") if key in given}
    if "q" not in given:
        query["parent"] = parent
    shown = _shown(dataset, query, number, size, problems)
    day = shown["date"]
    total = toolkit.get_action("harvesting_classifier_show")({}, {"id": dataset["id"], "date": day, "limit": 0})
    return toolkit.render(
        "ensi/read.html",
        {
            "pkg_dict": dataset,
            "pkg": dataset,
            "versions": versions,
            "version": _in_force(versions, day),
            "given": given | {"date": day},
            "problems": problems,
            "branch": branch,
            "shown": shown,
            "place": pages(shown["total"], shown["page"], size),
            "total": total["total"],
        },
    )


@harvesting_ensi.route("/dataset/<id>/classifier/as-of.<extension>")
def download(id: str, extension: str) -> Response:  # noqa: A002
    """The items of a classifier as of a day as a file; `for=spreadsheet` makes CSV for a double click.

    404 for what is no classifier and for another format, 400 for what is no date.
    """
    if extension not in files.EXTENSIONS:
        toolkit.abort(
            404,
            toolkit._("There is no such format. Choose one of: {formats}.").format(formats=", ".join(files.EXTENSIONS)),
        )
    dataset, _versions = _found(id)
    try:
        shown = toolkit.get_action("harvesting_classifier_show")(
            {}, {"id": dataset["id"], **_given("date"), "limit": 0}
        )
    except toolkit.ValidationError as error:
        return toolkit.abort(400, _in_words(error))
    question = Question(shown["resource_id"], date.fromisoformat(shown["date"]))
    name = file_name(f"{dataset['name']} {shown['date']}", extension)
    for_spreadsheets = toolkit.request.args.get("for") == "spreadsheet"
    file = files.state_file(dataset, question, extension, for_spreadsheets=for_spreadsheets)
    return send_file(file, mimetype=files.EXTENSIONS[extension], as_attachment=True, download_name=name)


@harvesting_ensi.route("/dataset/<id>/classifier/changes")
def changes(id: str) -> str | tuple[str, int]:  # noqa: A002
    """What was added, changed and closed since a version or a day, the newest first.

    By default since the first version, which is where the history begins and not a change.
    """
    dataset, versions = _found(id)
    given = _given("since", "since_date", "page")
    problems: list[str] = []
    try:
        found = _changes(dataset, versions, given)
    except toolkit.ValidationError as error:
        problems.append(_in_words(error))
        given = {}
        found = _changes(dataset, versions, given)
    place = pages(found["total"], _page_number(given), _CHANGES_PER_PAGE)
    extra = {
        "pkg_dict": dataset,
        "pkg": dataset,
        "versions": versions,
        "given": given,
        "since": given.get("since") or _first(versions),
        "problems": problems,
        "found": found,
        "place": place,
    }
    return toolkit.render("ensi/changes.html", extra), 400 if problems else 200


@harvesting_ensi.route("/dataset/<id>/classifier/changes.<any(atom, json):extension>")
def feed(id: str, extension: str) -> Response:  # noqa: A002
    """The changes for programs: an Atom feed, the newest first, or JSON, the oldest first (`after` goes on).

    404 for what is no classifier, 400 for what is no date or no known version.
    """
    dataset, versions = _found(id)
    given = _given("since", "since_date", "after", "limit", "page")
    try:
        if extension == "json":
            found = toolkit.get_action("harvesting_classifier_change_list")({}, {"id": dataset["id"], **given})
            return _json(found)
        found = _changes(dataset, versions, given)
    except toolkit.ValidationError as error:
        if extension == "json":
            return _json({"error": _in_words(error)}, 400)
        return toolkit.abort(400, _in_words(error))
    number = _page_number(given)
    last = max(1, -(-found["total"] // _CHANGES_PER_PAGE))
    links = {"self": _feed_address(dataset, given, number), "first": _feed_address(dataset, given, 1)}
    links["alternate"] = toolkit.url_for("harvesting_ensi.changes", id=dataset["name"], qualified=True)
    if number > 1:
        links["previous"] = _feed_address(dataset, given, number - 1)
    if number < last:
        links["next"] = _feed_address(dataset, given, number + 1)
    updated = versions[0]["loaded"] if versions else datetime.now(UTC).isoformat()
    content = files.atom(dataset, found["changes"], updated=updated, links=links)
    return Response(content, content_type="application/atom+xml; charset=utf-8")


def _found(id: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:  # noqa: A002
    try:
        dataset = toolkit.get_action("package_show")({}, {"id": id})
        versions = toolkit.get_action("harvesting_classifier_version_list")({}, {"id": dataset["id"]})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        # The same answer to both: who may not see a dataset does not learn that it exists.
        _missing()
    return dataset, versions


def _missing() -> NoReturn:
    toolkit.abort(404, toolkit._("There is no such classifier."))
    raise AssertionError  # abort has raised


def _given(*names: str) -> dict[str, str]:
    arguments = {name: " ".join(toolkit.request.args.get(name, "").replace("\0", " ").split())[:200] for name in names}
    return {name: value for name, value in arguments.items() if value}


def _page_number(given: dict[str, str]) -> int:
    text = given.get("page", "1")
    return min(max(int(text), 1), 10**6) if text.isdecimal() and text.isascii() else 1


def _branch(dataset: dict[str, Any], given: dict[str, str], problems: list[str]) -> dict[str, Any] | None:
    """The item whose branch is asked for; what cannot be read or found is left out, and named in `problems`."""
    code = given.get("item") or given.get("parent")
    if not code:
        # The date is checked with the items.
        return None
    try:
        branch = _item(dataset, code, given)
    except toolkit.ObjectNotFound as error:
        problems.append(str(error.message or ""))
        given.pop("item", None)
        return None
    except toolkit.ValidationError as error:
        if "date" not in given:
            raise
        problems.append(_in_words(error))
        del given["date"]
        return _branch(dataset, given, problems)
    if not branch["path"]:
        text = toolkit._("The item “{code}” was not in force on {day}.")
        problems.append(text.format(code=code, day=toolkit.h.catalogue_date(branch["date"])))
        given.pop("item", None)
    return branch


def _item(dataset: dict[str, Any], code: str, given: dict[str, str]) -> dict[str, Any]:
    data = {"id": dataset["id"], "code": code, "date": given.get("date", "")}
    return toolkit.get_action("harvesting_classifier_item_show")({}, data)


def _shown(
    dataset: dict[str, Any], query: dict[str, str], number: int, size: int, problems: list[str]
) -> dict[str, Any]:
    show = toolkit.get_action("harvesting_classifier_show")
    page = {"id": dataset["id"], "limit": size}
    try:
        found = show({}, {**page, **query, "offset": (number - 1) * size})
    except toolkit.ValidationError as error:
        problems.append(_in_words(error))
        query.pop("date", None)
        found = show({}, {**page, **query, "offset": (number - 1) * size})
    last = max(1, -(-found["total"] // size))
    if number > last:
        number = last
        found = show({}, {**page, **query, "offset": (number - 1) * size})
    return found | {"page": number}


def _changes(dataset: dict[str, Any], versions: list[dict[str, Any]], given: dict[str, str]) -> dict[str, Any]:
    since = {"since": given.get("since") or _first(versions)}
    if "since_date" in given:
        since["since_date"] = given["since_date"]
    data = {
        "id": dataset["id"],
        **since,
        "newest_first": True,
        "limit": _CHANGES_PER_PAGE,
        "offset": (_page_number(given) - 1) * _CHANGES_PER_PAGE,
    }
    return toolkit.get_action("harvesting_classifier_change_list")({}, data)


def _first(versions: list[dict[str, Any]]) -> str:
    return next((version["version"] for version in versions if version["first"]), "")


def _in_force(versions: list[dict[str, Any]], day: str) -> dict[str, Any] | None:
    """The newest version that was in force on a day; a version without a date always was."""
    return next((version for version in versions if (version["in_force"] or "") <= day), None)


def _feed_address(dataset: dict[str, Any], given: dict[str, str], number: int) -> str:
    asked = {name: value for name, value in given.items() if name in {"since", "since_date"}}
    more = asked | ({"page": str(number)} if number > 1 else {})
    return toolkit.url_for("harvesting_ensi.feed", id=dataset["name"], extension="atom", qualified=True, **more)


def _json(content: dict[str, Any], status: int = 200) -> Response:
    text = toolkit.h.dump_json(content, ensure_ascii=False)
    return Response(text, status, content_type="application/json; charset=utf-8")


def _in_words(error: toolkit.ValidationError) -> str:
    return "; ".join(error.error_summary.values())
