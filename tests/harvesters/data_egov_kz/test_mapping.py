"""Entries of the old portal as passports, publishers and columns."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ckanext.opengov_kz.catalogue import reference
from ckanext.opengov_kz.catalogue.rules import FREQUENCIES
from ckanext.opengov_kz.harvesters.data_egov_kz import mapping, publishers, texts
from ckanext.opengov_kz.harvesters.data_egov_kz.columns import Shape
from ckanext.opengov_kz.harvesters.data_egov_kz.publishers import Agency, Publisher
from ckanext.opengov_kz.harvesters.data_egov_kz.simulator_data import DATASETS_FILE, generate, read_portal
from ckanext.opengov_kz.harvesters.data_egov_kz.texts import Findings

pytestmark = pytest.mark.fast

TODAY = date(2026, 1, 31)


def passport(**item: Any) -> tuple[dict[str, Any], dict[str, int]]:
    found = Findings()
    made = mapping.dataset(
        {"apiUri": "x1", "nameRu": "Школы", "nameKk": "Мектептер"} | item, "old.example", TODAY, found
    )
    return made, dict(found)


def known() -> list[Publisher]:
    """The publishers of the reference data."""
    return [
        Publisher(entry["name"], entry["name"], entry["title_translated"], entry["kind"])
        for entry in reference.load("publishers")
    ]


def agency(title: str, kind: str = "central", **more: str) -> Agency:
    return Agency("1", {"ru": title, **more}, kind)


@pytest.mark.parametrize(
    ("title", "kind", "name"),
    [
        ("Министерство финансов Республики Казахстан", "central", "ministry-of-finance"),
        ("министерство  ФИНАНСОВ РК", "central", "ministry-of-finance"),
        ("Mинистерство финанcов РК", "central", "ministry-of-finance"),
        ("МФ РК", "central", "ministry-of-finance"),
        ("МТСЗН РК", "central", "ministry-of-labour"),
        ("АСПР РК", "central", "agency-for-strategic-planning-and-reforms"),
        ("НБ РК", "central", "national-bank"),
        ("МО РК", "central", None),
        ("МФ РК", "quasi_public", None),
        ("Акмолинская обл.", "local", "akimat-akmola"),
        ("Актюбинская обл", "local", "akimat-aktobe"),
        ("Алматинская обл.", "local", "akimat-almaty-region"),
        ("г.Алматы", "local", "akimat-almaty-city"),
        ("г. Астана", "local", "akimat-astana-city"),
        ("ВКО", "local", "akimat-east-kazakhstan"),
        ("Обл. Ұлытау", "local", "akimat-ulytau"),
        ("АО «Национальные информационные технологии»", "quasi_public", "national-information-technologies"),
        ("АО НИТ", "quasi_public", "national-information-technologies"),
        ("Управление здравоохранения Акмолинской области", "local", None),
        ("РК", "central", None),
    ],
)
def test_an_agency_is_recognised_by_its_name_or_not_at_all(title: str, kind: str, name: str | None) -> None:
    found = publishers.match(agency(title, kind), known(), Findings())
    names = {entry.name for entry in known()}
    assert name is None or name in names, "the reference data have this publisher"
    assert (found.name if found else None) == name


def test_bodies_that_share_an_abbreviation_in_one_language_are_told_apart_by_the_other() -> None:
    defence = Publisher("defence", "defence", {"ru": "МО РК", "kk": "ҚР ҚМ"}, "central")
    for title, name in (("МФ РК", "ministry-of-finance"), ("МО РК", "defence")):
        found = publishers.match(agency(title, kk="ҚР ҚМ"), [defence, *known()], Findings())
        assert found is not None
        assert found.name == name


def test_an_abbreviation_is_told_as_a_finding() -> None:
    found = Findings()
    publishers.match(agency("МФ РК"), known(), found)
    assert found == {"publisher_by_abbreviation": 1}


@pytest.mark.parametrize(
    ("title", "kind", "name"),
    [
        ("Комитет казначейства Министерства финансов Республики Казахстан", "central", "ministry-of-finance"),
        ("Управление здравоохранения Акмолинской области", "local", "akimat-akmola"),
        ("ГУ «Управление образования города Алматы»", "local", "akimat-almaty-city"),
        ("Министерство обороны Республики Казахстан", "central", None),
    ],
)
def test_a_new_publisher_stands_below_the_one_that_its_name_tells(title: str, kind: str, name: str | None) -> None:
    above = publishers.parent(agency(title, kind), known())
    assert (above.name if above else None) == name


def test_every_real_agency_is_one_of_ours_or_a_new_one_and_no_two_are_the_same(shared_data: Path) -> None:
    ours = known()
    for file, at_least in (("bycgogovagencies", 20), ("bymiogovagencies", 20), ("byquasiorganizations", 1)):
        matched: dict[str, str] = {}
        for entry in json.loads((shared_data / f"getstatistics{file}.json").read_text(encoding="utf-8")):
            kind = {"bycgogovagencies": "CGO", "bymiogovagencies": "MIO"}.get(file, "QUASI")
            wanted = publishers.agency({"govAgency": {**entry, "id": entry["govAgency"], "type": kind}}, Findings())
            assert wanted is not None
            publisher = publishers.match(wanted, ours, Findings())
            if publisher:
                assert publisher.name not in matched, f"{matched.get(publisher.name)} and {entry['nameRu']}"
                matched[publisher.name] = entry["nameRu"]
            else:
                made = publishers.organization(wanted, None, "source")
                assert all(len(text) <= 300 for text in made["title_translated"].values())
                if kind != "QUASI":
                    ours.append(Publisher(made["id"], made["name"], made["title_translated"], made["kind"]))
        assert len(matched) >= at_least, matched


def test_a_passport_is_kept_as_it_is() -> None:
    made, found = passport(
        nameEn="Schools",
        descriptionRu="О школах",
        keyWords=["школа", "мектептер, білім", "school"],
        categories=[{"nameRu": "Образование и наука"}],
        actualizeType="monthly",
        modifiedDate="2025-12-31 23:59:00",
        responsible={"phone": "+7 7172 123456", "email": "a.b@edu.gov.kz"},
        owner={"fullnameRu": " Ахметова  Сауле "},
    )
    assert found == {}
    assert made["title_translated"] == {"kk": "Мектептер", "ru": "Школы", "en": "Schools"}
    assert made["tags_translated"] == {"ru": ["школа", "мектептер"], "kk": ["білім"], "en": ["school"]}
    assert made["groups"] == [{"name": "education"}, {"name": "science"}]
    assert (made["frequency"], made["last_update"]) == ("MONTHLY", "2025-12-31")
    assert made["responsible_name"] == "Ахметова Сауле"


@pytest.mark.parametrize(
    ("item", "finding"),
    [
        ({"actualizeType": "EVERY_MOON"}, "unknown_frequency"),
        ({"categories": [{"nameRu": "Прочее"}]}, "unknown_category"),
        ({"categories": ["Образование"]}, "unknown_category"),
        ({"modifiedDate": "2031-01-01"}, "bad_date"),
        ({"modifiedDate": "вчера"}, "bad_date"),
        ({"responsible": {"phone": "нет"}}, "bad_phone"),
        ({"responsible": {"email": "a@b"}}, "bad_email"),
        ({"keyWords": ["я"]}, "keyword_left_out"),
        ({"descriptionRu": "<b>О</b> школах"}, "html_made_plain"),
        ({"nameRu": "Школы " * 60}, "title_shortened"),
        ({"descriptionRu": "слово " * 20_000}, "description_shortened"),
        ({"nameKk": "Schools", "nameEn": "Мектептер"}, "languages_swapped"),
        ({"nameKk": "Школы"}, "repeated_russian"),
        ({"nameEn": "Школы"}, "english_is_cyrillic"),
        ({"nameRu": None, "nameKk": ""}, "no_title"),
        ({}, "no_description"),
    ],
)
def test_what_cannot_be_kept_is_a_finding(item: dict[str, Any], finding: str) -> None:
    made, found = passport(**item)
    assert finding in found
    assert all(0 < len(text) <= mapping.MAX_TITLE for text in made["title_translated"].values())
    assert all(0 < len(text) <= mapping.MAX_DESCRIPTION for text in made["notes_translated"].values())
    assert made["frequency"] in FREQUENCIES


def test_a_long_title_stands_whole_at_the_beginning_of_the_description() -> None:
    long = "Реестр " * 60 + "организаций"
    made, _found = passport(nameRu=long, descriptionRu="Описание")
    assert made["notes_translated"]["ru"] == f"{long}\n\nОписание"
    assert made["title_translated"]["ru"].endswith("Реестр…")


def test_html_becomes_plain_lines_and_scripts_disappear() -> None:
    html = "<p>Раз&nbsp;&amp; два</p><script>alert(1)</script><style>p{}</style><ul><li>три<li>четыре</ul>5 < 6"
    assert texts.paragraphs(html) == "Раз & два\n\n- три\n- четыре\n5 < 6"
    assert texts.paragraphs("a < b и c > d") == "a < b и c > d"


@pytest.mark.parametrize(
    ("given", "day"),
    [
        ("2024-03-01T23:30:00.000+05:00", date(2024, 3, 1)),
        ("2024-03-01 10:00:00", date(2024, 3, 1)),
        ("1.3.2024", date(2024, 3, 1)),
        ("01.03.2024 10:00", date(2024, 3, 1)),
        (1709319600000, date(2024, 3, 2)),
        ("0000-00-00", None),
        ("0001-01-01", None),
        (10**30, None),
        (True, None),
        (None, None),
    ],
)
def test_dates_in_the_forms_that_the_portal_writes(given: Any, day: date | None) -> None:
    assert texts.day(given) == day


def test_an_address_is_a_part_of_one_or_none() -> None:
    for bad in (None, "", "  ", "a/b", "..", "a b", "a?b", 5, "x" * 300):
        assert mapping.api_uri({"apiUri": bad}) is None
    assert mapping.api_uri({"apiUri": " zhumys_kushi1 "}) == "zhumys_kushi1"
    assert mapping.api_uri("text") is None


def test_counters_do_not_make_another_state() -> None:
    item = generate(1)[0].item
    assert mapping.fingerprint(item) == mapping.fingerprint({**item, "views": 1, "downloads": 2})
    assert mapping.fingerprint(item) != mapping.fingerprint({**item, "modifiedDate": "2026-01-01"})


def columns(fields: Any, *items: dict[str, Any]) -> dict[str, str]:
    shape = Shape(fields)
    for item in items:
        shape.observe(item)
    return {field["id"]: field["type"] for field in shape.fields()}


def test_a_type_is_kept_where_every_value_fits() -> None:
    fields = {key: {"type": kind} for key, kind in (("n", "Int"), ("b", "Boolean"), ("d", "Datetime"), ("s", "String"))}
    good = {"n": "12", "b": 1, "d": "2024-01-01 10:00:00", "s": 5}
    assert columns(fields, good) == {"n": "bigint", "b": "bool", "d": "timestamp", "s": "text", "row_id": "text"}
    bad = {"n": "нет", "b": "иногда", "d": "вчера", "s": None}
    assert set(columns(fields, good, bad).values()) == {"text"}
    assert columns(fields, {"n": 1.5})["n"] == "numeric"
    assert columns(fields, {"n": "0012"})["n"] == "text"
    assert columns(fields, {"n": 10**20})["n"] == "numeric"
    assert columns(fields, {"n": ""}, {"n": None})["n"] == "bigint"


def test_columns_that_nobody_described_and_names_that_cannot_be_are_kept() -> None:
    shape = Shape({"row_id": {"type": "String"}, "_x": {}, '"x': {}})
    shape.observe({"row_id": 1, "_x": 2, '"x': 3, "новое": {"a": [1]}, "_id": "abc", "_index": "i"})
    assert [field["id"] for field in shape.fields()] == ["row_id", "x", "x_2", "новое", "row_id_"]
    assert shape.row({"row_id": 1, "_x": 2, '"x': 3, "новое": {"a": [1]}, "_id": "abc"}, 0) == {
        "row_id": 1, "x": 2, "x_2": 3, "новое": '{"a": [1]}', "row_id_": "abc",
    }  # fmt: skip
    assert shape.row({"row_id": 1}, 41)["row_id_"] == "0000000042"
    assert shape.row("text", 0) == {}
    assert shape.findings() == {"fields_not_described": 1}


def test_the_real_entries_have_addresses_and_texts_that_the_catalogue_takes(shared_data: Path) -> None:
    entries = read_portal(shared_data)
    with (shared_data / DATASETS_FILE).open(encoding="utf-8-sig", newline="") as file:
        assert len(entries) == len(list(csv.DictReader(file))) == 906
    names = [mapping.dataset_name(entry.api_uri) for entry in entries]
    assert len(set(names)) == 906
    for entry in entries:
        assert mapping.api_uri(entry.item) == entry.api_uri
        made = mapping.dataset(entry.item, "data.egov.kz", TODAY, Findings())
        assert all(len(text) <= mapping.MAX_TITLE for text in made["title_translated"].values())
    assert sum(len(entry.versions) for entry in entries) == 8338
    assert sum(entry.is_file for entry in entries) == 201
