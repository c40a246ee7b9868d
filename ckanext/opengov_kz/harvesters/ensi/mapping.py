"""From ENSI's items to the portal's rows and passports: pure, one item at a time.

Nothing of an item is lost without a word: an item without its key is rejected with the reason;
what can be loaded but looks wrong is loaded as the agency wrote it and counted as a finding.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from ckanext.opengov_kz.harvesters.ensi import passports
from ckanext.opengov_kz.shared.identifiers import KATO_LEVELS, kato_level, kato_problem
from ckanext.opengov_kz.shared.languages import slug

if TYPE_CHECKING:
    from ckanext.opengov_kz.harvesters.ensi.client import Classifier

KEY = ("code",)
"""The column that identifies a row, for ``publishing.rows.merge_rows``."""

RejectionReason = Literal["not_an_object", "missing_code"]
FindingReason = Literal[
    "code_was_a_number",
    "bad_date",
    "dates_reversed",
    "missing_name",
    "unknown_status",
    "latin_lookalike",
    "foreign_letter",
    "not_a_kato_code",
    "duplicate_code",
    "overlapping_validity",
    "cycle",
    "orphan",
]

_SAMPLES = 100
_OPEN_END_YEAR = 9999
_ACTIVE, _CLOSED = "active", "closed"
_STATUSES: dict[object, str] = {
    "active": _ACTIVE, "act": _ACTIVE, "true": _ACTIVE, "1": _ACTIVE,
    "closed": _CLOSED, "replaced": _CLOSED, "inactive": _CLOSED, "false": _CLOSED, "0": _CLOSED,
}  # fmt: skip
_FLOAT_CODE = re.compile(r"(\d+)\.0")
_DAY_FIRST = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})(?:[ T].*)?")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z]")
_CYRILLIC = re.compile(r"[\u0400-\u04FF]")
# Cyrillic letters of neither alphabet, such as Ќ that old fonts drew as Қ.
_FOREIGN = re.compile(r"(?![а-яёәғқңөұүһіА-ЯЁӘҒҚҢӨҰҮҺІ])[\u0400-\u04FF]")


class Row(TypedDict):
    """One row of a classifier's table; dates are ISO, a missing value is None."""

    code: str
    parent_code: str | None
    name_kk: str | None
    name_ru: str | None
    level: int | None
    valid_from: str | None
    valid_to: str | None
    status: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """An item that cannot become a row, as the agency sent it."""

    reason: RejectionReason
    item: Any


@dataclass(frozen=True, slots=True)
class Finding:
    """Something odd in an item that was loaded all the same."""

    reason: FindingReason
    code: str
    column: str


@dataclass
class RowMapper:
    """Maps a stream of items and keeps account of what was wrong.

    Counts are complete; of the rejected items and the findings the first hundred are kept.
    """

    classifier_code: str
    mapped: int = 0
    rejections: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)
    rejected_samples: list[Rejected] = field(default_factory=list)
    finding_samples: list[Finding] = field(default_factory=list)

    def rows(self, items: Iterable[Any]) -> Iterator[Row]:
        """Yield the rows of the items that have a key, in their order."""
        for item in items:
            found: list[Finding] = []
            row = to_row(item, self.classifier_code, found)
            if isinstance(row, Rejected):
                self.rejections[row.reason] += 1
                if len(self.rejected_samples) < _SAMPLES:
                    self.rejected_samples.append(row)
                continue
            self.mapped += 1
            for finding in found:
                self.findings[finding.reason] += 1
                if len(self.finding_samples) < _SAMPLES:
                    self.finding_samples.append(finding)
            yield row


def to_row(item: Any, classifier_code: str = "", findings: list[Finding] | None = None) -> Row | Rejected:
    """Map one item of the contract (see ``client.py``) to a row, or say why it can't be.

    Runs of spaces, no-break ones too, become one space; letters are kept as the agency wrote them.
    Dates are accepted as ISO, with or without a time, and as DD.MM.YYYY; the year 9999 means "no
    end". ``level`` is the depth in the tree from 1: from the item, or from the digits of a KATO or
    OKED code; None for other classifiers.

    :param findings: receives what is odd about the item.
    """
    if not isinstance(item, Mapping):
        return Rejected("not_an_object", item)
    notes = _Notes([] if findings is None else findings)
    code = notes.identifier(item, "code", classifier_code)
    if code is None:
        return Rejected("missing_code", dict(item))
    notes.code = code
    valid_from = notes.day(item, "valid_from")
    valid_to = notes.day(item, "valid_to")
    if valid_from and valid_to and valid_to < valid_from:
        notes.add("dates_reversed", "valid_to")
    if classifier_code.upper() == "KATO" and kato_problem(code):
        notes.add("not_a_kato_code", "code")
    return Row(
        code=code,
        parent_code=notes.identifier(item, "parent_code", classifier_code),
        name_kk=notes.name(item, "name_kaz", "name_kk"),
        name_ru=notes.name(item, "name_rus", "name_ru"),
        level=_level(item.get("level"), code, classifier_code.upper()),
        valid_from=valid_from,
        valid_to=valid_to,
        status=notes.status(item, valid_to),
    )


