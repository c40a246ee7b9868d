"""From an item of the old portal's catalogue to a passport of ours. Pure: "today" is passed in.

Nothing is dropped without a word: what could not be kept as it was is counted among the findings of the dataset.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from ckanext.opengov_kz.catalogue.rules import FREQUENCIES, is_phone, is_tag
from ckanext.opengov_kz.harvesters.data_egov_kz.texts import (
    Findings,
    Translations,
    cut,
    day,
    has_html,
    language_of,
    one_line,
    translations,
)
from ckanext.opengov_kz.shared.languages import slug

#: What the catalogue takes (schemas/dataset.yaml).
MAX_TITLE = 300
MAX_DESCRIPTION = 100_000

_API_URI = re.compile(r"[^\s/?#\\%\x00-\x1f]{1,200}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_WORD = re.compile(r"\w+")
# What moves while nothing about the dataset does.
_COUNTERS = frozenset({"views", "downloads"})
_MAX_TAGS = 50

# Beginnings of words in the names of the old portal's categories → categories of catalogue/reference/categories.yaml.
_CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "health": ("здравоохр", "здоров", "медицин", "денсаулы", "health"),
    "education": ("образован", "просвещ", "білім", "educat"),
    "science": ("наук", "ғылым", "scien"),
    "transport": ("транспорт", "дорог", "көлік", "жол", "transport"),
    "economy": (
        "эконом",
        "бизнес",
        "предприним",
        "торгов",
        "промышл",
        "кәсіпкер",
        "сауда",
        "econom",
        "business",
        "trade",
    ),
    "budget": ("бюджет", "финанс", "налог", "қаржы", "салық", "budget", "financ", "tax"),
    "agriculture": ("сельск", "ауыл", "agricult"),
    "land": ("земл", "земел", "кадастр", "недвиж", "жер", "land", "cadast"),
    "environment": ("эколог", "окружающ", "природ", "қоршаған", "environment", "ecolog"),
    "energy": ("энерг", "топлив", "energ"),
    "justice": ("право", "правов", "юсти", "юрид", "суд", "закон", "құқық", "әділет", "justice", "law", "legal"),
    "culture": ("культур", "искусств", "мәдени", "cultur"),
    "population": ("населен", "демограф", "халық", "populat", "demograph"),
    "housing": ("жил", "жкх", "коммунал", "строит", "тұрғын", "құрылыс", "housing", "construct"),
    "tourism": ("турис", "туриз", "touris"),
    "sport": ("спорт", "sport"),
    "international": ("международ", "внешн", "халықаралық", "internat", "foreign"),
    "safety": ("безопасн", "чрезвыч", "төтенше", "қауіпсізд", "safety", "secur", "emergen"),
    "digital": ("цифр", "информ", "связ", "интернет", "байланыс", "ақпарат", "digital", "communic"),
    "social": ("социал", "труд", "занят", "пенси", "әлеумет", "еңбек", "social", "labo", "employ"),
    "governance": ("государств", "управлен", "выбор", "мемлекет", "govern", "public", "elect"),
}

LEGAL_BASIS: Translations = {
    "kk": "«Ақпаратқа қол жеткізу туралы» Қазақстан Республикасының 2015 жылғы 16 қарашадағы № 401-V Заңы",
    "ru": "Закон Республики Казахстан от 16 ноября 2015 года № 401-V «О доступе к информации»",
    "en": "Law of the Republic of Kazakhstan No. 401-V of 16 November 2015 “On Access to Information”",
}
_SOURCE_SYSTEM: Translations = {
    "kk": "Ашық деректер порталы, {host}",
    "ru": "Портал открытых данных, {host}",
    "en": "Open data portal, {host}",
}
_VERSION_NAME: Translations = {
    "kk": "Деректер, {version} нұсқасы",
    "ru": "Данные, версия {version}",
    "en": "Data, version {version}",
}
_FILE_NAME: Translations = {"kk": "Деректер файлы", "ru": "Файл данных", "en": "Data file"}


def api_uri(item: Any) -> str | None:
    """The name by which programs call the dataset; None where the item has none that could be a part of an address."""
    value = item.get("apiUri") if isinstance(item, Mapping) else None
    text = value.strip() if isinstance(value, str) else ""
    return text if _API_URI.fullmatch(text) and text not in {".", ".."} else None


def fingerprint(item: Mapping[str, Any]) -> str:
    """The state of a catalogue's entry: its day, and a digest of all that it says, counters apart."""
    said = {key: value for key, value in item.items() if key not in _COUNTERS}
    digest = hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:12]
    changed = day(item.get("modifiedDate"))
    return f"{changed.isoformat()} ({digest})" if changed else digest


def dataset_id(source_id: str, uri: str) -> str:
    """The id of a moved dataset, the same at each run: a run that was killed finds what it had made."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{source_id}/{uri}"))


def resource_id(source_id: str, uri: str, version: str) -> str:
    """The id of one version's table, or of the file (version "file")."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{source_id}/{uri}/{version}"))


def dataset_name(uri: str, *, other: bool = False) -> str:
    """The dataset's name in the catalogue; ``other`` where somebody else's dataset has the plain one."""
    name = slug(uri, 80)
    return f"{name}-{hashlib.sha256(uri.encode()).hexdigest()[:8]}" if other else name


