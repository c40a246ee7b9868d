"""The text of a draft act out of a Word document: its parts, and by paragraph what an officer is to look at.

A file is refused (`DocxRefused`, codes in REFUSALS) when nothing sensible can be read from it; all else is read, told
and left to the officer's preview, also a text without articles and items: its paragraphs are parts, with the problem
`no_structure`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from lxml.etree import XMLSyntaxError

from . import docx_lines, structure, structure_checks
from .docx_lines import Line
from .docx_package import REFUSALS, DocxRefused, opened
from .parts import Part
from .problems import Problem, beginning

__all__ = ["REFUSALS", "DocxRefused", "Problem", "Reading", "read_docx"]

_KAZAKH = re.compile("[әғқңөұүһі]", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile("[a-zA-Z]")
_CYRILLIC = re.compile("[а-яёәғқңөұүһі]", re.IGNORECASE)
_LOOKALIKES = str.maketrans("aceiopxyABCEHIKMOPTXY", "асеіорхуАВСЕНІКМОРТХУ")
_MANY_WORDS = 5
#: Every fourth or fifth letter of a Kazakh text is one that Russian has not; a Russian one has them in names only.
_CERTAINLY_KAZAKH, _CERTAINLY_RUSSIAN = 0.10, 0.02
#: Fewer letters than these tell no language.
_ENOUGH_LETTERS, _LONG_PARAGRAPH = 200, 60


@dataclass(frozen=True)
class Reading:
    """What was read: parts without identities, problems in the document's order, the name that stands above the act."""

    parts: tuple[Part, ...]
    problems: tuple[Problem, ...]
    title: str = ""


def read_docx(stream: BinaryIO, language: str) -> Reading:
    """Reads a DOCX in Kazakh ("kk") or Russian ("ru").

    Raises DocxRefused: `broken`, `protected`, `macros`, `too_large`, `empty`, `old_format`, `not_docx`,
    `wrong_language`.
    """
    document = opened(stream)
    try:
        lines, told = docx_lines.lines(document)
    except (XMLSyntaxError, ValueError, OverflowError) as error:  # notes in broken XML, numbers that are none
        raise DocxRefused("broken") from error
    if not lines:
        raise DocxRefused("empty")
    lines, mixed = _one_alphabet(lines)
    told += _language(lines, language)
    built = structure.build(lines)
    told += [*built.problems, *structure_checks.check(built.parts, built.places), *mixed]
    return Reading(built.parts, tuple(sorted(told, key=lambda problem: problem.paragraph)), built.title)


def _said(line: Line) -> str:
    return line.text or " ".join(cell for row in line.rows for cell in row)


def _language(lines: Sequence[Line], language: str) -> list[Problem]:
    said = [_said(line) for line in lines]
    letters = sum(len(_CYRILLIC.findall(text)) for text in said)
    if letters < _ENOUGH_LETTERS:
        return []
    share = sum(len(_KAZAKH.findall(text)) for text in said) / letters
    if (language == "kk" and share < _CERTAINLY_RUSSIAN) or (language == "ru" and share > _CERTAINLY_KAZAKH):
        raise DocxRefused("wrong_language")
    found = []
    if _CERTAINLY_RUSSIAN <= share <= _CERTAINLY_KAZAKH:
        found.append(Problem(0, "language_doubtful", {"share": round(share * 100)}))
    if language == "kk":
        found += [
            Problem(line.place, "untranslated", {"text": beginning(text)})
            for line, text in zip(lines, said, strict=True)
            if len(_CYRILLIC.findall(text)) >= _LONG_PARAGRAPH and not _KAZAKH.search(text)
        ]
    return found


def _one_alphabet(lines: Sequence[Line]) -> tuple[list[Line], list[Problem]]:
    """Latin letters within Cyrillic words made Cyrillic: «бекiтiлген» looks right, and is neither found nor compared.

    Each word is told where it comes first; of many (older Kazakh fonts had no і) the first one stands for all.
    """
    first: dict[str, Line] = {}
    counts: Counter[str] = Counter()
    repaired = []
    for line in lines:
        for word in _mixed_words(_said(line)):
            first.setdefault(word, line)
            counts[word] += 1
        rows = tuple(tuple(_repaired(cell) for cell in row) for row in line.rows)
        repaired.append(replace(line, text=_repaired(line.text), rows=rows))
    told = list(first.items())
    if len(told) > _MANY_WORDS:
        word, line = told[0]
        return repaired, [_mixed(line, word, counts.total())]
    return repaired, [_mixed(line, word, counts[word]) for word, line in told]


def _mixed_words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if _LATIN.search(word) and _CYRILLIC.search(word)]


def _repaired(text: str) -> str:
    if not _LATIN.search(text):
        return text
    return _WORD.sub(lambda found: _cyrillic(found[0]), text)


def _cyrillic(word: str) -> str:
    changed = word.translate(_LOOKALIKES) if _CYRILLIC.search(word) else word
    return word if _LATIN.search(changed) else changed


def _mixed(line: Line, word: str, count: int) -> Problem:
    return Problem(line.place, "mixed_letters", {"text": beginning(_said(line)), "word": word, "count": count})
