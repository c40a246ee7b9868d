"""Decisions of the catalogue that need nothing but their arguments; "today" is always passed in."""

from __future__ import annotations

import calendar
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final, Literal

from ckanext.opengov_kz.shared.languages import LANGUAGES, REQUIRED, pick

Frequency = Literal["DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "HALF_YEAR", "YEARLY", "AS_NEEDED"]
UpdateState = Literal["up_to_date", "due_soon", "overdue", "as_needed"]
Translations = dict[str, str]

FREQUENCIES: Final[tuple[str, ...]] = (
    "DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "HALF_YEAR", "YEARLY", "AS_NEEDED",
)  # fmt: skip

_DAYS: Final = {"DAILY": 1, "WEEKLY": 7}
_MONTHS: Final = {"MONTHLY": 1, "QUARTERLY": 3, "HALF_YEAR": 6, "YEARLY": 12}
# How many days before the due date a publisher is warned: about a tenth of the period, so that
# a daily dataset is not always "due soon" and a yearly one leaves time to gather the data.
_WARNING_DAYS: Final = {
    "DAILY": 0, "WEEKLY": 1, "MONTHLY": 3, "QUARTERLY": 9, "HALF_YEAR": 18, "YEARLY": 30,
}  # fmt: skip

_EU_AUTHORITY: Final = "http://publications.europa.eu/resource/authority"
_EU_FREQUENCIES: Final = {
    "DAILY": "DAILY", "WEEKLY": "WEEKLY", "MONTHLY": "MONTHLY", "QUARTERLY": "QUARTERLY",
    "HALF_YEAR": "ANNUAL_2", "YEARLY": "ANNUAL", "AS_NEEDED": "IRREG",
}  # fmt: skip
EU_THEMES: Final[tuple[str, ...]] = (
    "AGRI", "ECON", "EDUC", "ENER", "ENVI", "GOVE", "HEAL",
    "INTR", "JUST", "OP_DATPRO", "REGI", "SOCI", "TECH", "TRAN",
)  # fmt: skip
_EU_LANGUAGES: Final = {"kk": "KAZ", "ru": "RUS", "en": "ENG"}

# The first two digits of a KATO code name one of the 17 oblasts and 3 cities of republican
# significance (NK RK 11-2025); reference/regions.yaml lists them with their names.
KATO_OBLASTS: Final = frozenset(
    {"10", "11", "15", "19", "23", "27", "31", "33", "35", "39", "43", "47", "55", "59", "61",
     "62", "63", "71", "75", "79"}
)  # fmt: skip

# An E.164 number has at most 15 digits; state bodies also publish short local numbers and inner
# extensions ("вн. 123", "ішкі 123").
_PHONE: Final = re.compile(r"\+?[0-9()\s-]{5,25}(?:\s*,?\s*(?:вн\.?|доб\.?|ішкі|ext\.?)\s*[0-9]{1,6})?")
_MIN_PHONE_DIGITS, _MAX_PHONE_DIGITS = 5, 21

# Cyrillic letters keep their block's place after Latin ones and digits.
_ALPHABET: Final = {
    letter: ord("а") + position for position, letter in enumerate("аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя")
}

MAX_TAG_LENGTH: Final = 100
MIN_TAG_LENGTH: Final = 2
_TAG: Final = re.compile(r"[\w \-.]*")


def next_update(last_update: date | None, frequency: str) -> date | None:
    """Compute the date by which the data must be updated again.

    A month later is the same day of that month, or its last day where it is shorter. None when the
    data are updated as needed or were never updated.

    :raises ValueError: the frequency is not one of ``FREQUENCIES``.
    """
    if frequency not in FREQUENCIES:
        raise ValueError(frequency)
    if last_update is None or frequency == "AS_NEEDED":
        return None
    if frequency in _DAYS:
        return last_update + timedelta(days=_DAYS[frequency])
    months = last_update.month - 1 + _MONTHS[frequency]
    year, month = last_update.year + months // 12, months % 12 + 1
    day = min(last_update.day, calendar.monthrange(year, month)[1])
    return date(year, month, day)


def update_state(last_update: date | None, frequency: str, today: date) -> UpdateState | None:
    """Say how fresh the data are on the day ``today``; None when they were never updated.

    The due date itself is still in time: a dataset is overdue from the day after it.
    """
    if frequency == "AS_NEEDED":
        return "as_needed"
    due = next_update(last_update, frequency)
    if due is None:
        return None
    if today > due:
        return "overdue"
    return "due_soon" if (due - today).days <= _WARNING_DAYS[frequency] else "up_to_date"


def eu_frequency(frequency: str) -> str | None:
    """Name the frequency in the EU authority table "frequency", as DCAT-AP asks."""
    code = _EU_FREQUENCIES.get(frequency)
    return f"{_EU_AUTHORITY}/frequency/{code}" if code else None


def eu_theme(code: str) -> str | None:
    """Name a theme in the EU authority table "data-theme"."""
    return f"{_EU_AUTHORITY}/data-theme/{code}" if code in EU_THEMES else None


def eu_language(lang: str) -> str | None:
    """Name a language in the EU authority table "language"."""
    code = _EU_LANGUAGES.get(lang)
    return f"{_EU_AUTHORITY}/language/{code}" if code else None


def kato_in_known_oblast(code: str) -> bool:
    """Say whether a nine-digit KATO code begins with one of the 20 regions."""
    return code[:2] in KATO_OBLASTS


def is_phone(value: str) -> bool:
    """Say whether a text can be dialled: digits, spaces, brackets, hyphens, an extension."""
    digits = sum(character.isdigit() for character in value)
    return bool(_PHONE.fullmatch(value)) and _MIN_PHONE_DIGITS <= digits <= _MAX_PHONE_DIGITS


def read_translations(value: Any, form: Mapping[str, Any]) -> Translations:
    """Read a translated text from an API's dict or JSON string, or from a form's inputs by language.

    :param value: ``{"kk": "…"}``, the same as a JSON string, or None.
    :param form: the inputs of the field by language, as they came: they win over ``value``.
    :returns: the texts that are not blank, trimmed, in the order of ``LANGUAGES``.
    :raises ValueError: not a dict of texts, or a language that the portal doesn't have.
    """
    given = dict(form) if form else _as_dict(value)
    for lang, text in given.items():
        if lang not in LANGUAGES:
            raise ValueError(lang)
        if not (text is None or isinstance(text, str)):
            raise ValueError(lang)
    return {lang: text for lang in LANGUAGES if (text := (given.get(lang) or "").strip())}


def read_translated_tags(value: Any, form: Mapping[str, Any]) -> dict[str, list[str]]:
    """Read keywords by language: lists, or texts with commas; blanks and repetitions are dropped.

    :raises ValueError: as in ``read_translations``.
    """
    given = dict(form) if form else _as_dict(value)
    tags: dict[str, list[str]] = {}
    for lang in (*LANGUAGES, *given):
        if lang not in LANGUAGES:
            raise ValueError(lang)
        words = given.get(lang) or []
        if isinstance(words, str):
            words = words.split(",")
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise ValueError(lang)
        cleaned = list(dict.fromkeys(" ".join(word.split()) for word in words if word.strip()))
        if cleaned:
            tags[lang] = cleaned
    return tags


def is_tag(word: str) -> bool:
    """Say whether CKAN keeps the word as a tag: letters, digits, spaces and ``-_.``, 2 to 100."""
    return MIN_TAG_LENGTH <= len(word) <= MAX_TAG_LENGTH and bool(_TAG.fullmatch(word))


def translations_missing(fields: Iterable[Mapping[str, Any] | None]) -> list[str]:
    """List the required languages in which at least one of the fields has no text."""
    given = list(fields)
    return [lang for lang in REQUIRED if any(not (field or {}).get(lang) for field in given)]


def core_text(translations: Mapping[str, Any] | None) -> str:
    """Choose the text for CKAN's own field: the default language, or what there is."""
    return pick(translations, LANGUAGES[0]).text


def alphabet_key(text: str) -> tuple[int, ...]:
    """Give the sorting key of a text by the Kazakh alphabet, which contains the Russian one.

    By code points Ә, Ғ, Қ, Ң, Ө, Ұ, Ү, Һ and І would stand after Я. Case doesn't count.
    """
    return tuple(_ALPHABET.get(letter, ord(letter)) for letter in text.casefold())


def _as_dict(value: Any) -> dict[str, Any]:
    if isinstance(value, str) and value.strip():
        # JSONDecodeError is a ValueError too.
        value = json.loads(value)
    if value is None or value == "":
        return {}
    if not isinstance(value, Mapping):
        raise ValueError(type(value).__name__)  # noqa: TRY004 a wrong value is told as one kind of error
    return dict(value)