def to_dataset(classifier: Classifier, publisher: str, today: date) -> dict[str, Any]:
    """Make the passport of a classifier's dataset, as ``package_create`` takes it.

    ``last_update`` is ``today``: the day of the load that changed something; a run that changed
    nothing keeps the stored one. What only the publisher knows (the responsible person, contacts)
    is left out. A language that neither the portal nor the agency has is left out too.

    :param publisher: name or id of the organization that owns the dataset.
    """
    known = passports.KNOWN.get(classifier.code.upper(), passports.OTHER)
    agency = {"kk": classifier.name_kk, "ru": classifier.name_ru}
    title = dict(known.title) or {lang: text for lang, text in agency.items() if text}
    return {
        "name": dataset_name(classifier.code),
        "type": "dataset",
        "owner_org": publisher,
        "title_translated": title or {"kk": classifier.code, "ru": classifier.code},
        "notes_translated": dict(known.notes),
        "tags_translated": {lang: [*tags, *known.tags.get(lang, ())] for lang, tags in passports.TAGS.items()},
        "groups": [{"name": known.group}],
        "legal_basis_translated": dict(passports.LEGAL_BASIS),
        "frequency": "AS_NEEDED",
        "last_update": today.isoformat(),
        "language": ["kk", "ru"],
        "license_id": "kz-open",
        "source_system_translated": dict(passports.SOURCE_SYSTEM),
    }


def to_resource(classifier: Classifier) -> dict[str, Any]:
    """Make the resource that holds a classifier's table; ``package_id`` is the caller's."""
    version = {"version": classifier.version}
    return {
        "name_translated": {lang: text.format(**version) for lang, text in passports.RESOURCE_NAME.items()},
        "description_translated": dict(passports.RESOURCE_DESCRIPTION),
        "format": "CSV",
    }


def day(value: object) -> date | None:
    """Read a day as the agency writes it: ISO, with or without a time, or DD.MM.YYYY; None for anything else."""
    return _parse_day(_clean(value))


def dataset_name(classifier_code: str) -> str:
    """Make the dataset's name in the catalogue, the same at each run."""
    return slug(f"ensi-{classifier_code}")


def dictionary() -> list[dict[str, Any]]:
    """List the table's columns as ``datastore_create`` takes them, labelled in three languages."""
    return [{"id": column.id, "type": column.type, "info": dict(column.info)} for column in passports.COLUMNS]


@dataclass
class _Notes:
    """Reads the values of one item, noting what is odd."""

    findings: list[Finding]
    code: str = ""

    def add(self, reason: FindingReason, column: str) -> None:
        self.findings.append(Finding(reason, self.code, column))

    def identifier(self, item: Mapping[str, Any], key: str, classifier_code: str) -> str | None:
        value = item.get(key)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            self.add("code_was_a_number", key)
            return str(value)
        text = _clean(value)
        # A spreadsheet's "751000000.0"; elsewhere "1.0" may be a code of its own.
        if classifier_code.upper() == "KATO" and (match := _FLOAT_CODE.fullmatch(text)):
            self.add("code_was_a_number", key)
            return match.group(1)
        return text or None

    def name(self, item: Mapping[str, Any], key: str, column: str) -> str | None:
        text = _clean(item.get(key))
        if not text:
            self.add("missing_name", column)
            return None
        if any(_LATIN.search(word) and _CYRILLIC.search(word) for word in _WORD.findall(text)):
            self.add("latin_lookalike", column)
        if _FOREIGN.search(text):
            self.add("foreign_letter", column)
        return text

    def day(self, item: Mapping[str, Any], key: str) -> str | None:
        value = item.get(key)
        text = _clean(value)
        if value is None or value == "" or (isinstance(value, str) and not text):
            return None
        day = _parse_day(text)
        if day is None:
            self.add("bad_date", key)
            return None
        return None if day.year == _OPEN_END_YEAR else day.isoformat()

    def status(self, item: Mapping[str, Any], valid_to: str | None) -> str:
        value = item.get("status")
        text = str(value).strip().lower() if value is not None else ""
        if not text:
            return _CLOSED if valid_to else _ACTIVE
        if text not in _STATUSES:
            self.add("unknown_status", "status")
        return _STATUSES.get(text, text)


def _clean(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _parse_day(text: str) -> date | None:
    if match := _DAY_FIRST.fullmatch(text):
        text = "-".join(reversed(match.groups()))
    try:
        # The day as written: converting an offset could move it to the day before.
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None


def _level(given: object, code: str, classifier_code: str) -> int | None:
    if isinstance(given, int) and not isinstance(given, bool) and given > 0:
        return given
    if isinstance(given, str) and given.isdecimal():
        return int(given) or None
    if classifier_code == "KATO" and kato_problem(code) is None:
        return KATO_LEVELS.index(kato_level(code)) + 1
    if classifier_code == "OKED":
        # A section is a letter (1), then division, group, class and subclass by 2 to 5 digits.
        return sum(character.isdigit() for character in code) or 1
    return None
