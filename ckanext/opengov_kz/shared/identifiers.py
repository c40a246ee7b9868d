"""State identifiers: BIN (business identification number) and KATO (territory code).

Each check returns the reason as a code, or None when the value is good, so that every form, import
and harvester words it in the reader's language.
"""

from __future__ import annotations

import re
from typing import Literal

BinProblem = Literal["bin_not_12_digits", "bin_kind", "bin_check_digit"]
KatoProblem = Literal["kato_not_9_digits", "kato_shape"]
KatoLevel = Literal["oblast", "district", "sub_district", "settlement"]

KATO_LEVELS: tuple[KatoLevel, ...] = ("oblast", "district", "sub_district", "settlement")

_BIN = re.compile(r"[0-9]{12}")
# 5th digit: 4 resident legal entity, 5 non-resident legal entity, 6 joint individual enterprise.
_BIN_KINDS = frozenset("456")
_BIN_WEIGHTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
_BIN_SECOND_WEIGHTS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
_NO_DIGIT = 10

_KATO = re.compile(r"[0-9]{9}")
# How many leading digits name the unit at each level; the rest are zeros.
_KATO_DIGITS: dict[KatoLevel, int] = {
    "oblast": 2,
    "district": 4,
    "sub_district": 6,
    "settlement": 9,
}


def bin_problem(value: str) -> BinProblem | None:
    """Say why ``value`` is not a BIN; None when it is.

    A BIN is YYMM of registration, the kind of entity, its feature, a serial number and a control
    digit. The digit is the sum of digit times weight 1 to 11, modulo 11; when that is 10 the
    weights 3 to 11, 1, 2 are used, and when it is 10 again the number is never issued.
    """
    if not _BIN.fullmatch(value):
        return "bin_not_12_digits"
    if value[4] not in _BIN_KINDS:
        return "bin_kind"
    return None if _control_digit(value) == int(value[11]) else "bin_check_digit"


def kato_problem(value: str) -> KatoProblem | None:
    """Say why ``value`` cannot be a KATO code; None when its shape is right.

    The shape alone is checked: whether such a territory exists is for the classifier to say.
    """
    if not _KATO.fullmatch(value):
        return "kato_not_9_digits"
    if value.startswith("00"):
        return "kato_shape"
    return None


def kato_level(code: str) -> KatoLevel:
    """Read the level of a territory from its digits.

    2 digits name the oblast or city of republican significance, 4 the district or city
    administration, 6 the rural district or city, all 9 the settlement; NK RK 11 follows this
    without exception.

    :raises ValueError: the code has not the shape of KATO.
    """
    if problem := kato_problem(code):
        raise ValueError(problem)
    if code[6:] != "000":
        return "settlement"
    if code[4:6] != "00":
        return "sub_district"
    return "district" if code[2:4] != "00" else "oblast"


def kato_ancestors(code: str) -> tuple[str, ...]:
    """List the codes that may be the parent of ``code``, nearest first; none for an oblast.

    The parent is the first of them that the classifier has: districts of the cities of republican
    significance have no unit at the second level, some towns none at the third.

    :raises ValueError: the code has not the shape of KATO.
    """
    level = KATO_LEVELS.index(kato_level(code))
    above = (_KATO_DIGITS[name] for name in reversed(KATO_LEVELS[:level]))
    candidates = dict.fromkeys(code[:digits].ljust(9, "0") for digits in above)
    return tuple(candidate for candidate in candidates if candidate != code)


def _control_digit(value: str) -> int | None:
    for weights in (_BIN_WEIGHTS, _BIN_SECOND_WEIGHTS):
        rest = sum(w * int(digit) for w, digit in zip(weights, value[:11], strict=True)) % 11
        if rest != _NO_DIGIT:
            return rest
    return None
