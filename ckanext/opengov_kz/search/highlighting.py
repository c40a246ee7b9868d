"""What matched, marked in titles and descriptions of the things on one page."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from ckan.lib.search.common import SearchError
from markupsafe import Markup, escape

from ckanext.opengov_kz.search import lookup, outcome
from ckanext.opengov_kz.shared.languages import LANGUAGES

log = logging.getLogger(__name__)

# Characters that no text has: the escaping of the rest must not touch them.
_BEGIN, _END = "\ue000", "\ue001"
_CHARACTERS = 220


def of_packages(packages: Sequence[Mapping[str, Any]], text: str) -> dict[str, dict[str, Markup]]:
    """Mark what matched, in the reader's language or the first that the thing has.

    :param text: what this request searched for
    :returns: id → {"title": …, "notes": …}; only what has a match, nothing when Solr does not answer
    """
    parameters = outcome.parameters_of_request(text)
    if not packages or not parameters:
        return {}
    lang = outcome.reader_language()
    try:
        marked = _marked([package["id"] for package in packages], parameters)
    except SearchError as error:
        log.warning("Matches were not marked: %s", error)
        return {}
    return {package["id"]: _of(package, marked.get(package["id"], {}), lang) for package in packages}


def _marked(ids: Sequence[str], parameters: Mapping[str, str]) -> dict[str, dict[str, list[str]]]:
    names = [f"{name}_{lang}" for name in ("title", "notes") for lang in LANGUAGES]
    answer = lookup.select(
        **parameters,
        filters=[f"{{!terms f=id}}{','.join(ids)}"],
        fl="id,index_id",
        rows=len(ids),
        hl="true",
        **{
            "hl.method": "unified",
            "hl.fl": names,
            "hl.requireFieldMatch": "false",
            "hl.tag.pre": _BEGIN,
            "hl.tag.post": _END,
            "hl.snippets": 1,
            "hl.fragsize": _CHARACTERS,
            "hl.bs.type": "WORD",
            "hl.defaultSummary": "false",
        },
        **{f"f.title_{lang}.hl.fragsize": 0 for lang in LANGUAGES},
    )
    found = answer["highlighting"]
    return {document["id"]: found.get(document["index_id"], {}) for document in answer["response"]["docs"]}


def _of(package: Mapping[str, Any], marked: Mapping[str, list[str]], lang: str) -> dict[str, Markup]:
    texts = {}
    for name in ("title", "notes"):
        translated = package.get(f"{name}_translated")
        shown = next((one for one in (lang, *LANGUAGES) if isinstance(translated, dict) and translated.get(one)), None)
        if found := marked.get(f"{name}_{shown or LANGUAGES[0]}"):
            texts[name] = _markup(found[0])
    return texts


def _markup(text: str) -> Markup:
    return Markup(str(escape(text)).replace(_BEGIN, "<mark>").replace(_END, "</mark>"))  # noqa: S704 - escaped above
