"""The hand-written content is complete, consistent and in real Kazakh and Russian; needs no service."""

from __future__ import annotations

import csv
import re
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.fast

CATALOGUE = Path(__file__).parents[2] / "ckanext" / "opengov_kz" / "catalogue"
LANGUAGES = ("kk", "ru", "en")
EU_THEMES = {"AGRI", "ECON", "EDUC", "ENER", "ENVI", "GOVE", "HEAL", "INTR", "JUST", "REGI", "SOCI", "TECH", "TRAN"}
FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "HALF_YEAR", "YEARLY", "AS_NEEDED"}
# publishing/rows.py closes a row with these columns, so no table may bring its own
RESERVED_COLUMNS = {"valid_from", "valid_to", "status"}
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
COLUMN = re.compile(r"[a-z][a-z0-9_]*")
WORD = re.compile(r"[A-Za-z\u0400-\u04FF]+")
KAZAKH_LETTERS = set("әғқңөұүһіӘҒҚҢӨҰҮҺІ")
# shorter texts may well consist of shared words: «Экономика», «Министр», «Туризм»
ENOUGH_FOR_KAZAKH_LETTERS = 40
# proper names that official Russian spells with Kazakh letters
KAZAKH_NAMES_IN_RUSSIAN = {
    "Жетісу", "Ұлытау", "Қонаев", "Мәңгілік", "Тәуелсіздік", "Байқоңыр", "Нұра", "Сарайшық",
    "Қазақстан", "темір", "жолы", "Көлсай", "көлдері",
}  # fmt: skip


def load(path: str) -> Any:
    # the C loader reads the 50 passports ten times faster
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((CATALOGUE / path).read_text(encoding="utf-8"), Loader=loader)  # noqa: S506


CATEGORIES: list[dict[str, Any]] = load("reference/categories.yaml")
REGIONS: list[dict[str, Any]] = load("reference/regions.yaml")
PUBLISHERS: list[dict[str, Any]] = load("reference/publishers.yaml")
HOLDERS: dict[str, Any] = load("reference/holder_categories.yaml")
DATASETS: list[dict[str, Any]] = load("demo/datasets.yaml")
TABLES = [
    (dataset["name"], resource) for dataset in DATASETS for resource in dataset["resources"] if "rows" in resource
]


EVERYTHING = [*CATEGORIES, *REGIONS, *PUBLISHERS, *DATASETS]


def by_name(*lists: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(item, id=item["name"]) for items in lists for item in items]


def tables() -> list[Any]:
    return [pytest.param(resource, id=name) for name, resource in TABLES]


