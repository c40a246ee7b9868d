"""Which of our publishers an agency of the old portal is, and where a new one belongs in the tree. Pure.

The old portal writes the same body as "Министерство финансов Республики Казахстан", "МФ РК" or «Минфин» with Latin
letters inside. A wrong match would put a body's data under another's name, so a match has to be the only one, and what
was matched by its abbreviation alone is told as a finding.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ckanext.opengov_kz.harvesters.data_egov_kz.texts import Findings, Translations, cut, translations
from ckanext.opengov_kz.shared.languages import LANGUAGES, slug

#: The longest name of a publisher that the catalogue takes.
MAX_TITLE = 300

_LOOKALIKES = str.maketrans("aceopxyktmhbi", "асеорхуктмнві")
_CYRILLIC = re.compile(r"[\u0400-\u04FF]")
_WORD = re.compile(r"\w+")
_COUNTRY = re.compile(
    r"\b(республики казахстан|республика казахстан|қазақстан республикасының|қазақстан республикасы"
    r"|of the republic of kazakhstan|рк|қр|rk|pk)\b"
)
_LEGAL_FORMS = re.compile(
    r"\b(некоммерческое акционерное общество|акционерное общество|национальная компания"
    r"|коммерциялық емес акционерлік қоғамы|акционерлік қоғамы|товарищество с ограниченной ответственностью"
    r"|республиканское государственное предприятие|государственное учреждение|на праве хозяйственного ведения|на пхв"
    r"|шаруашылық жүргізу құқығындағы|joint stock company|нао|ао|ақ|кеақ|тоо|жшс|гу|кгу|кмм|ргп|ргкп|рмк|шжқ|jsc|llp)\b"
)
_SMALL_WORDS = frozenset(("и", "по", "в", "на", "при", "с", "о", "мен", "және", "of", "and", "the", "for", "on"))
_SHORTENED = {"обл": "область", "г": "город", "қ": "қаласы", "мин": "министерство"}
_REGION_WORDS = frozenset(
    ("акимат", "акимата", "аппарат", "акима", "область", "области", "город", "города", "облысы", "қаласы", "әкімдігі")
)
_CITY_WORDS = frozenset(("город", "города", "қаласы"))
_MAX_ABBREVIATION = 8
# The first three letters tell the 17 regions and the 3 cities apart, whatever the ending of the adjective.
_REGION_LETTERS = 3
_REGION_INSIDE = re.compile(r"(?:(\w+) области|области (\w+)|(города) (\w+))\b")
_ABOVE = {"министерства": "министерство", "агентства": "агентство", "акимата": "акимат", "комитета": "комитет"}
_KINDS = {"CGO": "central", "MIO": "local", "QUASI": "quasi_public"}
_HOLDERS = {"central": "state_body", "local": "state_body", "quasi_public": "quasi_public"}
_LOCAL = re.compile(r"\b(обл|область|области|акимат|акимата|города|город|г)\b")
_CENTRAL = re.compile(r"\b(министерство|агентство|комитет|министрлігі|агенттігі)\b")


@dataclass(frozen=True, slots=True)
class Publisher:
    """A publisher of ours; ``titles`` by language."""

    id: str
    name: str
    titles: Mapping[str, str]
    kind: str


@dataclass(frozen=True, slots=True)
class Agency:
    """A publisher of the old portal."""

    id: str
    titles: Translations
    kind: str


def agency(item: Mapping[str, Any], found: Findings) -> Agency | None:
    """Read an item's `govAgency`; None, and a finding, where it names nobody."""
    given = item.get("govAgency")
    titles = translations(given, "name", found) if isinstance(given, Mapping) else {}
    if not isinstance(given, Mapping) or not titles:
        found["unknown_publisher"] += 1
        return None
    titles = {lang: cut(text, MAX_TITLE) for lang, text in titles.items()}
    identifier = str(given.get("id") or core(next(iter(titles.values()))))
    return Agency(identifier, titles, _kind(given, titles))


def match(wanted: Agency, known: Sequence[Publisher], found: Findings) -> Publisher | None:
    """The only publisher that has the agency's name in one of the languages, in full or by its abbreviation."""
    # One language decides: "ҚМ" is the Ministry of Finance and the Ministry of Defence, while "МО" is the latter alone.
    deciding = next((code for code in ("ru", "kk", "en") if wanted.titles.get(code)), "")
    for lang in LANGUAGES:
        title = wanted.titles.get(lang, "")
        if lang == deciding or not _abbreviation(title):
            same = [entry for entry in known if core(title) and core(title) == core(entry.titles.get(lang, ""))]
            if len(same) == 1:
                return same[0]
    if region := _region_of(wanted, known):
        return region
    short = _abbreviation(wanted.titles.get(deciding, ""))
    if short:
        alike = [entry for entry in known if entry.kind == wanted.kind]
        same = [entry for entry in alike if _initials(entry.titles.get(deciding, "")) == short]
        if len(same) == 1:
            found["publisher_by_abbreviation"] += 1
            return same[0]
    return None


