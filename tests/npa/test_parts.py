"""Addresses, labels and the plain form of parts."""

from __future__ import annotations

import pytest

from ckanext.opengov_kz.npa import parts
from ckanext.opengov_kz.npa.parts import Part
from tests.npa import trees

pytestmark = pytest.mark.fast

LAW = (
    Part("section", "1", "Общая часть", "", 0),
    Part("chapter", "1", "Общее", "", 1),
    Part("article", "5-1", "Принципы", "", 2),
    Part("paragraph", "", "", "Доступ основан на:", 3),
    Part("item", "2", "", "Срок:", 3),
    Part("subitem", "3)", "", "день;", 4),
    Part("subitem", "3)", "", "ещё день;", 4),
    Part("table", "", "", "", 3, rows=(("а", "б"), ("в", "г"))),
    Part("annex", "", "Перечень", "Приложение к Закону", 0),
    Part("chapter", "1", "Первая", "", 1),
    Part("item", "1", "", "Пункт.", 2),
)


def test_addresses_name_the_place_without_chapters() -> None:
    assert parts.paths(LAW) == (
        "section-1",
        "section-1/chapter-1",
        "article-5-1",
        "article-5-1/paragraph-1",
        "article-5-1/item-2",
        "article-5-1/item-2/subitem-3",
        "article-5-1/item-2/subitem-3_2",
        "article-5-1/table-1",
        "annex-1",
        "annex-1/chapter-1",
        "annex-1/item-1",
    )
    assert parts.path(LAW, 5) == "article-5-1/item-2/subitem-3"


def test_whatever_an_officer_types_as_a_number_makes_an_address() -> None:
    odd = tuple(Part("item", number, "", "Пункт.", 0) for number in ("5 /\u00a01", "..", "5-1", "5-1."))
    assert parts.paths(odd) == ("item-5-1", "item-1", "item-5-1_2", "item-5-1_3")


def test_an_article_keeps_its_address_when_a_chapter_is_put_above_it() -> None:
    article = Part("article", "1", "", "", 0)
    below = (Part("chapter", "1", "", "", 0), Part("article", "1", "", "", 1))
    assert parts.paths((article,))[0] == parts.paths(below)[1] == "article-1"


@pytest.mark.parametrize(
    ("index", "kk", "ru"),
    [
        (0, "1-бөлім", "Раздел 1"),
        (2, "5-1-бап", "Статья 5-1"),
        (4, "2-тармақ", "Пункт 2"),
        (5, "3) тармақша", "Подпункт 3)"),
        (7, "Кесте", "Таблица"),
        (8, "Қосымша", "Приложение"),
    ],
)
def test_labels_are_what_officials_say(index: int, kk: str, ru: str) -> None:
    assert (parts.label(LAW[index], "kk"), parts.label(LAW[index], "ru")) == (kk, ru)


def test_a_reference_names_what_holds_a_part_but_no_chapter() -> None:
    russian = parts.full_labels(LAW, "ru")
    assert russian[1:6] == (
        "Раздел 1, глава 1",
        "Статья 5-1",
        "Статья 5-1, абзац 1",
        "Статья 5-1, пункт 2",
        "Статья 5-1, пункт 2, подпункт 3)",
    )
    assert parts.full_labels(LAW, "kk")[5] == "5-1-бап, 2-тармақ, 3) тармақша"
    assert parts.full_labels(LAW, "en")[5] == "Article 5-1, item 2, sub-item 3)"
    assert russian[7:9] == ("Статья 5-1, таблица 1", "Приложение")
    assert russian[10] == "Приложение, пункт 1"
    item = (Part("item", "1", "", "Срок:", 0), Part("paragraph", "", "", "день;", 1))
    assert parts.full_labels(item, "ru")[1] == "Пункт 1, абзац 2", "the item's own text is the first indentation"


def test_words_are_heading_text_and_cells() -> None:
    assert parts.words(LAW[7]) == "а | б\nв | г"
    assert parts.words(LAW[8]) == "Перечень\nПриложение к Закону"


def test_the_plain_form_leaves_out_what_is_empty_and_reads_back() -> None:
    assert parts.as_json(LAW[4:5]) == [{"kind": "item", "number": "2", "text": "Срок:", "depth": 3}]
    assert parts.from_json(parts.as_json(LAW)) == LAW


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"kind": "verse", "depth": 0}, "kind"),
        ({"kind": "item"}, "depth"),
        ({"kind": "item", "depth": True}, "depth"),
        ({"kind": "item", "depth": 2}, "depth"),
        ({"kind": "item", "depth": -1}, "depth"),
        ({"kind": "item", "depth": 0, "text": 5}, "text"),
        ({"kind": "item", "depth": 0, "identity": "' or 1=1"}, "identity"),
        ({"kind": "table", "depth": 0, "rows": [[1]]}, "cells"),
        ({"kind": "table", "depth": 0, "rows": 7}, "rows"),
        ("item", "part 2"),
    ],
)
def test_a_wrong_plain_form_is_refused_by_its_place(given: object, named: str) -> None:
    with pytest.raises(ValueError, match="part 2") as refused:
        parts.from_json([{"kind": "item", "depth": 0}, given])  # type: ignore[list-item]
    assert named in str(refused.value)


@pytest.mark.parametrize("seed", range(30))
def test_every_act_has_unique_addresses_and_reads_back(seed: int) -> None:
    act = trees.act(trees.seeded(seed))
    assert len(set(parts.paths(act))) == len(act)
    assert parts.from_json(parts.as_json(act)) == act
    held = parts.children(act)
    assert sorted(index for indices in held.values() for index in indices) == list(range(len(act)))