def read_rows(resource: dict[str, Any]) -> list[dict[str, str]]:
    with (CATALOGUE / resource["rows"]).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def translations(value: Any) -> Iterator[dict[str, Any]]:
    """Find every `*_translated` value, however deep."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key.endswith("_translated"):
                yield inner
            else:
                yield from translations(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from translations(inner)


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def in_language(item: dict[str, Any], language: str) -> Iterator[str]:
    for translated in translations(item):
        yield from texts(translated.get(language))


def words_of_two_scripts(text: str) -> list[str]:
    return [word for word in WORD.findall(text) if re.search("[A-Za-z]", word) and re.search("[\u0400-\u04ff]", word)]


def foreign_to_russian(text: str) -> set[str]:
    return {word for word in WORD.findall(text) if KAZAKH_LETTERS & set(word)} - KAZAKH_NAMES_IN_RUSSIAN


def bin_is_valid(number: str) -> bool:
    """Check the control digit; an independent reading of the rule, not the validator under test elsewhere."""
    if not re.fullmatch(r"\d{2}(0[1-9]|1[0-2])[456]\d{7}", number):
        return False
    digits = [int(digit) for digit in number]
    control = sum(weight * digit for weight, digit in enumerate(digits[:11], start=1)) % 11
    if control == 10:
        weights = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
        control = sum(weight * digit for weight, digit in zip(weights, digits, strict=False)) % 11
    return control == digits[11]


def test_names_are_unique_slugs_since_ckan_keeps_groups_and_organizations_in_one_table() -> None:
    groups = [item["name"] for item in (*CATEGORIES, *REGIONS, *PUBLISHERS)]
    datasets = [dataset["name"] for dataset in DATASETS]
    assert len(set(groups)) == len(groups)
    assert len(set(datasets)) == len(datasets)
    assert [name for name in (*groups, *datasets) if not SLUG.fullmatch(name)] == []


def test_reference_texts_stand_in_three_languages() -> None:
    translated = [t for item in (*CATEGORIES, *REGIONS, *PUBLISHERS, HOLDERS) for t in translations(item)]
    assert [t for t in translated if tuple(t) != LANGUAGES or not all(t.values())] == []


@pytest.mark.parametrize("category", by_name(CATEGORIES))
def test_category_has_an_icon_and_a_theme_of_the_eu(category: dict[str, Any]) -> None:
    assert category["kind"] == "theme"
    assert SLUG.fullmatch(category["icon"])
    assert category["eu_theme"] in EU_THEMES


def test_the_twenty_regions_stand_with_their_kato_codes() -> None:
    codes = {region["kato"] for region in REGIONS}
    assert len(REGIONS) == len(codes) == 20
    assert [code for code in codes if not re.fullmatch(r"\d{2}0{7}", code)] == []
    assert {region["kind"] for region in REGIONS} == {"region"}


def test_the_six_kinds_of_information_holders_all_occur_among_the_publishers() -> None:
    codes = [category["code"] for category in HOLDERS["categories"]]
    assert len(codes) == 6
    assert set(codes) == {publisher["holder_category"] for publisher in PUBLISHERS}
    assert all(HOLDERS["source"][language] for language in LANGUAGES)


@pytest.mark.parametrize("publisher", by_name(PUBLISHERS))
def test_publisher_is_complete_and_what_it_refers_to_exists(publisher: dict[str, Any]) -> None:
    assert publisher["kind"] in {"central", "local", "quasi_public", "other"}
    assert bin_is_valid(publisher["bin"])
    assert publisher["region"] in {region["kato"] for region in REGIONS}
    assert publisher["email"].endswith("@example.gov.kz")
    assert re.fullmatch(r"https://[a-z-]+\.example\.kz", publisher["website"])
    assert re.fullmatch(r"\+7 7[\d ]+", publisher["phone"])
    assert len(re.sub(r"\D", "", publisher["phone"])) == 11
    assert publisher["head_name"]


def test_publishers_bins_do_not_repeat() -> None:
    bins = [publisher["bin"] for publisher in PUBLISHERS]
    assert len(set(bins)) == len(bins)


def test_parents_exist_and_form_a_tree() -> None:
    parents = {publisher["name"]: publisher.get("parent") for publisher in PUBLISHERS}
    assert {parent for parent in parents.values() if parent} <= parents.keys()
    for name in parents:
        path: list[str] = []
        node: str | None = name
        while node:
            assert node not in path
            path.append(node)
            node = parents[node]


def test_every_region_has_its_akimat() -> None:
    akimats = [publisher["region"] for publisher in PUBLISHERS if publisher["kind"] == "local"]
    assert sorted(akimats) == sorted(region["kato"] for region in REGIONS)


def test_demonstration_covers_every_theme_and_frequency() -> None:
    assert len(DATASETS) == 50
    assert {category["name"] for category in CATEGORIES} <= {group for d in DATASETS for group in d["groups"]}
    assert {dataset["frequency"] for dataset in DATASETS} == FREQUENCIES


@pytest.mark.parametrize("dataset", by_name(DATASETS))
def test_dataset_refers_to_known_publishers_groups_and_places(dataset: dict[str, Any]) -> None:
    assert dataset["owner_org"] in {publisher["name"] for publisher in PUBLISHERS}
    assert set(dataset["groups"]) <= {group["name"] for group in (*CATEGORIES, *REGIONS)}
    assert set(dataset["language"]) <= set(LANGUAGES)
    territory = dataset.get("territory")
    assert territory is None or re.fullmatch(r"\d{9}", territory)
    regions = {region["name"]: region["kato"] for region in REGIONS}
    for group in set(dataset["groups"]) & regions.keys():
        assert territory is not None
        assert territory[:2] == regions[group][:2]


@pytest.mark.parametrize("dataset", by_name(DATASETS))
def test_dataset_dates_are_in_order(dataset: dict[str, Any]) -> None:
    assert date(2026, 1, 1) <= date.fromisoformat(dataset["last_update"]) < date(2026, 11, 15)
    assert date.fromisoformat(dataset["temporal_start"]) <= date.fromisoformat(dataset["temporal_end"])


@pytest.mark.parametrize("dataset", by_name(DATASETS))
def test_only_an_import_may_lack_kazakh_and_none_lacks_russian(dataset: dict[str, Any]) -> None:
    lacking = {language for t in translations(dataset) for language in LANGUAGES if not t.get(language)}
    assert "ru" not in lacking
    assert ("kk" in lacking) == dataset.get("imported", False)


def test_some_datasets_show_a_missing_translation() -> None:
    without = {lang: [d for d in DATASETS if lang not in d["title_translated"]] for lang in LANGUAGES}
    assert {language: len(datasets) for language, datasets in without.items()} == {"kk": 3, "ru": 0, "en": 6}


@pytest.mark.parametrize("dataset", by_name(DATASETS))
def test_dataset_tags_can_be_saved_by_ckan(dataset: dict[str, Any]) -> None:
    for tags in dataset["tags_translated"].values():
        assert 1 <= len(tags) <= 4
        assert [tag for tag in tags if not re.fullmatch(r"[\w .-]{2,100}", tag)] == []
        assert len(set(tags)) == len(tags)


@pytest.mark.parametrize("dataset", by_name(DATASETS))
def test_every_resource_is_either_a_table_or_a_link(dataset: dict[str, Any]) -> None:
    assert dataset["resources"]
    for resource in dataset["resources"]:
        assert ("rows" in resource) != ("url" in resource)
        assert resource["format"]
        if "url" in resource:
            assert re.fullmatch(r"https://[a-z-]+\.example\.kz/\S+", resource["url"])


def test_no_table_is_left_without_its_resource() -> None:
    on_disk = {path.relative_to(CATALOGUE).as_posix() for path in (CATALOGUE / "demo" / "rows").iterdir()}
    assert on_disk == {resource["rows"] for _, resource in TABLES}


@pytest.mark.parametrize("resource", tables())
def test_dictionary_describes_every_column_in_three_languages(resource: dict[str, Any]) -> None:
    ids = [field["id"] for field in resource["fields"]]
    assert len(set(ids)) == len(ids)
    assert [name for name in ids if not COLUMN.fullmatch(name) or name in RESERVED_COLUMNS] == []
    for field in resource["fields"]:
        assert field.keys() - {"unit"} == {"id", "type", "label_kk", "label_ru", "label_en"}
        assert all(field.values())


PARSERS: dict[str, Callable[[str], object]] = {
    "text": str,
    "int": int,
    "numeric": float,
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
    "bool": {"true": True, "false": False}.__getitem__,
}


@pytest.mark.parametrize("resource", tables())
def test_rows_fit_the_dictionary_and_the_key_is_unique(resource: dict[str, Any]) -> None:
    rows = read_rows(resource)
    assert 8 <= len(rows) <= 40
    assert list(rows[0]) == [field["id"] for field in resource["fields"]]
    for row in rows:
        for field in resource["fields"]:
            if row[field["id"]]:
                PARSERS[field["type"]](row[field["id"]])
    keys = [tuple(row[column] for column in resource["key"]) for row in rows]
    assert len(set(keys)) == len(keys)
    assert all(all(key) for key in keys)


def test_bins_in_tables_are_valid() -> None:
    bins = [row["bin"] for _, resource in TABLES for row in read_rows(resource) if "bin" in row]
    assert bins
    assert [number for number in bins if not bin_is_valid(number)] == []


def test_a_wrong_control_digit_is_noticed() -> None:
    good = PUBLISHERS[0]["bin"]
    assert not bin_is_valid(good[:11] + str((int(good[11]) + 1) % 10))


def test_no_word_mixes_latin_and_cyrillic_letters() -> None:
    assert [(item["name"], word) for item in EVERYTHING for t in texts(item) for word in words_of_two_scripts(t)] == []


def test_no_word_of_a_table_mixes_latin_and_cyrillic_letters() -> None:
    contents = {name: (CATALOGUE / resource["rows"]).read_text(encoding="utf-8") for name, resource in TABLES}
    assert [(name, word) for name, text in contents.items() for word in words_of_two_scripts(text)] == []


def test_latin_look_alike_letters_are_noticed() -> None:
    assert words_of_two_scripts("\N{LATIN CAPITAL LETTER H}алог, «налог», PM2.5, № 401-V") == ["Hалог"]


def test_kazakh_texts_are_kazakh() -> None:
    long = [text for item in EVERYTHING for text in in_language(item, "kk") if len(text) > ENOUGH_FOR_KAZAKH_LETTERS]
    assert [text for text in long if not KAZAKH_LETTERS & set(text)] == []


def test_russian_texts_keep_kazakh_letters_for_official_names_only() -> None:
    assert [word for item in EVERYTHING for text in in_language(item, "ru") for word in foreign_to_russian(text)] == []


def test_russian_columns_keep_kazakh_letters_for_official_names_only() -> None:
    values = {v for _, resource in TABLES for row in read_rows(resource) for k, v in row.items() if k.endswith("_ru")}
    assert [word for value in values for word in foreign_to_russian(value)] == []


def test_english_texts_are_written_in_latin_letters() -> None:
    # a value of the data may be quoted, in bold
    plain = [re.sub(r"\*\*[^*]+\*\*", "", text) for item in EVERYTHING for text in in_language(item, "en")]
    assert [text for text in plain if re.search("[\u0400-\u04ff]", text)] == []
