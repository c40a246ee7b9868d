"""How a search was understood, for its page and for the API's clients; kept for the request that asked."""

from __future__ import annotations

from collections.abc import Container
from typing import Any, TypedDict

from ckan.plugins import toolkit
from flask import g, has_request_context

from ckanext.opengov_kz.search import spelling
from ckanext.opengov_kz.search.understanding import Parameters, Understood
from ckanext.opengov_kz.shared.kazakh import stem
from ckanext.opengov_kz.shared.languages import LANGUAGES

_TITLES_READ = 5


class Outcome(TypedDict):
    """How a text was understood.

    - ``corrected``: what misspelt words were taken for, or None;
    - ``near``: nothing fits, and what comes near is given instead; ``suggestion``: what may have been meant then;
    - ``message``: in words, what the person should know of the text.
    """

    query: str
    corrected: str | None
    near: bool
    suggestion: str | None
    message: str | None


def reader_language() -> str:
    """Name the language of the request; Kazakh outside of requests, and for languages that the portal has not."""
    lang = toolkit.h.lang() if has_request_context() else None
    return str(lang) if lang in LANGUAGES else LANGUAGES[0]


def of(text: str, understood: Understood, found: dict[str, Any], *, near: bool) -> Outcome:
    """Say how a text was understood, reading the words that misspelt ones stand for from the titles found."""
    words = understood.query.all_words
    titles = [title for hit in found["results"][:_TITLES_READ] for title in _titles(hit)]
    meant = _meant(words, words if near else understood.meant, understood, titles)
    return Outcome(
        query=text,
        corrected=None if near else meant,
        near=near,
        suggestion=meant if near else None,
        message=_message(understood, titles, near=near),
    )


def _message(understood: Understood, titles: list[str], *, near: bool) -> str | None:
    if understood.query.was_cut:
        return toolkit._("The query is very long: only its first words were looked up.")
    nowhere = [word for word, meant in understood.meant.items() if meant is None]
    left_out = [word for word in nowhere if not spelling.shown_form(word, titles)]
    if left_out and titles and not near:
        return toolkit._("Left out, as nothing has them: {words}.").format(words=", ".join(left_out))
    return None


def nothing_to_search(text: str) -> Outcome:
    """Say that a text has no word in it."""
    message = toolkit._("There is no word to look for in what was typed; everything is shown.")
    return Outcome(query=text, corrected=None, near=False, suggestion=None, message=message)


def tell(found: dict[str, Any], outcome: Outcome, parameters: Parameters) -> dict[str, Any]:
    """Put the outcome into the answer, and keep it for the page together with Solr's parameters."""
    if has_request_context():
        g.opengov_search = (outcome, parameters)
    return found | {"search": outcome}


def of_request() -> Outcome | None:
    """Give the outcome of the last search of this request."""
    return g.opengov_search[0] if has_request_context() and "opengov_search" in g else None


def parameters_of_request(text: str) -> Parameters:
    """Give the parameters with which this request searched for a text; empty when it did not."""
    if not has_request_context() or "opengov_search" not in g:
        return {}
    outcome, parameters = g.opengov_search
    return parameters if outcome["query"] == text else {}


def _meant(words: list[str], doubtful: Container[str], understood: Understood, titles: list[str]) -> str | None:
    """Write the words with the doubtful ones as they stand in what was found; None when nothing changes."""
    meant = [
        (understood.meant.get(word) or spelling.shown_form(word, titles) or word) if word in doubtful else word
        for word in words
    ]
    # Another form of the same word is no other word.
    changed = any(stem(new) != stem(word) for new, word in zip(meant, words, strict=True))
    return " ".join(meant) if changed else None


def _titles(hit: dict[str, Any]) -> list[str]:
    translated = hit.get("title_translated")
    titles = [*translated.values()] if isinstance(translated, dict) else []
    keywords = hit.get("tags_translated")
    words = [word for tags in keywords.values() for word in tags] if isinstance(keywords, dict) else []
    return [text for text in (*titles, hit.get("title"), *words) if text]
