"""The portal that the simulator plays: read from lists of the real one, or generated. Deterministic throughout."""

from __future__ import annotations

import csv
import hashlib
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

Item = dict[str, Any]

DefectKind = Literal[
    "no_api_uri",
    "same_api_uri",
    "same_title",
    "unknown_category",
    "unknown_agency",
    "no_agency",
    "bad_dates",
    "huge_description",
    "html_description",
    "no_description",
    "swapped_languages",
    "bad_contacts",
    "unknown_frequency",
]
DEFECTS: tuple[DefectKind, ...] = DefectKind.__args__  # type: ignore[attr-defined]

#: The lists of the real portal, by the names under which they are published.
DATASETS_FILE = "data-egov-kz_datasets_byCGO.csv"
AGENCIES_FILE = "getstatisticsbycgogovagencies.json"

_VERSION = re.compile(r"/(v\d+)(?:\?|$)")
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "HALF_YEAR", "YEARLY", "AS_NEEDED")
_CATEGORIES = (
    ("Здравоохранение", "Денсаулық сақтау", "Health"),
    ("Образование и наука", "Білім және ғылым", "Education and science"),
    ("Экономика и финансы", "Экономика және қаржы", "Economy and finance"),
    ("Транспорт", "Көлік", "Transport"),
    ("Экология", "Экология", "Ecology"),
    ("Право", "Құқық", "Law"),
    ("Труд и занятость", "Еңбек және жұмыспен қамту", "Labour and employment"),
    ("Государственное управление", "Мемлекеттік басқару", "Government"),
)
_AGENCIES = (
    ("Министерство финансов Республики Казахстан", "Қазақстан Республикасының Қаржы министрлігі", "CGO"),
    ("МЗ РК", "ҚР ДСМ", "CGO"),
    (
        "Комитет казначейства Министерства финансов Республики Казахстан",
        "Қазақстан Республикасы Қаржы министрлігінің Қазынашылық комитеті",
        "CGO",
    ),
    ("Акмолинская обл.", "Ақмола обл.", "MIO"),
    ("Управление здравоохранения Акмолинской области", "Ақмола облысының денсаулық сақтау басқармасы", "MIO"),
    ("АО «Казпочта»", "«Қазпошта» АҚ", "QUASI"),
)
_SUBJECTS = (
    ("Реестр медицинских организаций", "Медициналық ұйымдардың тізілімі", "Register of medical organisations"),
    ("Перечень государственных услуг", "Мемлекеттік қызметтердің тізбесі", "List of public services"),
    ("Численность работников по районам", "Аудандар бойынша қызметкерлер саны", "Employees by district"),
    ("Исполнение бюджета", "Бюджеттің атқарылуы", "Execution of the budget"),
    ("Выданные лицензии", "Берілген лицензиялар", "Licences issued"),
)
_PLACES = (
    ("Астана", "Астана"), ("Алматы", "Алматы"), ("Шымкент", "Шымкент"), ("Караганда", "Қарағанды"),
    ("Семей", "Семей"), ("Костанай", "Қостанай"), ("Уральск", "Орал"), ("Туркестан", "Түркістан"),
)  # fmt: skip
_KINDS = (("Больница", "Аурухана"), ("Школа", "Мектеп"), ("Библиотека", "Кітапхана"), ("Центр", "Орталық"))
FIELDS: dict[str, dict[str, str]] = {
    "id": {"type": "Int", "labelRu": "Номер", "labelKk": "Нөмірі", "labelEn": "Number"},
    "name_ru": {"type": "String", "labelRu": "Наименование (рус.)", "labelKk": "Атауы (орыс.)", "labelEn": "Name (ru)"},
    "name_kk": {"type": "String", "labelRu": "Наименование (каз.)", "labelKk": "Атауы (қаз.)", "labelEn": "Name (kk)"},
    "bin": {"type": "Int", "labelRu": "БИН", "labelKk": "БСН", "labelEn": "BIN"},
    "amount": {"type": "Int", "labelRu": "Количество", "labelKk": "Саны", "labelEn": "Quantity"},
    "actual": {"type": "Boolean", "labelRu": "Действует", "labelKk": "Қолданыста", "labelEn": "In force"},
    "modified": {"type": "Datetime", "labelRu": "Изменено", "labelKk": "Өзгертілді", "labelEn": "Modified"},
}
_MOST_ROWS = 60
_FILE_EVERY, _NOTHING_EVERY = 10, 11


