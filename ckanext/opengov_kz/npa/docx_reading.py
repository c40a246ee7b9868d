"""The text of a draft act out of a Word document: its parts, and by paragraph what an officer is to look at.

A file is refused (`DocxRefused`, codes in REFUSALS) when nothing sensible can be read from it; all else is read, told
and left to the officer's preview, also a text without articles and items: its paragraphs are parts, with the problem
`no_structure`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
    told += _language(lines, language)
    built = structure.build(lines)
    told += [*built.problems, *structure_checks.check(built.parts, built.places), *_mixed(lines)]
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


def _mixed(lines: Sequence[Line]) -> Iterator[Problem]:
    """Words such as «бaп» with a Latin a: they look right and are never found. Each is told where it comes first."""
    first: dict[str, Line] = {}
    counts: Counter[str] = Counter()
    for line in lines:
        for word in _WORD.findall(_said(line)):
            if _LATIN.search(word) and _CYRILLIC.search(word):
                first.setdefault(word, line)
                counts[word] += 1
    for word, line in first.items():
        yield Problem(
            line.place, "mixed_letters", {"text": beginning(_said(line)), "word": word, "count": counts[word]}
        )
