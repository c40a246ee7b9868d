"""The words and numbers by which Kazakhstan's acts mark their parts, in both languages: what a line begins with.

Laws: "Статья 5. …" / "5-бап. …", within it "1." (item) and "1)" (sub-item); orders and rules: "1." and "1)" alone,
under "Глава 1. …" / "1-тарау. …" and "Параграф 2. …" / "2-параграф. …"; codes also have sections and subsections.
Numbers may be inserted later: 5-1, 12-1. An annex begins with its stamp: "Приложение 1 к приказу …" / "… бұйрығына
1-қосымша", or with the words that it was approved: "Утверждены приказом …" / "… бұйрығымен бекітілген".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DASH = r"[-‐‑–—]"
_ARABIC = rf"\d{{1,4}}(?:{_DASH}\d{{1,3}})*"
#: Roman digits are typed with Latin and with Cyrillic letters.
_ROMAN = "(?-i:[IVXLCІХСМ]{1,7})"
_NUMBER = rf"(?:{_ARABIC}|{_ROMAN})"
#: A number and its heading: "5. …", "5: …", "5" alone; "5 настоящего Закона" is a sentence.
_REST = r"\s*(?:[.:]\s*(?P<rest>.*)|(?P<bare>))$"
_LOOSE = r"\s*[.:]?\s*(?P<rest>.*)$"

_RU_WORDS = {"раздел": "section", "подраздел": "subsection", "глава": "chapter", "параграф": "subchapter",
             "§": "subchapter", "статья": "article"}  # fmt: skip
_KK_WORDS = {"бөлім": "section", "кіші бөлім": "subsection", "бөлімше": "subsection", "тарау": "chapter",
             "параграф": "subchapter", "бап": "article"}  # fmt: skip
_RU = rf"(?P<word>{'|'.join(_RU_WORDS)})\s*(?P<number>{_NUMBER})"
_KK = rf"(?P<number>{_NUMBER})\s*{_DASH}?\s*(?P<word>{'|'.join(sorted(_KK_WORDS, key=len, reverse=True))})(?![\w-])"
_HEADINGS = tuple(re.compile(form + _REST, re.IGNORECASE) for form in (_RU, _KK))
#: In a line that looks like a heading the dot may be missing: "СТАТЬЯ 5 ПРИНЦИПЫ".
_LOOSE_HEADINGS = tuple(re.compile(form + _LOOSE, re.IGNORECASE) for form in (_RU + r"(?![\w-])", _KK))

_ITEM = re.compile(r"(?P<number>\d{1,3}(?:[-‐‑–.]\d{1,3})*)\.(?:\s+|(?=[^\W\d]|[«\"“]))(?P<rest>.*)$", re.DOTALL)
#: In Kazakh an amendment names a sub-item by its number first: "2) тармақша мынадай редакцияда жазылсын" begins none.
_NAMED = r"(?!\s*(?:(?:,|және|–|-)\s*\d[\d-]*\)\s*)*тармақша)"
_SUBITEM = re.compile(rf"(?P<number>{_ARABIC}\)){_NAMED}\s*(?P<rest>.*)$", re.DOTALL | re.IGNORECASE)
_LETTER = re.compile(rf"(?P<number>[a-zа-яәғқңөұүһі]\)){_NAMED}\s*(?P<rest>.*)$", re.DOTALL | re.IGNORECASE)

_ANNEX_RU = re.compile(
    rf"приложение(?:\s+№?\s*(?P<number>{_ARABIC}))?(?P<rest>(?:\s+к(?:о)?\s+[^.;:]*)?)$", re.IGNORECASE
)
_ANNEX_KK = re.compile(rf"(?P<rest>(?:[^.;:]*\s)?)(?:(?P<number>{_ARABIC})\s*{_DASH}\s*)?қосымша$", re.IGNORECASE)
_APPROVED_RU = re.compile(
    r"утвержден[аоы]?(?:\s+(?:приказом|постановлением|решением|указом|законом)\b[^;:]*)?$", re.IGNORECASE
)
_APPROVED_KK = re.compile(
    r"(?:[^.;:]*\s(?:бұйрығымен|қаулысымен|шешімімен|жарлығымен|заңымен)\s+)?бекітілген$", re.IGNORECASE
)
_LONGEST_STAMP = 400
#: What stands in the lines of a stamp, besides the word for an annex.
_STAMP = re.compile(
    r"^(?:от\s+«?_*|от\s+\d|№|N\s?\d|«_+»|к\s+\w|«?_|қазақстан республикасы|республики казахстан|министр|\d{4}\s*жылғы"
    r"|20_+|форма$|нысан$|приказом|постановлением|решением)"
    r"|(?:бұйрығына|қаулысына|шешіміне|қағидаларына|бұйрығымен|қаулысымен|шешімімен|министрінің|үкіметінің|мәслихатының|ж\.)$",
    re.IGNORECASE,
)

_OFFICE_RU = re.compile(
    r"^(?:исполняющий обязанности\s|и\.\s?о\.\s|первый\s|заместитель\s|руководитель\s)*"
    r"(?:президент|премьер-министр|вице-министр|министр|аким|акима|председатель|секретарь|руководител[ья])\b",
    re.IGNORECASE,
)
_OFFICE_KK = re.compile(
    r"(?:президенті|премьер-министрі|министрі|вице-министрі|төрағасы|хатшысы|әкімі|басшысы|"
    r"^министр|^әкім|^төраға)(?:\s+(?:[А-ЯӘҒҚҢӨҰҮҺІ]\.\s?){1,2}[\w-]+|\s+_+)?$",
    re.IGNORECASE,
)
_AGREED = re.compile(r"^[«\"]?(?:согласован[оа]?|келісілді|келісілген)[»\"]?$", re.IGNORECASE)
_ENDED = re.compile(r"[.;:,!?…]$")
_INITIALS = re.compile(r"(?:^|\s)(?:[А-ЯӘҒҚҢӨҰҮҺІ]\.\s?){1,2}\s?[А-ЯӘҒҚҢӨҰҮҺІ]?[\w-]*$")
_LONGEST_SIGNATURE = 160

#: After these words a new wording follows in quotes.
_AMENDS = re.compile(
    r"(?:в\s+следующей\s+редакции|следующего\s+содержания|следующей\s+редакции|заменить\s+словами"
    r"|мынадай\s+редакцияда|мынадай\s+мазмұндағы|мынадай\s+редакцияда\s+жазылсын|толықтырылсын|жазылсын)[^«\"]{0,200}:$",
    re.IGNORECASE,
)
_CYRILLIC_ROMAN = str.maketrans("ІХСМ", "IXCM")


@dataclass(frozen=True)
class Mark:
    """What a line begins: `kind` of part, its `number`, the `rest` of the line. `letter` is a sub-item "а)"."""

    kind: str
    number: str
    rest: str
    letter: bool = False


def mark(text: str, *, is_heading: bool = False) -> Mark | None:
    """The part that a line begins, None without a mark. `is_heading`: it looks like one, so the dot may be missing."""
    for form in _LOOSE_HEADINGS if is_heading else _HEADINGS:
        if found := form.match(text):
            word = found["word"].lower()
            kind = _KK_WORDS[word] if form.pattern.startswith("(?P<number>") else _RU_WORDS[word]
            return Mark(kind, _number(found["number"]), (found["rest"] or "").strip())
    if found := _ITEM.match(text):
        return Mark("item", _number(found["number"]), found["rest"].strip())
    if found := _SUBITEM.match(text):
        return Mark("subitem", _number(found["number"]), found["rest"].strip())
    if found := _LETTER.match(text):
        return Mark("subitem", found["number"], found["rest"].strip(), letter=True)
    return None


def annex(text: str) -> Mark | None:
    """The annex that a line begins: its number and the other words of its stamp."""
    line = " ".join(text.split())
    if len(line) > _LONGEST_STAMP:
        return None
    for form in (_ANNEX_RU, _ANNEX_KK):
        if found := form.match(line):
            return Mark("annex", _number(found["number"] or ""), line)
    if _APPROVED_RU.match(line) or _APPROVED_KK.match(line):
        return Mark("annex", "", line)
    return None


def belongs_to_stamp(text: str) -> bool:
    """Whether a line is a part of an annex's stamp: "к приказу …", "от «__» ____ 2026 года № ___"."""
    return len(text) <= _LONGEST_STAMP and bool(_STAMP.search(text)) and not text.endswith((".", ";", ":"))