def dataset(item: Mapping[str, Any], host: str, today: date, found: Findings) -> dict[str, Any]:
    """The passport as ``package_create`` takes it, without name, publisher and resources."""
    titles = translations(item, "name", found)
    if not titles:
        titles = {"ru": str(item.get("apiUri"))}
        found["no_title"] += 1
    made: dict[str, Any] = {
        "type": "dataset",
        "title_translated": {lang: cut(text, MAX_TITLE) for lang, text in titles.items()},
        "notes_translated": _notes(item, titles, found),
        "tags_translated": _keywords(item.get("keyWords"), found),
        "groups": [{"name": name} for name in categories(item, found)],
        "frequency": _frequency(item.get("actualizeType"), found),
        "license_id": "kz-open",
        "legal_basis_translated": dict(LEGAL_BASIS),
        "source_system_translated": {lang: text.format(host=host) for lang, text in _SOURCE_SYSTEM.items()},
    }
    made |= _contacts(item, found)
    if updated := _updated(item, today, found):
        made["last_update"] = updated.isoformat()
    return made


def table_resource(version: str) -> dict[str, Any]:
    """The resource that holds one version's table."""
    return {
        "name_translated": {lang: text.format(version=version) for lang, text in _VERSION_NAME.items()},
        "format": "CSV",
        # As datastore_create marks a resource that has a table and nothing else.
        "url": "_datastore_only_resource",
        "url_type": "datastore",
        "datastore_active": True,
    }


def file_resource(name: str) -> dict[str, Any]:
    """The resource that holds the file of a dataset that is one."""
    suffix = name.rpartition(".")[2] if "." in name else ""
    return {"name_translated": dict(_FILE_NAME), "format": suffix.upper()[:10]}


def categories(item: Mapping[str, Any], found: Findings) -> list[str]:
    """Our categories for those of the item, each once; one that says nothing to us is a finding."""
    given = item.get("categories")
    names: dict[str, None] = {}
    for category in given if isinstance(given, list) else []:
        matched = _category(category)
        names.update(dict.fromkeys(matched))
        if not matched:
            found["unknown_category"] += 1
    return list(names)


def _category(category: Any) -> list[str]:
    if not isinstance(category, Mapping):
        return []
    texts = [one_line(category.get(f"name{suffix}")).casefold() for suffix in ("Ru", "Kk", "En")]
    for text in texts:
        words = _WORD.findall(text)
        matched = [
            name for name, beginnings in _CATEGORIES.items() if any(word.startswith(beginnings) for word in words)
        ]
        if matched:
            return matched
    return []


def _notes(item: Mapping[str, Any], titles: Translations, found: Findings) -> Translations:
    notes = translations(item, "description", found, lines=True)
    if any(has_html(item.get(f"description{suffix}")) for suffix in ("Kk", "Ru", "En")):
        found["html_made_plain"] += 1
    if not notes:
        notes = dict(titles)
        found["no_description"] += 1
    for lang, title in titles.items():
        if len(title) > MAX_TITLE:
            # The catalogue's titles are shorter: the whole one begins the description.
            notes[lang] = f"{title}\n\n{notes[lang]}" if notes.get(lang, title) != title else title
            found["title_shortened"] += 1
    for lang, text in notes.items():
        if len(text) > MAX_DESCRIPTION:
            notes[lang] = cut(text, MAX_DESCRIPTION)
            found["description_shortened"] += 1
    return notes


def _keywords(given: Any, found: Findings) -> dict[str, list[str]]:
    words = given if isinstance(given, list) else str(given or "").split(",")
    tags: dict[str, list[str]] = {}
    kept: dict[str, None] = {}
    for word in (part for entry in words for part in re.split(r"[,;]", one_line(entry))):
        tag = " ".join("".join(c if c.isalnum() or c in " -_." else " " for c in word).split())
        if not tag:
            continue
        if is_tag(tag) and len(kept) < _MAX_TAGS:
            kept[tag] = None
        else:
            found["keyword_left_out"] += 1
    for tag in kept:
        tags.setdefault(language_of(tag), []).append(tag)
    return tags


def _frequency(given: Any, found: Findings) -> str:
    text = str(given or "").strip().upper()
    if text in FREQUENCIES:
        return text
    found["unknown_frequency"] += 1
    return "AS_NEEDED"


def _contacts(item: Mapping[str, Any], found: Findings) -> dict[str, str]:
    responsible, owner = (
        value if isinstance(value, Mapping) else {} for value in (item.get("responsible"), item.get("owner"))
    )
    contacts = {}
    if name := one_line(owner.get("fullnameRu")):
        contacts["responsible_name"] = name
    if phone := one_line(responsible.get("phone")):
        if is_phone(phone):
            contacts["responsible_phone"] = phone
        else:
            found["bad_phone"] += 1
    if email := one_line(responsible.get("email")):
        if _EMAIL.fullmatch(email):
            contacts["responsible_email"] = email
        else:
            found["bad_email"] += 1
    return contacts


def _updated(item: Mapping[str, Any], today: date, found: Findings) -> date | None:
    given = next((item[key] for key in ("modifiedDate", "createdDate") if item.get(key) not in (None, "")), None)
    if given is None:
        return None
    updated = day(given)
    if updated is None or updated > today:
        found["bad_date"] += 1
        return None
    return updated