def parent(wanted: Agency, known: Sequence[Publisher]) -> Publisher | None:
    """The publisher above a new one: named at the end of its name, or the akimat of the region that its name tells."""
    words = core(wanted.titles.get("ru", "")).split()
    cores = {core(entry.titles.get("ru", "")): entry for entry in known}
    for place, word in enumerate(words):
        if place and word in _ABOVE:
            above = cores.get(" ".join([_ABOVE[word], *words[place + 1 :]]))
            if above:
                return above
    inside = _REGION_INSIDE.search(" ".join(words))
    if inside and wanted.kind in {"local", "other", "quasi_public"}:
        region = next(group for group in (inside[1], inside[2], inside[4]) if group)
        return _akimat(region, known, is_city=bool(inside[3]))
    return None


def organization(wanted: Agency, above: Publisher | None, source_id: str) -> dict[str, Any]:
    """A new publisher as ``organization_create`` takes it: always the same id for the same agency of a source."""
    title = wanted.titles.get("en") or wanted.titles.get("ru") or wanted.titles["kk"]
    made: dict[str, Any] = {
        "id": publisher_id(source_id, wanted),
        "name": slug(title, 80),
        "title_translated": wanted.titles,
        "kind": wanted.kind,
    }
    if wanted.kind in _HOLDERS:
        made["holder_category"] = _HOLDERS[wanted.kind]
    if above:
        made["parent"] = above.name
    return made


def publisher_id(source_id: str, wanted: Agency) -> str:
    """The id of the publisher that an agency becomes when none of ours is it."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{source_id}/govAgency/{wanted.id}"))


@lru_cache(maxsize=10_000)  # each agency is compared with all publishers
def core(text: str) -> str:
    """What names have to agree in: words in small letters without the country, legal forms, quotes, look-alikes."""
    words = []
    for word in _WORD.findall(text.casefold()):
        letters = word.translate(_LOOKALIKES) if _CYRILLIC.search(word) else word
        words.append(_SHORTENED.get(letters, letters))
    without = _LEGAL_FORMS.sub(" ", _COUNTRY.sub(" ", " ".join(words)))
    return " ".join(without.split())


def _kind(given: Mapping[str, Any], titles: Translations) -> str:
    stated = _KINDS.get(str(given.get("type") or "").upper())
    if stated:
        return stated
    text = core(titles.get("ru") or titles.get("kk") or "")
    if _LOCAL.search(text):
        return "local"
    if given.get("isGovAgency") is True or _CENTRAL.search(text):
        return "central"
    return "other"


def _abbreviation(text: str) -> str:
    """The letters of a name that is an abbreviation such as "МФ РК"; empty for any other."""
    words = [word for word in _WORD.findall(text) if core(word)]
    if len(words) != 1 or len(words[0]) > _MAX_ABBREVIATION or not words[0].isupper() or len(words[0]) == 1:
        return ""
    return core(words[0])


def _initials(text: str) -> str:
    return "".join(word[0] for word in core(text).split() if word not in _SMALL_WORDS)


def _region_of(wanted: Agency, known: Sequence[Publisher]) -> Publisher | None:
    """The akimat, where the agency's name is that of a region and no more ("Абайская обл.", "г. Астана", "ВКО")."""
    text = wanted.titles.get("ru", "")
    words = core(text).split()
    rest = [word for word in words if word not in _REGION_WORDS]
    if len(words) > len(rest) and 1 <= len(rest) <= 2:  # noqa: PLR2004 - "западно-казахстанская" is two words
        return _akimat(rest[0], known, is_city=not _CITY_WORDS.isdisjoint(words))
    short = _abbreviation(text)
    if wanted.kind != "local" or not short:
        return None
    same = [entry for entry in _akimats(known) if _initials(entry.titles.get("ru", "")) == f"а{short}"]
    return same[0] if len(same) == 1 else None


def _akimat(region: str, known: Sequence[Publisher], *, is_city: bool) -> Publisher | None:
    same = []
    for entry in _akimats(known):
        words = core(entry.titles.get("ru", "")).split()
        names = [word for word in words if word not in _REGION_WORDS]
        if names and is_city != _CITY_WORDS.isdisjoint(words) and _starts_alike(names[0], region):
            same.append(entry)
    return same[0] if len(same) == 1 else None


def _starts_alike(one: str, other: str) -> bool:
    return one[:_REGION_LETTERS] == other[:_REGION_LETTERS]


def _akimats(known: Sequence[Publisher]) -> list[Publisher]:
    return [
        entry for entry in known if entry.kind == "local" and core(entry.titles.get("ru", "")).startswith("акимат ")
    ]
