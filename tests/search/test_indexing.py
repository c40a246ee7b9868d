"""What the search finds: by Kazakh and by Russian words, and texts of any length."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ckanext.opengov_kz.search import indexing
from tests.catalogue.records import RESOURCE, act, dataset, unique

LONG = "Қазақстанның ұлттық қоры туралы мәлімет " * 1000
PLUGINS = pytest.mark.usefixtures("with_plugins", "clean_index")


def found(query: str, **given: Any) -> list[str]:
    return [hit["name"] for hit in act("package_search", q=query, **given)["results"]]


@PLUGINS
def test_a_word_in_any_language_of_any_text_finds_the_dataset() -> None:
    made = dataset(
        title_translated={"kk": "Мәңгілік Ел", "ru": "Мангилик Ел навечно"},
        tags_translated={"kk": ["ауылдық"], "ru": ["селение"]},
        resources=[RESOURCE | {"name_translated": {"kk": "Оның қосымшасы", "ru": "Его приложение"}}],
    )
    for word in ("Мәңгілік", "мангилик", "НАВЕЧНО", "селение", "ауылдық", "Приложение", "қосымшасы"):
        assert found(word) == [made["name"]], word
    assert found("жоқсөзмүлдем") == []


@PLUGINS
def test_forty_thousand_kazakh_characters_are_saved_and_found_by_the_last_word() -> None:
    assert len(LONG) >= 40_000
    last = unique("соңғысөз").replace("-", "")
    made = dataset(notes_translated={"kk": f"{LONG} {last}", "ru": f"{LONG} {last}ру"}, legal_basis_translated=None)
    assert act("package_show", id=made["id"])["notes_translated"]["kk"].endswith(last)
    assert found(last) == [made["name"]]
    assert found(f"{last}ру") == [made["name"]]


@PLUGINS
def test_keywords_are_counted_by_language_and_missing_translations_can_be_listed() -> None:
    dataset(tags_translated={"kk": ["қала"], "ru": ["город"]}, language=["kk", "ru"])
    dataset(imported=True, title_translated={"ru": "Без перевода"})
    fields = ["vocab_keywords_kk", "vocab_keywords_ru", "vocab_translation_missing", "vocab_data_language"]
    facets = act("package_search", rows=0, **{"facet.field": fields})["facets"]
    assert facets["vocab_keywords_kk"] == {"қала": 1}
    assert facets["vocab_keywords_ru"] == {"город": 1}
    assert facets["vocab_translation_missing"] == {"kk": 1}
    assert facets["vocab_data_language"] == {"kk": 1, "ru": 1}


@PLUGINS
def test_datasets_are_sorted_by_title_in_the_readers_language_and_filtered_by_due_date() -> None:
    first = dataset(title_translated={"kk": "Б", "ru": "А"}, frequency="MONTHLY", last_update="2026-01-31")["name"]
    second = dataset(title_translated={"kk": "А", "ru": "Б"}, frequency="MONTHLY", last_update="2026-03-31")["name"]
    assert found("*:*", sort="title_string_ru asc") == [first, second]
    assert found("*:*", sort="title_string_kk asc") == [second, first]
    assert found("*:*", fq="next_update:[* TO 2026-03-01]") == [first]


@pytest.mark.fast
def test_translated_and_composite_fields_leave_the_document_with_their_twins() -> None:
    source = {
        "title_translated": {"kk": "Қала", "ru": "Город"},
        "translation_missing": [],
        "language": ["kk"],
        "resources": [],
    }
    flat = {"id": "1", "title": "Қала", "notes": "x" * 70_000, "responsible_name": "ә" * 40_000, "frequency": "DAILY"}
    for name, value in source.items():
        flat[name] = flat[f"extras_{name}"] = json.dumps(value)
    document = indexing.document(flat | {"validated_data_dict": json.dumps(source)}, 7)
    assert not [key for key in document if "_translated" in key and not key.startswith("vocab_")]
    assert not {"language", "extras_language", "translation_missing", "extras_translation_missing"} & set(document)
    assert document["title_string_ru"] == "Город"
    assert document["extras_text_ru"] == "Город"
    assert len(document["notes"]) == 70_000
    assert len(document["responsible_name"].encode()) <= 32_766
    assert document["frequency"] == "DAILY"
    assert document["popularity"] == 7
