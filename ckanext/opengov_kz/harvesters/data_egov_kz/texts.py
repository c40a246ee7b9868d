"""Reading the texts that the old portal holds: HTML, languages in the wrong place, dates of many forms. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

Translations = dict[str, str]

#: What was odd about a dataset: a code worded by `helpers.harvesting_finding_text`, and how often.
Findings = Counter[str]

_SUFFIXES = {"kk": "Kk", "ru": "Ru", "en": "En"}
_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
_BLOCKS = frozenset({"p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6"})
_SILENT = frozenset({"script", "style"})
_CYRILLIC = re.compile(r"[\u0400-\u04FF]")
_LATIN = re.compile(r"[A-Za-z]")
_KAZAKH = re.compile(r"[әғқңөұүһіӘҒҚҢӨҰҮҺІ]")
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\u200b-\u200f\u2060\ufeff]")
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T].*)?")
_MILLISECONDS = 10_000_000_000
_HOME = ZoneInfo("Asia/Almaty")
_FIRST_YEAR = 1990


def one_line(value: Any) -> str:
    """A text without invisible characters, runs of spaces being one; empty for what is no text."""
    if not isinstance(value, str):
        return ""
    return " ".join(_INVISIBLE.sub(" ", plain(value)).split())


def paragraphs(value: Any) -> str:
    """A text of several lines, its HTML made plain, no more than one empty line between two."""
    if not isinstance(value, str):
        return ""
    lines = [" ".join(line.split()) for line in _INVISIBLE.sub(" ", plain(value)).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def has_html(value: Any) -> bool:
    """Whether a text is marked up."""
    return isinstance(value, str) and _TAG.search(value) is not None


def plain(text: str) -> str:
    """The words of a text that may be HTML: blocks become lines, scripts and styles disappear."""
    if not has_html(text):
        return text
    reader = _Plain()
    reader.feed(text)
    reader.close()
    return "".join(reader.pieces)


def translations(item: Mapping[str, Any], name: str, found: Findings, *, lines: bool = False) -> Translations:
    """The texts `nameKk`, `nameRu`, `nameEn` of an item, each under the language that it is in.

    The portal is known to hold Kazakh under English and the reverse, and the Russian text repeated under all three: a
    repetition is no translation, and is left out.
    """
    read = paragraphs if lines else one_line
    texts = {lang: text for lang, suffix in _SUFFIXES.items() if (text := read(item.get(f"{name}{suffix}")))}
    if _is_latin(texts.get("kk", "")) and _is_cyrillic(texts.get("en", "")):
        texts["kk"], texts["en"] = texts["en"], texts["kk"]
        found["languages_swapped"] += 1
    russian = texts.get("ru")
    if russian and texts.get("kk") == russian and not _KAZAKH.search(russian):
        del texts["kk"]
        found["repeated_russian"] += 1
    if _is_cyrillic(texts.get("en", "")):
        english = texts.pop("en")
        if english not in texts.values():
            texts.setdefault("kk" if _KAZAKH.search(english) else "ru", english)
        found["english_is_cyrillic"] += 1
    return texts


def language_of(text: str) -> str:
    """Which of the three languages a short text is in, by its letters."""
    if _KAZAKH.search(text):
        return "kk"
    return "ru" if _CYRILLIC.search(text) else "en"


def day(value: Any) -> date | None:
    """The day of a moment as the portal writes it: ISO, `DD.MM.YYYY`, milliseconds since 1970; None if unreadable."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            seconds = value / 1000 if value > _MILLISECONDS else value
            moment = datetime.fromtimestamp(seconds, UTC).astimezone(_HOME)
        else:
            text = str(value).strip()
            if match := _DAY_FIRST.fullmatch(text):
                text = f"{match[3]}-{match[2]:0>2}-{match[1]:0>2}"
            moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return moment.date() if moment.year >= _FIRST_YEAR else None


def cut(text: str, limit: int) -> str:
    """A text of at most `limit` characters, ended at a word and with an ellipsis where it was longer."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    words = head.rpartition(" ")[0]
    return (words if len(words) > limit // 2 else head).rstrip(" ,;:—-") + "…"


def _is_latin(text: str) -> bool:
    return bool(_LATIN.search(text)) and not _CYRILLIC.search(text)


def _is_cyrillic(text: str) -> bool:
    return bool(_CYRILLIC.search(text)) and not _LATIN.search(text)


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the base's
        if tag in _SILENT:
            self._silent += 1
        elif tag == "li":
            self.pieces.append("\n- ")
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS - {"br", "li"}:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data)
