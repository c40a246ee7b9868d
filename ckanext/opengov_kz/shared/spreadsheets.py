"""What spreadsheet programs do to text, and how it is kept from running there."""

from __future__ import annotations

#: What a program takes for the beginning of a formula. The last two count at the very beginning alone.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """A text as a cell of CSV that runs nothing (OWASP, "CSV Injection"): an apostrophe before the sign of a formula.

    Numbers are not to be given here: a minus begins a formula as well.
    """
    # A space before the sign does not stop every program: what counts is the first visible character.
    return "'" + text if text.startswith(_FORMULA_STARTS) or text.lstrip().startswith(_FORMULA_STARTS[:4]) else text