@dataclass
class Entry:
    """A dataset of the portal: its item in the catalogue, its versions (none for a file) and how many rows each has."""

    item: Item
    versions: tuple[str, ...] = ()
    sizes: dict[str, int] = field(default_factory=dict)
    is_file: bool = False

    @property
    def api_uri(self) -> str:
        """The name by which programs call it."""
        return self.item.get("apiUri", "")


def read_portal(folder: Path, *, versions: int | None = None) -> list[Entry]:
    """Read the datasets of central state bodies from the lists that are published of the real portal.

    The list of datasets says neither agency nor language: agencies are given in the order and with the numbers of the
    list of agencies, titles stay Russian only.

    :param versions: no more than so many of the newest versions of each; all by default.
    """
    agencies = json.loads((folder / AGENCIES_FILE).read_text(encoding="utf-8"))
    owners = [entry for entry in agencies for _number in range(int(entry["allPlacedDatasetsCount"]))]
    with (folder / DATASETS_FILE).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    entries = []
    for place, row in enumerate(rows):
        uri = parse_qs(urlsplit(row["Data Url"]).query)["index"][0]
        agency = owners[min(place, len(owners) - 1)]
        item = _item(uri, (row["Version Name"], "", ""), _agency(agency))
        newest = _VERSION.search(row["Data Link"])
        entries.append(_entry(item, int(newest[1][1:]) if newest else 0, versions, "/proxy/" in row["Data Link"]))
    return entries


