"""How a search was understood, for its page and for the API's clients; kept for the request that asked."""

from __future__ import annotations

from typing import Any, TypedDict

from ckan.plugins import toolkit
from flask import g, has_request_context

from ckanext.opengov_kz.search import spelling
from ckanext.opengov_kz.search.understanding import Understood
from ckanext.opengov_kz.shared.languages import LANGUAGES

_TITLES_READ = 5


class Outcome(TypedDict):
    """`corrected`: what misspelt words were taken for; `near`: nothing fits exactly, and what comes near is given."""

    query: str
    corrected: str | None
    near: bool
    message: str | None


def reader_language() -> str:
    """Name the language of the request; Kazakh outside of requests, and for languages that the portal has not."""
    lang = toolkit.h.lang() if has_request_context() else None
    return str(lang) if lang in LANGUAGES else LANGUAGES[0]


def of(text: str, understood: Understood, found: dict[str, Any], *, near: bool) -> Outcome:
    """Say how a text was understood, reading the words that misspelt ones stand for from the titles found."""
    message = (
        toolkit._("The query is very long: only its first words were looked up.") if understood.query.was_cut else None
    )
    corrected = None if near or not found["count"] else _corrected(understood, found)
    return Outcome(query=text, corrected=corrected, near=near, message=message)


def nothing_to_search(text: str) -> Outcome:
    """Say that a text has no word in it."""
    message = toolkit._("There is no word to look for in what was typed; everything is shown.")
    return Outcome(query=text, corrected=None, near=False, message=message)


def tell(found: dict[str, Any], outcome: Outcome) -> dict[str, Any]:
    """Put the outcome into the answer, and keep it for the page."""
    if has_request_context():
        g.opengov_search_outcome = outcome
    return found | {"search": outcome}


def of_request() -> Outcome | None:
    """Give the outcome of the last search of this request."""
    return g.get("opengov_search_outcome") if has_request_context() else None


def _corrected(understood: Understood, found: dict[str, Any]) -> str | None:
    titles = [title for hit in found["results"][:_TITLES_READ] for title in _titles(hit)]
    words = []
    for part in understood.query.parts:
        for word in part.words:
            meant = understood.meant.get(word, word)
            words.append(meant or spelling.shown_form(word, titles) or word)
    corrected = " ".join(words)
    return (
        corrected
        if any(word in understood.meant for word in understood.query.words)
        and (corrected != " ".join(word for part in understood.query.parts for word in part.words))
        else None
    )


def _titles(hit: dict[str, Any]) -> list[str]:
    translated = hit.get("title_translated")
    titles = [*translated.values()] if isinstance(translated, dict) else []
    keywords = hit.get("tags_translated")
    words = [word for tags in keywords.values() for word in tags] if isinstance(keywords, dict) else []
    return [text for text in (*titles, hit.get("title"), *words) if text]
