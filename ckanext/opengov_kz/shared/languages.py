"""The portal's three languages: choosing a translation, finding gaps, writing names in ASCII.

Translated values are dicts ``{"kk": "…", "ru": "…", "en": "…"}``. Kazakh is the state language and
stands first, Russian is officially used beside it, so both are required; English is optional.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LANGUAGES = ("kk", "ru", "en")
REQUIRED = ("kk", "ru")

# The letters shared with Russian: BGN/PCGN 1947 in its simplified form.
_RUSSIAN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh",
    "з": "z", "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o",
    "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts",
    "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu",
    "я": "ya",
}  # fmt: skip
# The nine Kazakh letters: the 2021 draft Latin alphabet with its diacritics removed.
_KAZAKH = {
    "ә": "a", "ғ": "g", "қ": "q", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "і": "i",
}  # fmt: skip
# Letters of other Cyrillic alphabets that agencies' files contain by mistake or by old fonts.
_STRAY = {"ў": "u", "ї": "i", "є": "ye", "ґ": "g", "ќ": "k", "ј": "j"}
_PUNCTUATION = str.maketrans({"–": "-", "—": "-", "«": '"', "»": '"', "“": '"', "”": '"', "’": "'"})
_LETTERS = _RUSSIAN | _KAZAKH | _STRAY

# CKAN keeps these words for its own URLs (ckan.logic.validators.name_validator).
_RESERVED_NAMES = frozenset({"new", "edit", "search"})
# Windows refuses these as file names whatever the extension.
_RESERVED_FILES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)}
)
_MIN_NAME = 2
# The longest name that can be made of a reserved word and ten digits of the hash, rounded up.
_MIN_MAX_LENGTH = 20
_MAX_FILE_NAME_BYTES = 120
_MAX_EXTENSION = 16


@dataclass(frozen=True, slots=True)
class Picked:
    """A translation chosen for a reader.

    - ``text``: never None; empty when there is nothing to show.
    - ``lang``: the language of ``text``, for the ``lang`` attribute; empty when it is unknown.
    - ``is_fallback``: the reader asked for another language, so the page must mark the text.
    """

    text: str
    lang: str
    is_fallback: bool


def pick(translations: Mapping[str, Any] | str | None, lang: str) -> Picked:
    """Choose the text for a reader of ``lang``: theirs first, then kk, ru, en.

    A locale such as ``kk_KZ`` counts as its language. Empty and blank strings are missing. A plain
    string is returned as it is, its language unknown; None gives an empty text. Never raises.
    """
    wanted = re.split(r"[-_]", lang, maxsplit=1)[0].lower()
    if isinstance(translations, str):
        return Picked(translations.strip(), "", is_fallback=False)
    for candidate in dict.fromkeys((wanted, *LANGUAGES)):
        text = _text(translations, candidate)
        if text:
            return Picked(text, candidate, is_fallback=candidate != wanted)
    return Picked("", wanted, is_fallback=False)


def missing_languages(translations: Mapping[str, Any] | str | None) -> tuple[str, ...]:
    """List the required languages that have no text, in the order of ``REQUIRED``.

    A plain string has no known language, so all are missing.
    """
    if isinstance(translations, str):
        return REQUIRED
    return tuple(lang for lang in REQUIRED if not _text(translations, lang))


def transliterate(text: str) -> str:
    """Write Kazakh and Russian Cyrillic in ASCII, keeping case, digits and punctuation.

    Standard: BGN/PCGN 1947 in its simplified form for the letters shared with Russian (ъ and ь
    dropped, е always ``e``, ё ``yo``) and the 2021 draft Kazakh Latin alphabet without diacritics
    for ә ғ қ ң ө ұ ү һ і. The two languages share letters, so one table serves both. Accented
    Latin loses its accents; a character of any other script is dropped.

    >>> transliterate("Қазақстан қалалары")
    'Qazaqstan qalalary'
    """
    composed = unicodedata.normalize("NFC", text).translate(_PUNCTUATION)
    letters = [_letter(composed, position) for position in range(len(composed))]
    decomposed = unicodedata.normalize("NFKD", "".join(letters))
    return decomposed.encode("ascii", "ignore").decode("ascii")


def slug(text: str, max_length: int = 100) -> str:
    """Make a CKAN name from a title: 2 to ``max_length`` characters of ``a-z 0-9 _ -``.

    Long titles are cut at a word where one is near. When fewer than two characters remain, or the
    word is one that CKAN keeps for itself, the name ends with a hash of the text: the same text
    always gets the same name.

    :raises ValueError: ``max_length`` leaves no room for such a name (less than 20).
    """
    if max_length < _MIN_MAX_LENGTH:
        message = f"max_length must be at least {_MIN_MAX_LENGTH}"
        raise ValueError(message)
    name = _cut(_hyphenated(text), max_length)
    if len(name) >= _MIN_NAME and name not in _RESERVED_NAMES:
        return name
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return f"{name or 'item'}-{digest}"


def file_name(text: str, extension: str) -> str:
    """Make a name for a download: ASCII, without path parts, at most 120 bytes.

    ``extension`` is given with or without its dot (``csv``, ``.tar.gz``); characters other than
    letters, digits and inner dots are dropped from it.
    """
    suffix = re.sub(r"\.{2,}", ".", re.sub(r"[^a-z0-9.]", "", extension.lower())).strip(".")
    suffix = suffix[:_MAX_EXTENSION].rstrip(".")
    room = _MAX_FILE_NAME_BYTES - len(suffix) - 1
    stem = slug(text, min(room, 100))
    if stem in _RESERVED_FILES:
        stem = f"file-{stem}"
    return f"{stem}.{suffix}" if suffix else stem


def _text(translations: Mapping[str, Any] | None, lang: str) -> str:
    value = translations.get(lang) if isinstance(translations, Mapping) else None
    return value.strip() if isinstance(value, str) else ""


def _letter(text: str, position: int) -> str:
    character = text[position]
    lower = character.lower()
    latin = _LETTERS.get(lower)
    if latin is None:
        return character
    if character == lower:
        return latin
    # Щ begins a word (Shch) or stands in a word of capitals (SHCH): the neighbours tell.
    neighbours = text[max(position - 1, 0) : position] + text[position + 1 : position + 2]
    if len(latin) > 1 and not any(letter.isupper() for letter in neighbours):
        return latin.capitalize()
    return latin.upper()


def _hyphenated(text: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "-", transliterate(text).lower()).strip("-_")


def _cut(name: str, max_length: int) -> str:
    if len(name) <= max_length:
        return name
    head = name[:max_length]
    if name[max_length] != "-":
        whole_words = head.rpartition("-")[0]
        # A single endless word is cut where it must be; otherwise no more than half is given up.
        if len(whole_words) >= max_length // 2:
            head = whole_words
    return head.strip("-_")
