"""Makes RDF's values of what people typed: texts, addresses, dates."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit

from rdflib import XSD, Literal, URIRef

from ckanext.opengov_kz.shared.languages import LANGUAGES

#: Texts by language; the key of a text whose language is unknown is empty.
Translations = Mapping[str, str]

# What XML 1.0 cannot hold in any form: a text with such a character would break RDF/XML.
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# RFC 3987 refuses these in addresses.
_NOT_IRI: Final = re.compile(r'[\x00-\x20<>"{}|\\^`]')
_EXTENSION: Final = re.compile(r"[^0-9+]*(?:вн|доб|ішкі|ext)[^0-9]*([0-9]{1,6})\s*$")
_COUNTRY_DIGITS, _SHORTEST_NATIONAL = 11, 10


def text(value: Any) -> str:
    """Clean a text for RDF: without what XML cannot hold and without blanks around it."""
    return _NOT_XML.sub("", value).strip() if isinstance(value, str) else ""


def translations(value: Any) -> dict[str, str]:
    """Read the texts of a translated field in the portal's languages; anything else reads as none."""
    if isinstance(value, str) and value.startswith("{"):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    if not isinstance(value, Mapping):
        return {}
    return {lang: cleaned for lang in LANGUAGES if (cleaned := text(value.get(lang)))}


def web_address(value: Any) -> URIRef | None:
    """Make an address of what people typed; None for anything but http and https."""
    if not isinstance(value, str):
        return None
    cleaned = _NOT_IRI.sub(lambda found: quote(found[0]), _NOT_XML.sub("", value.strip()))
    try:
        parts = urlsplit(cleaned)
    except ValueError:
        return None
    return URIRef(cleaned) if parts.scheme in {"http", "https"} and parts.hostname else None


def mail_address(value: Any) -> URIRef | None:
    """Make a ``mailto:`` address; None where there is no e-mail."""
    cleaned = text(value)
    return URIRef(f"mailto:{quote(cleaned, safe='@+')}") if "@" in cleaned else None


def phone_address(value: Any) -> URIRef | None:
    """Make a ``tel:`` address (RFC 3966) of a number as people write it; None where there is none.

    Eight before ten digits is the trunk prefix inside the country; a short number is valid in it only.
    """
    written = text(value)
    inner = _EXTENSION.search(written)
    digits = re.sub(r"\D", "", written[: inner.start()] if inner else written)
    if not digits:
        return None
    ending = f";ext={inner[1]}" if inner else ""
    if len(digits) == _COUNTRY_DIGITS and digits.startswith("8") and not written.startswith("+"):
        digits = f"7{digits[1:]}"
    if len(digits) == _SHORTEST_NATIONAL:
        digits = f"7{digits}"
    if len(digits) < _COUNTRY_DIGITS:
        return URIRef(f"tel:{digits};phone-context=+7{ending}")
    return URIRef(f"tel:+{digits}{ending}")


def moment(value: Any) -> Literal | None:
    """Make xsd:date of a day and xsd:dateTime of a day and time; CKAN's times are UTC."""
    if not isinstance(value, str):
        return None
    try:
        if "T" not in value:
            return Literal(date.fromisoformat(value).isoformat(), datatype=XSD.date)
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return Literal(at.isoformat(timespec="seconds"), datatype=XSD.dateTime)


def last_change(last_update: Any, metadata_modified: Any) -> Literal | None:
    """Choose the later of the data's date and of the passport's: readers of DCAT fetch again what changed."""
    day, at = moment(last_update), moment(metadata_modified)
    if day is None or at is None:
        return day or at
    return day if str(day) > str(at)[:10] else at


def untagged(value: Any) -> dict[str, str]:
    """Make texts of one whose language is unknown: it gets no tag."""
    cleaned = text(value)
    return {"": cleaned} if cleaned else {}


def names_of(entity: Mapping[str, Any]) -> dict[str, str]:
    """Read the names of a dataset, publisher or category: in languages, else CKAN's own, which gets no tag."""
    named = translations(entity.get("title_translated"))
    return named or untagged(entity.get("title") or entity.get("name"))
