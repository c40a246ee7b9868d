"""The words of the index as each process keeps them."""

from __future__ import annotations

from typing import Any

import pytest
from ckan.plugins import toolkit

from ckanext.opengov_kz.search.vocabulary import Vocabulary
from tests.catalogue.records import act
from tests.search.corpus import made

KEPT = Vocabulary(
    words=frozenset({"мектептер", "аптека"}),
    kazakh=("мектеп", "мектеб", "каламгер", "кала"),
    russian=("аптек", "школ"),
)


@pytest.mark.fast
@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("мктептер", ["мектеп"]),
        ("мекетп", ["мектеп"]),  # letters that changed places are one mistake
        ("қалсмкер", ["каламгер"]),  # two wrong letters in a long word
        ("қалла", ["кала"]),
        ("аптика", ["аптек"]),
        ("сот", []),  # a short word is never a misspelt one
        ("12345", []),
    ],
)
def test_what_comes_near_to_a_word(typed: str, near: list[str]) -> None:
    assert KEPT.similar(typed, "kk")[: len(near)] == near
    assert near or not KEPT.similar(typed, "kk")


@pytest.mark.fast
@pytest.mark.parametrize(("lang", "near"), [("kk", ["астик", "аптек"]), ("ru", ["аптек", "астик"])])
def test_of_stems_as_near_those_of_the_readers_language_come_first(lang: str, near: list[str]) -> None:
    assert Vocabulary(words=frozenset(), kazakh=("астик",), russian=("аптек",)).similar("аптик", lang) == near


@pytest.mark.fast
def test_a_word_is_known_in_any_of_its_forms() -> None:
    assert KEPT.knows("мектептерден")
    assert KEPT.knows("аптекой")
    assert not KEPT.knows("зебра")


@pytest.mark.fast
@pytest.mark.parametrize(
    ("typed", "stem"),
    [("овца", "овец"), ("овец", "овц"), ("угля", "угол"), ("койка", "коек"), ("деньги", "денег")],
)
def test_a_russian_vowel_that_comes_and_goes_hides_no_word(typed: str, stem: str) -> None:
    kept = Vocabulary(words=frozenset(), kazakh=(), russian=(stem,))
    assert kept.knows(typed)
    assert kept.relatives(typed) == [stem]
    assert not kept.relatives("карта")


@pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")
def test_a_word_newer_than_the_vocabulary_is_found_and_offered_later(monkeypatch: pytest.MonkeyPatch) -> None:
    made(schools=("Мектептер", "Школы"))
    assert _found("мектептер") == {"Мектептер"}
    with monkeypatch.context() as changed:
        changed.setitem(toolkit.config, "opengov.search.vocabulary_seconds", 3600)
        made(zebras=("Зебралар", "Зебры"))
        assert _found("зебралар") == {"Зебралар"}
    assert _found("зебрлар") == {"Зебралар"}


def _found(text: str) -> set[str]:
    found: list[dict[str, Any]] = act("package_search", q=text)["results"]
    return {hit["title_translated"]["kk"] for hit in found}