def is_signature(text: str) -> bool:
    """Whether a line is an office with or without a name, as under an act, or the word of agreement."""
    if _AGREED.match(text):
        return True
    if len(text) > _LONGEST_SIGNATURE or (_ENDED.search(text) and not text.endswith(",")):
        return False
    return bool(_OFFICE_KK.search(text)) or (bool(_OFFICE_RU.match(text)) and not _says_something(text))


def _says_something(text: str) -> bool:
    """An office in a sentence: "Министр утверждает правила" has a verb; a signature ends with a name or the office."""
    if _INITIALS.search(text) or text.endswith(","):
        return False
    return bool(re.search(r"\b\w+(?:ет|ит|ют|ят|ется|ается|яется|уется)\b", text))


def announces_wording(text: str) -> bool:
    """Whether a line of an amendment ends by announcing the new wording, which then follows in quotes."""
    return bool(_AMENDS.search(text))


def _number(given: str) -> str:
    number = re.sub(_DASH, "-", given.strip())
    return number if number[:1].isdigit() else number.upper().translate(_CYRILLIC_ROMAN)


def order(number: str) -> tuple[int, ...]:
    """What to sort and to count numbers by: "5-1" is (5, 1), "3)" is (3,), "IV" is (4,); () for "" and for letters."""
    plain = number.rstrip(".)")
    if re.fullmatch(r"\d+(?:[-.]\d+)*", plain):
        return tuple(int(each) for each in re.split(r"[-.]", plain))
    if re.fullmatch("[IVXLCM]+", plain):
        values = [{"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "M": 1000}[digit] for digit in plain]
        after = [*values[1:], 0]
        return (sum(-each if each < then else each for each, then in zip(values, after, strict=True)),)
    return ()
