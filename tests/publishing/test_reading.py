"""A reader's address: what is understood, what is left out and named."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ckanext.opengov_kz.publishing.fulltext import column_query, full_text_query
from ckanext.opengov_kz.publishing.reading import pages, parse, search_parameters, sort_parameters

pytestmark = pytest.mark.fast

FIELDS = [
    {"id": "code", "type": "text"},
    {"id": "-code", "type": "text"},
    {"id": "people", "type": "numeric"},
    {"id": "day", "type": "date"},
    {"id": "moment", "type": "timestamp"},
    {"id": "form", "type": "nested"},
]


def test_whole_question_becomes_one_search() -> None:
    query = parse(
        [("q", "қала"), ("f.code", "71"), ("min.people", "1 000,5"), ("sort", "-people"), ("page", "3")], FIELDS
    )
    assert search_parameters(query) == {
        "plain": False,
        "filters": {"people": {"gte": Decimal("1000.5")}},
        "q": {"code": "'71':*"},
        "full_text": full_text_query("қала"),
    }
    assert sort_parameters(query) == ['"people" desc nulls last', "_id"]
    assert (query.page, query.problems) == (3, [])


def test_last_day_of_a_time_belongs_to_it_whole() -> None:
    query = parse([("min.moment", "2026-01-01"), ("max.moment", "2026-01-31"), ("f.day", "2026-01-05")], FIELDS)
    assert query.filters == {
        "moment": {"gte": "2026-01-01", "lt": "2026-02-01"},
        "day": {"gte": "2026-01-05", "lte": "2026-01-05"},
    }


def test_column_whose_name_begins_with_a_minus_is_taken_by_its_name() -> None:
    query = parse([("sort", "-code")], FIELDS)
    assert (query.sort, query.descending) == ("-code", False)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("sort", "form", "not_sortable"),
        ("f.form", "1", "not_filterable"),
        ("min.code", "1", "not_filterable"),
        ("max.moment", "9999-12-31", "bad_date"),
        ("page", "0", "bad_page"),
        ("f.nothing", "1", "unknown_column"),
    ],
)
def test_what_makes_no_sense_is_named_and_left_out(name: str, value: str, code: str) -> None:
    query = parse([(name, value)], FIELDS)
    assert [problem.code for problem in query.problems] == [code]
    assert not query.filtered
    assert query.address() == ""


def test_first_of_repeated_parameters_counts_and_foreign_ones_are_passed_over() -> None:
    query = parse([("q", "a"), ("q", "b"), ("utm_source", "x")], FIELDS)
    assert (query.search, query.problems) == ("a", [])


def test_address_of_another_page_keeps_the_question() -> None:
    query = parse([("q", "a b"), ("sort", "code")], FIELDS)
    assert query.address(page=2) == "q=a+b&sort=code&page=2"
    assert query.address(sort=None) == "q=a+b"


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("алматы қала", "'алматы':* & 'қала':*"),
        ("O'Neil", "'O''Neil':*"),
        ("a & b | !c", "'a':* & 'b':* & '!c':*"),
        ("x :y ::text", "'x':* & 'y':* & 'text':*"),
        ("back\\slash", "'back slash':*"),
        ("https://data.egov.kz", "'data.egov.kz':*"),
        ("«» ! &", ""),
    ],
)
def test_search_is_words_and_never_operators(typed: str, query: str) -> None:
    assert column_query(typed) == query


def test_pages_link_to_the_ends_and_the_neighbours() -> None:
    place = pages(total=1000, page=10, size=50)
    assert (place.current, place.last, place.first_row, place.last_row) == (10, 20, 451, 500)
    assert place.shown() == [1, None, 9, 10, 11, None, 20]
    assert pages(0, 1, 50).first_row == 0
    assert pages(51, 9, 50).current == 2
