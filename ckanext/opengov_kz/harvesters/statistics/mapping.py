"""From a statistical database's values to rows, and from an indicator to a passport. Pure.

A row is identified by its period, its territory and its revision: a digest of what was published about them. A value
that changes is therefore another row, and the corridor closes the old one, which stays with its days of validity.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from ckanext.opengov_kz.harvesters.statistics.client import Indicator
from ckanext.opengov_kz.shared.identifiers import kato_problem
from ckanext.opengov_kz.shared.languages import slug

#: The columns that identify a row.
KEY = ("period", "kato", "revision")

#: The whole country, where the database names no territory.
COUNTRY = "000000000"

_ACTIVE = "active"
_MAX_TITLE = 300
_YEAR = re.compile(r"\d{4}")
_PARTS: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"(\d{4})-?Q([1-4])", re.IGNORECASE), 3),
    (re.compile(r"(\d{4})-?H([12])", re.IGNORECASE), 6),
    (re.compile(r"(\d{4})-(0[1-9]|1[0-2])"), 1),
)
_WEEK = re.compile(r"(\d{4})-?W(\d{2})", re.IGNORECASE)
_NO_VALUE = frozenset({"", "…", "...", "-", "–", "x", "х", "X", "Х"})
_FREQUENCIES = {
    "YEAR": "YEARLY",
    "HALF_YEAR": "HALF_YEAR",
    "QUARTER": "QUARTERLY",
    "MONTH": "MONTHLY",
    "WEEK": "WEEKLY",
    "DAY": "DAILY",
}
_GROUPS = {
    "population": "population", "labour": "social", "social": "social", "prices": "economy", "economy": "economy",
    "trade": "economy", "finance": "budget", "health": "health", "education": "education", "transport": "transport",
    "agriculture": "agriculture", "environment": "environment", "energy": "energy", "tourism": "tourism",
    "culture": "culture", "housing": "housing", "safety": "safety", "justice": "justice",
}  # fmt: skip
_COLUMNS: tuple[tuple[str, str, str, str, str], ...] = (
    ("period", "text", "Кезең", "Период", "Period"),
    ("period_start", "date", "Кезеңнің басы", "Начало периода", "Start of the period"),
    ("kato", "text", "Аумақ (ӘАОЖ коды)", "Территория (код КАТО)", "Territory (KATO code)"),
    ("territory_kk", "text", "Аумақтың атауы (қаз.)", "Название территории (каз.)", "Name of the territory (kk)"),
    ("territory_ru", "text", "Аумақтың атауы (орыс.)", "Название территории (рус.)", "Name of the territory (ru)"),
    ("value", "numeric", "Мәні", "Значение", "Value"),
    ("unit_kk", "text", "Өлшем бірлігі (қаз.)", "Единица измерения (каз.)", "Unit (kk)"),
    ("unit_ru", "text", "Өлшем бірлігі (орыс.)", "Единица измерения (рус.)", "Unit (ru)"),
    ("note", "text", "Ескертпе", "Примечание", "Note"),
    ("valid_from", "date", "Мәннің жарияланған күні", "Дата публикации значения", "Value published on"),
    ("valid_to", "date", "Мәннің ауыстырылған күні", "Дата замены значения", "Value replaced on"),
    ("status", "text", "Күйі", "Состояние", "Status"),
    ("revision", "text", "Редакция коды", "Код редакции", "Code of the revision"),
)
_NOTES = {
    "kk": "Көрсеткіштің кезеңдер мен аумақтар бойынша мәндері. Мән қайта қаралса, бұрынғысы жойылмайды: ол жабылған "
    "болып белгіленеді және ауыстырылған күні көрсетіледі.",
    "ru": "Значения показателя по периодам и территориям. Когда значение пересматривают, прежнее не удаляется: оно "
    "помечено закрытым, и указана дата его замены.",
    "en": "Values of the indicator by period and territory. When a value is revised, the former one is not deleted: it "
    "is marked as closed, with the day on which it was replaced.",
}
_UNIT = {"kk": "Өлшем бірлігі: {unit}.", "ru": "Единица измерения: {unit}.", "en": "Unit: {unit}."}
_TAGS = {"kk": ["статистика", "көрсеткіш"], "ru": ["статистика", "показатель"], "en": ["statistics", "indicator"]}
_RESOURCE = {"kk": "Мәндер, {version} шығарылым", "ru": "Значения, выпуск {version}", "en": "Values, release {version}"}
# Law No. 257-IV of 19 March 2010: the results of statistical work are published and open to everybody.
_LEGAL_BASIS = {
    "kk": "«Мемлекеттік статистика туралы» Қазақстан Республикасының 2010 жылғы 19 наурыздағы № 257-IV Заңы",
    "ru": "Закон Республики Казахстан от 19 марта 2010 года № 257-IV «О государственной статистике»",
    "en": "Law of the Republic of Kazakhstan No. 257-IV of 19 March 2010 “On State Statistics”",
}


def row(item: Any, indicator: Indicator, found: Counter[str]) -> dict[str, Any]:
    """One row; an item that is no object or names no period becomes an empty row, which is then rejected.

    :param found: receives what was odd.
    """
    if not isinstance(item, Mapping):
        found["not_an_object"] += 1
        return {}
    period = str(item.get("period") or "").strip().upper()
    if not period:
        found["missing_period"] += 1
        return {}
    start = period_start(period)
    if start is None:
        found["bad_period"] += 1
    value, note = _value(item, found)
    published = _day(item.get("published"), found)
    units = {
        lang: _text(item.get(f"unit_{s}")) or indicator.units.get(lang) for lang, s in (("kk", "kaz"), ("ru", "rus"))
    }
    return {
        "period": period,
        "period_start": start.isoformat() if start else None,
        "kato": _kato(item, found),
        "territory_kk": _text(item.get("territory_kaz")),
        "territory_ru": _text(item.get("territory_rus")),
        "value": value,
        "unit_kk": units["kk"],
        "unit_ru": units["ru"],
        "note": note,
        "valid_from": published,
        "valid_to": None,
        "status": _ACTIVE,
        "revision": _revision(published, value, units["ru"], note),
    }


def period_start(period: str) -> date | None:
    """The first day of `2025`, `2025-H1`, `2025-Q3`, `2025-11`, `2025-W07` or `2025-11-05`; None for anything else."""
    if _YEAR.fullmatch(period):
        return _date(int(period), 1, 1)
    for pattern, months in _PARTS:
        if match := pattern.fullmatch(period):
            return _date(int(match[1]), (int(match[2]) - 1) * months + 1, 1)
    try:
        if match := _WEEK.fullmatch(period):
            return date.fromisocalendar(int(match[1]), int(match[2]), 1)
        return date.fromisoformat(period)
    except ValueError:
        return None


def dataset(indicator: Indicator, publisher: str, today: date) -> dict[str, Any]:
    """The passport of an indicator's dataset, as ``package_create`` takes it.

    :param publisher: name or id of the organization that owns the dataset.
    """
    titles = dict(indicator.names) or {"ru": indicator.code}
    group = _GROUPS.get(indicator.topic.casefold())
    return {
        "name": dataset_name(indicator.code),
        "type": "dataset",
        "owner_org": publisher,
        "title_translated": {lang: text[:_MAX_TITLE] for lang, text in titles.items()},
        "notes_translated": {lang: _described(lang, indicator) for lang in _NOTES},
        "tags_translated": {lang: list(words) for lang, words in _TAGS.items()},
        "groups": [{"name": group}] if group else [],
        "legal_basis_translated": dict(_LEGAL_BASIS),
        "frequency": _FREQUENCIES.get(indicator.period.upper(), "AS_NEEDED"),
        "last_update": today.isoformat(),
        "language": ["kk", "ru"],
        "license_id": "kz-open",
    }


def resource(indicator: Indicator) -> dict[str, Any]:
    """The resource that holds an indicator's table; ``package_id`` is the caller's."""
    return {
        "name_translated": {lang: text.format(version=indicator.version) for lang, text in _RESOURCE.items()},
        "format": "CSV",
    }


def dataset_name(code: str) -> str:
    """The dataset's name in the catalogue, the same at each run."""
    return slug(f"statistics-{code}")


