"""What may become of columns by itself, and what needs a person's word."""

from __future__ import annotations

import pytest

from ckanext.opengov_kz.publishing import column_rules
from ckanext.opengov_kz.publishing.rules import Column

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("stored", "wanted"),
    [
        ("integer", "bigint"),
        ("integer", "numeric"),
        ("integer", "double precision"),
        ("bigint", "numeric"),
        ("numeric", "text"),
        ("date", "timestamp without time zone"),
        ("character varying(10)", "character varying(20)"),
        ("character varying(10)", "text"),
        ("numeric(10,2)", "numeric"),
    ],
)
def test_a_wider_type_takes_every_value_and_the_way_back_does_not(stored: str, wanted: str) -> None:
    assert column_rules.is_wider(stored, wanted)
    assert not column_rules.is_wider(wanted, stored)


@pytest.mark.parametrize(
    ("stored", "wanted"), [("bigint", "double precision"), ("text", "text"), ("date", "integer"), ("boolean", "date")]
)
def test_a_type_that_would_change_values_is_not_wider(stored: str, wanted: str) -> None:
    assert not column_rules.is_wider(stored, wanted)


def test_a_dictionary_adds_and_widens_and_never_removes_or_narrows() -> None:
    stored = [Column("code", "text"), Column("n", "integer"), Column("on", "date"), Column("old", "text")]
    wanted = [
        {"id": "code", "type": "int4"},
        {"id": "n", "type": "numeric"},
        {"id": "on", "type": "bool"},
        {"id": "new", "type": "text", "info": {"label_kk": "Жаңа"}},
    ]
    plan = column_rules.plan(stored, wanted)
    assert plan.add == [wanted[3]]
    assert plan.widen == {"n": "numeric"}
    assert plan.missing == ["old"]
    assert plan.unlike == {"on": "boolean"}


@pytest.mark.parametrize(
    ("rename", "remove", "types", "code"),
    [
        ({"nope": "x"}, [], {}, "no_column"),
        ({}, ["code"], {}, "key"),
        ({"a": "c"}, ["a"], {}, "twice"),
        ({"a": "b"}, [], {}, "taken"),
        ({"a": "_id"}, [], {}, "bad_name"),
        ({"a": 'x"; DROP TABLE y'}, [], {}, "bad_name"),
        ({"a": "100%"}, [], {}, "bad_name"),
        ({}, [], {"a": "text; DROP TABLE y"}, "bad_type"),
    ],
)
def test_a_change_that_makes_no_sense_is_named(
    rename: dict[str, str], remove: list[str], types: dict[str, str], code: str
) -> None:
    found = column_rules.problems(["code", "a", "b"], ["code"], rename, remove, types)
    assert [problem.code for problem in found] == [code]


def test_two_columns_may_exchange_their_names_with_a_removed_one() -> None:
    assert column_rules.problems(["code", "a", "b"], ["code"], {"a": "b"}, ["b"], {}) == []
