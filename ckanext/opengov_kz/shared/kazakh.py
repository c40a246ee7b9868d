"""Kazakh words as the search sees them: letters folded, Latin read as Cyrillic, endings taken off.

The rules stand here once. Solr's filters (``search/configset.py``) are generated from these tables, and the same
functions read the words of a query. How they were chosen, with figures: docs/decisions/0006-kazakh-stemmer.md.

- Folding brings ә қ ң ғ ү ұ ө һ і to а к н г у у о х и, as people type them without a Kazakh keyboard, and also
  ы й → и, я ю → иа иу, because the Latin alphabets of Kazakh do not keep these apart.
- Kazakh is agglutinative: stem + derivation (-лық) + plural (-лар) + possessive (-ы, -сы) + case (-ның, -да …). One
  expression takes a whole chain of endings; it is applied repeatedly until words such as «статистикасы», whose stems
  themselves look inflected, come out the same in all their forms.
"""

from __future__ import annotations

import re
from functools import lru_cache

#: What folds into what, both cases; longer keys win.
FOLDING = {
    "ә": "а", "қ": "к", "ң": "н", "ғ": "г", "ү": "у", "ұ": "у", "ө": "о", "һ": "х", "і": "и", "ы": "и", "й": "и",
    "э": "е", "ё": "е", "щ": "ш", "ъ": "", "ь": "", "я": "иа", "ю": "иу",
}  # fmt: skip

#: The Latin alphabets of Kazakh (2017 with apostrophes, 2018 with acutes, 2021) and the way people type without any.
LATIN = {
    "a": "а", "ä": "а", "á": "а", "b": "б", "c": "ц", "ch": "ч", "ç": "ч", "d": "д", "e": "е", "é": "е", "f": "ф",
    "g": "г", "ğ": "г", "ǵ": "г", "gh": "г", "h": "х", "i": "и", "ı": "и", "í": "и", "ï": "и", "j": "ж", "k": "к",
    "kh": "х", "l": "л", "m": "м", "n": "н", "ñ": "н", "ń": "н", "o": "о", "ö": "о", "ó": "о", "p": "п", "q": "к",
    "r": "р", "s": "с", "ş": "ш", "ś": "ш", "sh": "ш", "shch": "ш", "t": "т", "ts": "ц", "u": "у", "ü": "у", "ū": "у",
    "ú": "у", "û": "у", "v": "в", "w": "у", "x": "х", "y": "и", "ý": "у", "z": "з", "zh": "ж",
    "a'": "а", "g'": "г", "i'": "и", "n'": "н", "o'": "о", "u'": "у", "s'": "ш", "c'": "ч", "y'": "у",
}  # fmt: skip
APOSTROPHES = "'’ʼ‘`´"

#: Russian typed in Latin letters; the stemmer of Russian needs я, ю, й and ы.
RUSSIAN_LATIN = {
    "a": "а", "b": "б", "c": "ц", "ch": "ч", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "х", "i": "и", "j": "ж",
    "k": "к", "kh": "х", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "к", "r": "р", "s": "с", "sh": "ш",
    "shch": "щ", "sch": "щ", "t": "т", "ts": "ц", "u": "у", "v": "в", "w": "в", "x": "кс", "y": "ы", "z": "з",
    "zh": "ж", "ya": "я", "ia": "ия", "yu": "ю", "iy": "ий", "yi": "ый", "ay": "ай", "ey": "ей", "oy": "ой", "uy": "уй",
}  # fmt: skip
#: Kazakh letters within Russian texts; a missing ё.
RUSSIAN_FOLDING = {"ё": "е", "ә": "а", "қ": "к", "ң": "н", "ғ": "г", "ү": "у", "ұ": "у", "ө": "о", "һ": "х", "і": "и"}

_DERIVED = "[лдт]и[кг]"
_PLURAL = "[лдт][ае]р"
_CASE = "[ндт]ин|[гк][ае]|[ндт]и|[дт][ае]|[днт][ае]н|[мбп]ен|менен|[дт][ае]ги"
_POSSESSIVE = "(?:с?и|и?миз|и?низ)"
_CASE_AFTER_POSSESSIVE = "(?:н|нин|н[ае]|ни|нд[ае]|н[ае]н|мен|нд[ае]ги)"

