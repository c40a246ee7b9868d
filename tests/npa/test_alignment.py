"""Both languages side by side: by number within the same parent, what is missing is told, nothing crosses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ckanext.opengov_kz.npa.alignment import Pair, align, longest_increasing
from ckanext.opengov_kz.npa.parts import Part
from tests.npa import trees
from tests.npa.documents import read

pytestmark = pytest.mark.fast


def shown(pairs: list[Pair]) -> list[tuple[str, str, str | None]]:
    return [
        (
            f"{pair.kk.kind} {pair.kk.number}".strip() if pair.kk else "–",
            f"{pair.ru.kind} {pair.ru.number}".strip() if pair.ru else "–",
            pair.problem,
        )
        for pair in pairs
    ]


def test_the_same_structure_has_no_problem() -> None:
    kk = read("5-бап. Мерзім\nМерзім:\n1. Күн.\n1) бір;\n| а | б |", "kk").parts
    ru = read("Статья 5. Срок\nСрок:\n1. День.\n1) один;\n| а | б |").parts
    assert [pair.problem for pair in align(kk, ru)] == [None] * 5


def test_what_is_missing_in_one_language_is_told_with_all_in_it() -> None:
    kk = read("1-бап. Бір\n1. А.\n2. Ә.\n1) б;\n2-бап. Екі\n1. В.", "kk").parts
    ru = read("Статья 1. Один\n1. А.\nСтатья 2. Два\n1. В.\n2. Г.").parts
    assert shown(align(kk, ru)) == [
        ("article 1", "article 1", None),
        ("item 1", "item 1", None),
        ("item 2", "–", "missing_ru"),
        ("subitem 1)", "–", "missing_ru"),
        ("article 2", "article 2", None),
        ("item 1", "item 1", None),
        ("–", "item 2", "missing_kk"),
    ]


def test_the_same_number_of_another_kind_is_paired_and_told() -> None:
    kk = (Part("article", "1", "Бір", "", 0), Part("item", "1", "", "А.", 1))
    ru = (Part("article", "1", "Один", "", 0), Part("subitem", "1)", "", "А.", 1))
    assert shown(align(kk, ru))[1] == ("item 1", "subitem 1)", "kind_differs")


def test_different_numbers_are_never_paired() -> None:
    kk = (Part("item", "1", "", "А.", 0), Part("item", "2", "", "Ә.", 0))
    ru = (Part("item", "1", "", "А.", 0), Part("item", "3", "", "В.", 0))
    assert shown(align(kk, ru))[1:] == [("item 2", "–", "missing_ru"), ("–", "item 3", "missing_kk")]


def test_an_annex_numbered_in_one_language_and_tables_of_other_sizes() -> None:
    kk = (Part("annex", "", "Тізбе", "Қосымша", 0), Part("table", "", "", "", 1, rows=(("а", "б"),)))
    ru = (
        Part("annex", "1", "Перечень", "Приложение 1", 0),
        Part("table", "", "", "", 1, rows=(("а", "б"), ("в", "г"))),
    )
    assert [pair.problem for pair in align(kk, ru)] == ["number_differs", "table_differs"]


def test_a_missing_indentation_is_found_by_the_lengths_of_the_others() -> None:
    long, short = "сөз " * 60, "Қысқа сөйлем."
    kk = tuple(Part("paragraph", "", "", text, 0) for text in (long, short, long))
    ru = tuple(Part("paragraph", "", "", text, 0) for text in ("слово " * 50, "слово " * 55))
    assert [pair.problem for pair in align(kk, ru)] == [None, "missing_ru", None]


def test_words_in_one_language_only_are_told() -> None:
    assert align((Part("item", "1", "", "А.", 0),), (Part("item", "1", "", "", 0),))[0].problem == "empty_ru"


def test_roman_and_arabic_numbers_are_the_same() -> None:
    pairs = align((Part("section", "II", "Екі", "", 0),), (Part("section", "2", "Два", "", 0),))
    assert [pair.problem for pair in pairs] == [None]


def test_what_was_shuffled_is_told_and_nothing_crosses() -> None:
    kk = tuple(Part("item", str(number), "", "А.", 0) for number in (1, 2, 3, 4))
    ru = tuple(Part("item", str(number), "", "А.", 0) for number in (1, 4, 2, 3))
    pairs = align(kk, ru)
    assert [pair.problem for pair in pairs].count(None) == 3
    assert [pair.problem for pair in pairs if pair.problem] == ["missing_kk", "missing_ru"]


@pytest.mark.parametrize("seed", range(30))
def test_every_part_stands_once_and_in_its_order(seed: int) -> None:
    rnd = trees.seeded(seed)
    kk = trees.act(rnd)
    ru = tuple(part for part in trees.act(trees.seeded(seed)) if part.depth < 2 or rnd.random() > 0.2)
    depth = -1
    fitting = []
    for part in ru:  # what lost its parent goes up
        depth = min(part.depth, depth + 1)
        fitting.append(replace(part, depth=depth))
    pairs = align(kk, fitting)
    assert [pair.kk for pair in pairs if pair.kk] == list(kk)
    assert [pair.ru for pair in pairs if pair.ru] == fitting
    assert all(pair.problem in {"missing_kk", "missing_ru"} for pair in pairs if not (pair.kk and pair.ru))
    assert not any(pair.problem for pair in align(kk, kk))


def test_longest_increasing_is_increasing_and_longest() -> None:
    assert longest_increasing([]) == []
    assert longest_increasing([3, 1, 2, 5, 4]) in ([1, 2, 3], [1, 2, 4])
    assert longest_increasing([4, 3, 2, 1]) == [3]