def generate(size: int, *, versions: int = 2) -> list[Entry]:
    """Make a portal of so many datasets in three languages; each tenth is a file, each eleventh has nothing."""
    entries = []
    for number in range(size):
        russian, kazakh, english = _SUBJECTS[number % len(_SUBJECTS)]
        place_ru, place_kk = _PLACES[number // len(_SUBJECTS) % len(_PLACES)]
        titles = (
            f"{russian}, {place_ru} {number + 1}",
            f"{kazakh}, {place_kk} {number + 1}",
            f"{english} {number + 1}",
        )
        name_ru, name_kk, kind = _AGENCIES[number % len(_AGENCIES)]
        agency = {
            "id": f"agency{number % len(_AGENCIES)}",
            "nameRu": name_ru,
            "nameKk": name_kk,
            "nameEn": "",
            "type": kind,
        }
        item = _item(f"dataset_{number + 1}", titles, agency)
        is_file, has_nothing = number % _FILE_EVERY == _FILE_EVERY - 1, number % _NOTHING_EVERY == _NOTHING_EVERY - 1
        newest = 0 if is_file or has_nothing else 1 + number % versions
        entries.append(_entry(item, newest, None, is_file))
    return entries


def rows(uri: str, version: str, size: int) -> Iterator[Item]:
    """The rows of a version, always the same."""
    for number in range(size):
        place_ru, place_kk = _PLACES[number % len(_PLACES)]
        kind_ru, kind_kk = _KINDS[number // len(_PLACES) % len(_KINDS)]
        yield {
            "id": number + 1,
            "name_ru": f"{kind_ru} № {number + 1}, {place_ru}",
            "name_kk": f"№ {number + 1} {kind_kk.lower()}, {place_kk}",
            # A number to the portal, with zeros at its beginning that must stay.
            "bin": f"{number % 10}{90_340_000_000 + number:011}",
            "amount": _seed(f"{uri}/{version}/{number}") % 10_000,
            "actual": number % 7 != 0,
            "modified": f"2024-{number % 12 + 1:02}-{number % 28 + 1:02} 10:00:00",
            "_id": hashlib.sha256(f"{uri}/{version}/{number}".encode()).hexdigest()[:20],
            "_index": uri,
        }


def spoil(entries: list[Entry], place: int, kind: DefectKind) -> Entry:
    """Give a dataset one of the defects that such catalogues have; the one concerned is returned.

    ``same_api_uri`` adds an entry, as the catalogue's overlapping pages do.
    """
    entry = entries[place]
    item = entry.item
    if kind == "same_api_uri":
        entry = Entry({**item, "nameRu": "Повтор"}, entry.versions, entry.sizes, entry.is_file)
        entries.insert(place + 1, entry)
        return entry
    other = entries[place - 1].item
    changes: dict[DefectKind, Item] = {
        "no_api_uri": {"apiUri": None},
        "same_title": {key: other[key] for key in ("nameRu", "nameKk", "nameEn")},
        "unknown_category": {"categories": [{"id": "x", "nameRu": "Прочее", "nameKk": "Басқа", "nameEn": "Misc"}]},
        "unknown_agency": {
            "govAgency": {"id": "new", "nameRu": "Комитет по делам ветра РК", "nameKk": "", "nameEn": ""}
        },
        "no_agency": {"govAgency": None},
        "bad_dates": {"modifiedDate": "0000-13-41T99:00", "createdDate": "вчера"},
        "huge_description": {"descriptionRu": "Очень длинное описание набора. " * 7000},
        "html_description": {
            "descriptionRu": "<p>Первый&nbsp;абзац</p><script>alert(1)</script><ul><li>раз</li><li>два</li></ul>"
        },
        "no_description": {"descriptionRu": "", "descriptionKk": None, "descriptionEn": ""},
        "swapped_languages": {"nameKk": "Swapped title", "nameEn": "Ауыстырылған атау"},
        "bad_contacts": {"responsible": {"phone": "нет", "email": "не указан"}},
        "unknown_frequency": {"actualizeType": "SOMETIMES"},
    }
    item.update(changes[kind])
    return entry


def _entry(item: Item, newest: int, versions: int | None, is_file: bool) -> Entry:
    names = tuple(f"v{number}" for number in range(newest, 0, -1))[:versions]
    sizes = {name: _seed(f"{item['apiUri']}/{name}") % _MOST_ROWS for name in names}
    return Entry(item, names, sizes, is_file)


def _item(uri: str, titles: Sequence[str], agency: Item) -> Item:
    # Not for secrets: the choice has to be repeatable.
    choose = random.Random(uri)  # noqa: S311
    russian, kazakh, english = titles
    category_ru, category_kk, category_en = choose.choice(_CATEGORIES)
    return {
        "id": hashlib.sha256(uri.encode()).hexdigest()[:20],
        "apiUri": uri,
        "nameRu": russian,
        "nameKk": kazakh,
        "nameEn": english,
        "descriptionRu": f"{russian}. Данные обновляет владелец.",
        "descriptionKk": f"{kazakh}. Деректерді иесі жаңартады." if kazakh else "",
        "descriptionEn": f"{english}. Updated by the owner." if english else "",
        "keyWords": re.findall(r"\w{5,}", russian.lower())[:3],
        "categories": [{"id": category_en, "nameRu": category_ru, "nameKk": category_kk, "nameEn": category_en}],
        "govAgency": agency,
        "status": "PUBLISHED",
        "actual": True,
        "actualizationStatus": "ACTUAL",
        "actualizeType": choose.choice(_FREQUENCIES),
        "createdDate": f"20{choose.randint(15, 21)}-{choose.randint(1, 12):02}-11T09:30:00.000+05:00",
        "modifiedDate": f"20{choose.randint(22, 25)}-{choose.randint(1, 12):02}-14 16:20:00",
        "views": choose.randint(10, 9000),
        "downloads": choose.randint(1, 900),
        "responsible": {
            "phone": f"+7 7172 {choose.randint(100000, 999999)}",
            "email": f"{choose.randint(1, 99)}@example.gov.kz",
        },
        "owner": {"fullnameRu": "Ахметова Сауле"},
    }


def _agency(entry: Item) -> Item:
    names = {key: entry[key] for key in ("nameRu", "nameKk", "nameEn")}
    return {"id": entry["govAgency"], **names, "type": "CGO", "isGovAgency": True}


def _seed(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)
