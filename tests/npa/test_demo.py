"""The drafts of the demonstration: from the plain source through Word to parts and Akoma Ntoso, in both languages."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest

from ckanext.opengov_kz.npa import akoma_ntoso, demo_drafts
from ckanext.opengov_kz.npa.alignment import align
from ckanext.opengov_kz.npa.docx_reading import Reading
from ckanext.opengov_kz.npa.parts import paths, words
from ckanext.opengov_kz.npa.versions import compare, identify_both
from tests.npa.documents import read

pytestmark = pytest.mark.fast

VERSIONS = [(name, version) for name, last in demo_drafts.drafts().items() for version in range(1, last + 1)]


def readings(name: str, version: int) -> dict[str, Reading]:
    return {language: read(demo_drafts.source(name, language, version), language) for language in ("kk", "ru")}


def test_there_are_a_long_law_with_two_versions_and_four_shorter_acts() -> None:
    assert demo_drafts.drafts() == {
        "government_decree": 1,
        "maslikhat_decision": 1,
        "open_data_law": 2,
        "order_rules": 1,
        "service_standard": 1,
    }
    articles = [part for part in readings("open_data_law", 1)["ru"].parts if part.kind == "article"]
    assert len(articles) == 40


@pytest.mark.parametrize(("name", "version"), VERSIONS)
def test_a_draft_is_read_without_a_problem_and_both_languages_agree(name: str, version: int) -> None:
    both = readings(name, version)
    for reading in both.values():
        assert reading.problems == ()
        assert reading.title
    assert paths(both["kk"].parts) == paths(both["ru"].parts)
    assert not any(pair.problem for pair in align(both["kk"].parts, both["ru"].parts))


@pytest.mark.parametrize(("name", "version"), VERSIONS)
@pytest.mark.parametrize("language", ["kk", "ru"])
def test_no_word_of_the_body_is_lost(name: str, version: int, language: str) -> None:
    source = demo_drafts.source(name, language, version)
    reading = read(source, language)
    said = " ".join([reading.title, *(f"{part.number} {words(part)}" for part in reading.parts)])
    body = source[source.index(reading.parts[0].text) :]
    lost = Counter(re.findall(r"\w+", body)) - Counter(re.findall(r"\w+", said))
    # The words of the law for its parts are in the kinds; all else is in the parts.
    assert set(lost) <= {"Глава", "Статья", "Параграф", "тарау", "бап", "параграф"}


@pytest.mark.parametrize(("name", "version"), VERSIONS)
def test_a_draft_is_valid_akoma_ntoso(name: str, version: int) -> None:
    both = readings(name, version)
    kk, ru, _ = identify_both(both["kk"].parts, both["ru"].parts)
    about = akoma_ntoso.About(
        kind="draft",
        number=name.replace("_", "-"),
        begun=date(2026, 11, 2),
        day=date(2026, 11, 20),
        version=version,
        title={language: reading.title for language, reading in both.items()},
        developer={"kk": "Министрлік", "ru": "Министерство"},
        url="https://portal.example/npa/1",
        developer_url="https://portal.example/organization/ministry",
    )
    for language in ("kk", "ru"):
        assert akoma_ntoso.validate(akoma_ntoso.act_xml(about, {"kk": kk, "ru": ru}, language)) == []


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_second_version_of_the_law_shows_every_kind_of_change(language: str) -> None:
    first, second = readings("open_data_law", 1), readings("open_data_law", 2)
    kk, ru, _ = identify_both(first["kk"].parts, first["ru"].parts)
    new_kk, new_ru, moved = identify_both(second["kk"].parts, second["ru"].parts, kk, ru)
    old, new = {"kk": (kk, new_kk), "ru": (ru, new_ru)}[language]
    states = Counter(change.state for change in compare(old, new))
    assert set(states) == {"same", "edited", "moved", "added", "removed"}
    assert states["same"] > 140
    assert {each.how for each in moved} == {"split", "merged", "parent"}
    there = dict(zip((part.identity for part in new), paths(new), strict=True))
    here = dict(zip(paths(old), (part.identity for part in old), strict=True))
    assert there[here["article-33"]] == "article-34", (
        "the article on freeness was swapped with its neighbour and rewritten"
    )
    assert there[here["article-40"]] == "article-41"


def test_a_kazakh_source_has_no_latin_letter_and_a_russian_one_no_yo() -> None:
    for name, version in VERSIONS:
        assert not re.search("[a-zA-Z]", demo_drafts.source(name, "kk", version))
        assert not re.search("[a-zA-ZёЁ]", demo_drafts.source(name, "ru", version))