#: Two letters are a stem only before a plural or a case: елдер, атқа, үйге; never of
#: «отын», «етік», «апта», «алты», «орны».
_CASE_OF_SHORT = "[ндт]ин|[гк][ае]|[нд]и|д[ае]|[днт][ае]н|[мбп]ен|менен|[дт][ае]ги"
_BARE_ENDINGS = f"(?:{_PLURAL})(?:{_POSSESSIVE}{_CASE_AFTER_POSSESSIVE}?|{_CASE})?|{_CASE_OF_SHORT}"
SHORT_STEM = f"^(?!орни)([аеоиу][^аеоиу]|су|уи|аи)(?:{_BARE_ENDINGS})$"
#: The shortest stem of three letters whose rest is a chain of endings.
ENDINGS = f"^([а-я0-9]{{3,}}?)(?:{_DERIVED})?(?:{_PLURAL})?(?:{_POSSESSIVE}{_CASE_AFTER_POSSESSIVE}?|{_CASE})?$"
#: облыс and облысы, кеңес and кеңесі: «-сы» cannot be told from «-с» with «-ы», so both lose it.
FINAL_S = "^(..+[аеоуи])с$"
#: … and «-ы» before it (облыс → обли → обл), but no case: жолдас, a comrade, is not жолда, on the road.
FINAL_VOWEL = "^([а-я0-9]{3,})и$"
#: (expression, replacement), in order; they are the filters of Solr's field type `text_kk`.
STEMMING = (
    ("ии+", "и"),
    (SHORT_STEM, "$1"),
    *((ENDINGS, "$1"),) * 3,
    (FINAL_S, "$1"),
    (FINAL_VOWEL, "$1"),
    # мектебі, көлігі, халқы, орны: what possession softens or contracts.
    ("г$", "к"),
    ("б$", "п"),
    ("^халк$", "халик"),
    ("^орн$", "орин"),
)
_STEPS = tuple((re.compile(expression), replacement.replace("$1", r"\1")) for expression, replacement in STEMMING)
_APOSTROPHE = re.compile(f"[{APOSTROPHES}]")


def _reader(*tables: dict[str, str]) -> re.Pattern[str]:
    keys = sorted((key for table in tables for key in table), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, keys)))


#: Latin letters that look like Cyrillic ones, which get into Cyrillic words by the wrong keyboard: «Hалог», «мектeп».
_LOOKALIKES = str.maketrans("ABCEHIKMOPTXYaceiopxyhkmt", "АВСЕНІКМОРТХУасеіорхуһкмт")
_MIXED = re.compile(r"[A-Za-z]*[А-Яа-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі]\w*")

_KAZAKH = FOLDING | LATIN
_KAZAKH_LETTERS = _reader(_KAZAKH)
_RUSSIAN = RUSSIAN_FOLDING | RUSSIAN_LATIN
_RUSSIAN_LETTERS = _reader(_RUSSIAN)


def fold(text: str) -> str:
    """Write a text in the folded alphabet: lower case, Latin letters read as Kazakh ones."""
    plain = _APOSTROPHE.sub("'", text.lower())
    return _KAZAKH_LETTERS.sub(lambda found: _KAZAKH[found.group()], plain)


def one_script(text: str) -> str:
    """Write Latin lookalikes within Cyrillic words as the Cyrillic letters that they are taken for."""
    return _MIXED.sub(lambda found: found.group().translate(_LOOKALIKES), text)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Take the endings off one Kazakh word in any of its spellings; the stem is in the folded alphabet."""
    folded = fold(word)
    for expression, replacement in _STEPS:
        folded = expression.sub(replacement, folded)
    return folded


def russian_letters(word: str) -> str:
    """Write a word as the Russian stemmer expects it: lower case, Latin letters read as Russian ones."""
    return _RUSSIAN_LETTERS.sub(lambda found: _RUSSIAN[found.group()], word.lower())