def dictionary() -> list[dict[str, Any]]:
    """The table's columns as ``datastore_create`` takes them, labelled in three languages."""
    return [
        {"id": name, "type": kind, "info": {"label_kk": kk, "label_ru": ru, "label_en": en}}
        for name, kind, kk, ru, en in _COLUMNS
    ]


def _described(lang: str, indicator: Indicator) -> str:
    unit = indicator.units.get(lang)
    return f"{_NOTES[lang]}\n\n{_UNIT[lang].format(unit=unit)}" if unit else _NOTES[lang]


def _value(item: Mapping[str, Any], found: Counter[str]) -> tuple[str | None, str | None]:
    """The value as digits, and the note; what is written instead of a number becomes the note."""
    given, note = item.get("value"), _text(item.get("note"))
    text = "" if given is None else "".join(str(given).split())
    if isinstance(given, bool) or text in _NO_VALUE:
        return None, note or text or None
    if "," in text and "." not in text:
        text = text.replace(",", ".")
        found["decimal_comma"] += 1
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        found["bad_value"] += 1
        return None, note or str(given)
    return format(number, "f"), note


def _kato(item: Mapping[str, Any], found: Counter[str]) -> str:
    text = str(item.get("kato") or "").strip()
    if text.endswith(".0"):
        # A spreadsheet's "751000000.0".
        text = text[:-2]
        found["code_was_a_number"] += 1
    if not text:
        return COUNTRY
    if text != COUNTRY and kato_problem(text):
        found["not_a_kato_code"] += 1
    return text


def _day(value: Any, found: Counter[str]) -> str | None:
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value).strip()[:10]).isoformat()
    except ValueError:
        found["bad_date"] += 1
        return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _text(value: Any) -> str | None:
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _revision(*parts: str | None) -> str:
    said = "\x1f".join(part or "" for part in parts)
    return hashlib.sha256(said.encode()).hexdigest()[:12]
