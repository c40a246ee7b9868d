"""What templates ask of the search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from ckan.plugins import toolkit
from flask import request
from markupsafe import Markup

from ckanext.opengov_kz.search import highlighting, outcome


def search_outcome() -> dict[str, Any]:
    """Give how the search of this page was understood; empty when there was none."""
    return dict(outcome.of_request() or {})


def search_highlights(packages: Sequence[dict[str, Any]], q: str) -> dict[str, dict[str, Markup]]:
    """Give titles and descriptions of shown things with what matched in `<mark>`: id → field → text."""
    return highlighting.of_packages(packages, q)


def search_again(words: str) -> str:
    """Give the address of this search with other words, from its first page on."""
    return _here(q=words)


def search_kind_url(name: str) -> str:
    """Give the address of this search among one kind of things."""
    return _here(dataset_type=name)


def _here(**changes: str) -> str:
    kept = [(key, value) for key, value in request.args.items(multi=True) if key not in {*changes, "page"}]
    return f"{toolkit.h.url_for('dataset.search')}?{urlencode([*changes.items(), *kept])}"


def search_rebuild_state(state: str) -> str:
    """Name where a rebuild of the index stands."""
    return {
        "running": toolkit._("Under way"),
        "waiting": toolkit._("Waiting for its next turn"),
        "exchanging": toolkit._("Taking its place"),
        "stopped": toolkit._("Stopped; it can go on"),
        "finished": toolkit._("Finished"),
        "failed": toolkit._("Failed"),
    }[state]


def search_difference_labels() -> dict[str, str]:
    """Name the kinds of differences between database and index, in the order of a report."""
    return {
        "missing": toolkit._("Were missing in the index"),
        "stale": toolkit._("Were older in the index"),
        "outdated": toolkit._("Had outdated values in the index"),
        "orphans": toolkit._("Were in the index alone"),
        "failed": toolkit._("Could not be indexed"),
    }
