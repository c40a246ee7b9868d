"""The promise of the search, on the evaluation set of the benchmarks: 95 % overall, 85 % in each kind of query."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from benchmarks import search_quality, solr_documents

pytestmark = pytest.mark.usefixtures("with_plugins")


@pytest.fixture(scope="module")
def found(loaded_plugins: None) -> Iterator[list[tuple[search_quality.Query, list[str]]]]:
    """Each query with what it finds."""
    from ckan.tests.helpers import _get_test_app  # noqa: PLC0415

    with _get_test_app().flask_app.test_request_context(), solr_documents.two_cores():
        solr_documents.post(search_quality.passports())
        yield [(query, search_quality.ours(query.text)) for query in search_quality.queries()]


def test_the_wanted_is_among_the_first_three(found: list[tuple[search_quality.Query, list[str]]]) -> None:
    asked = Counter(query.kind for query, _ in found)
    hits = Counter(query.kind for query, names in found if query.is_hit(names))
    shares = {kind: hits[kind] / number for kind, number in asked.items()}
    assert hits.total() / asked.total() >= 0.95, shares
    assert min(shares.values()) >= 0.85, shares
    assert asked.total() >= 150


def test_a_stranger_never_comes_before_the_wanted(found: list[tuple[search_quality.Query, list[str]]]) -> None:
    wrong = [
        (query.text, names[:3])
        for query, names in found
        if query.stranger in names and not any(name in query.wanted for name in names[: names.index(query.stranger)])
    ]
    assert not wrong
