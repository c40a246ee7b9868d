"""The verbs of the search: CKAN's own search understands people, and suggestions while they type."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ckan.lib.search.common import SearchError, SolrConnectionError
from ckan.plugins import toolkit
from ckan.types import Action, Context, DataDict, Schema

from ckanext.opengov_kz.search import background, lookup, notes, outcome, upkeep, version, vocabulary
from ckanext.opengov_kz.search.logic import schema as schemas
from ckanext.opengov_kz.search.query import is_fielded, read
from ckanext.opengov_kz.search.understanding import Parameters, Understood, understand
from ckanext.opengov_kz.shared.languages import LANGUAGES, pick

#: Who names one of these has a query of his own for Solr.
_OWN_QUERY = frozenset({"defType", "qf", "mm"})
_EVERYTHING = frozenset({"", "*:*", "*"})
_MOST_SUGGESTIONS = 10
#: Of so many words none may be missing.
_FEW = 2


@toolkit.side_effect_free
@toolkit.chained_action
def package_search(original: Action, context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Search as CKAN does; plain words in `q` are understood in Kazakh, Russian and English, in any form and spelling.

    Queries that name fields (`organization:…`), or come with `defType`, `qf` or `mm`, go to CKAN unchanged.

    :returns: CKAN's answer with `search`: how the words were understood (`query`, `corrected`, `near`, `message`)
    """
    with _page_without_solr(context):
        return _search(original, context, data_dict)


@toolkit.side_effect_free
def search_suggest(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Suggest public things while a person types the beginnings of words, in any spelling.

    :param q: what was typed
    :param limit: how many are wanted: 8, ten at the most
    :returns: dicts of name, type, title (in the reader's language) and lang (of the title)
    """
    toolkit.check_access("search_suggest", context, data_dict)
    data, errors = toolkit.navl_validate(data_dict, schemas.search_suggest(), context)
    if errors:
        raise toolkit.ValidationError(errors)
    words = [word for part in read(data["q"]).parts for word in part.words]
    if not words:
        return []
    answer = lookup.select(
        q=" ".join(words),
        defType="edismax",
        qf="suggest words^0.5",
        pf="suggest",
        mm="100%",
        rows=min(data["limit"], _MOST_SUGGESTIONS),
        fl=["name", "dataset_type", *(f"title_{lang}" for lang in LANGUAGES)],
        sort="score desc, popularity desc",
    )
    return [_suggestion(document) for document in answer["response"]["docs"]]


def _suggestion(document: dict[str, Any]) -> dict[str, Any]:
    picked = pick({lang: document.get(f"title_{lang}") for lang in LANGUAGES}, outcome.reader_language())
    return {
        "name": document["name"],
        "type": document["dataset_type"],
        "title": picked.text or document["name"],
        "lang": picked.lang,
    }


@toolkit.side_effect_free
def search_index_report_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show how the index is looked after. Administrators of the portal alone.

    :returns: ``schema`` (expected, actual, matches, error), ``rebuild`` (the last one's state, began, done, total,
        failed, message; None before the first), ``report`` (of the last comparison: began, ended, datasets, documents
        and by kind of difference count and names; None before the first), ``busy``, ``queued`` (rebuild, compare)
    """
    toolkit.check_access("search_index_report_show", context, data_dict)
    busy = notes.busy()
    queued = {"rebuild": background.waits(background.REBUILD), "compare": background.waits(background.COMPARE)}
    rebuild = notes.read(notes.REBUILD)
    if rebuild and rebuild["state"] in {"running", "exchanging"} and not busy:
        # Between two turns of the queue, or its process was killed.
        rebuild["state"] = "waiting" if queued["rebuild"] else "stopped"
    return {
        "schema": version.compare(),
        "rebuild": rebuild,
        "report": notes.read(notes.REPORT),
        "busy": busy,
        "queued": queued,
    }


def search_index_compare(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Compare the database with the index and mend what differs. Administrators of the portal alone.

    :param dry_run: only tell what differs
    :param background: as a job of the queue; the report is kept for `search_index_report_show`
    :returns: the report, or ``queued`` with `background`
    """
    toolkit.check_access("search_index_compare", context, data_dict)
    data = _validated(schemas.search_index_compare(), context, data_dict)
    if data["background"]:
        return {"queued": background.start_comparison()}
    try:
        return upkeep.compare(mend=not data["dry_run"])
    except notes.BusyError as error:
        busy = toolkit._("A rebuild or a comparison of the index is going on; try again later.")
        raise toolkit.ValidationError({"index": [busy]}) from error


def search_index_rebuild(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Rebuild the index in the background, in a second core. Administrators of the portal alone.

    :param fresh: begin anew instead of going on with a rebuild that was stopped
    :returns: ``queued``: False when one waits in the queue already
    """
    toolkit.check_access("search_index_rebuild", context, data_dict)
    data = _validated(schemas.search_index_rebuild(), context, data_dict)
    return {"queued": background.start_rebuild(fresh=data["fresh"])}


def _validated(schema: Schema, context: Context, data_dict: DataDict) -> dict[str, Any]:
    data, errors = toolkit.navl_validate(data_dict, schema, context)
    if errors:
        raise toolkit.ValidationError(errors)
    return data


@contextmanager
def _page_without_solr(context: Context) -> Iterator[None]:
    """Answer a page that searches with "503, try again later" while Solr is away; CKAN's own views answer 500."""
    try:
        yield
    except SolrConnectionError:
        if context.get("for_view"):
            toolkit.abort(503)
        raise


def _search(original: Action, context: Context, data_dict: DataDict) -> dict[str, Any]:
    text = data_dict.get("q")
    if not isinstance(text, str) or text.strip() in _EVERYTHING or _OWN_QUERY & data_dict.keys():
        return original(context, data_dict)
    if is_fielded(text):
        try:
            return original(context, data_dict)
        except SolrConnectionError:
            raise
        except SearchError:
            # A person at the page gets an answer to the words; a program is told that its syntax is wrong.
            if not context.get("for_view"):
                raise
    return _search_words(original, context, data_dict, text)


def _search_words(original: Action, context: Context, data_dict: DataDict, text: str) -> dict[str, Any]:
    """Search for every word first, unless one is unknown; where that finds little, for what the words may mean."""
    understood = understand(text, vocabulary.current(), outcome.reader_language())
    if not understood.query.parts:
        return outcome.tell(original(context, {**data_dict, "q": ""}), outcome.nothing_to_search(text), {})
    parameters: Parameters = {}
    found = {"count": 0}
    if understood.is_known():
        parameters = understood.strict()
        found = original(context, {**data_dict, **parameters})
    if found["count"] < _enough(understood):
        understood.guess()
        parameters = understood.parameters()
        found = original(context, {**data_dict, **parameters})
    near = False
    if not found["count"] and understood.query.all_words:
        parameters = understood.near()
        found = original(context, {**data_dict, **parameters})
        near = bool(found["count"])
    return outcome.tell(found, outcome.of(text, understood, found, near=near), parameters)


def _enough(understood: Understood) -> int:
    """How many things must have every word: of many words one may be missing in what is wanted."""
    return 1 if len(understood.query.parts) <= _FEW else _FEW + 1
