"""Numbers that Word writes by itself: `w:numPr` of a paragraph or of its style, counted as Word counts them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn

from .docx_package import related

_LEVELS = 9
_LONGEST = 9_999
_PLACE = re.compile(r"%([1-9])")
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
          (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip
#: Word leaves out these letters when it counts in Russian.
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщэюя"
_LATIN = "abcdefghijklmnopqrstuvwxyz"


def roman(number: int) -> str:
    """Capital Roman digits of a number from 1."""
    said = ""
    for value, letters in _ROMAN:
        said += letters * (number // value)
        number %= value
    return said


def _letters(number: int, alphabet: str) -> str:
    """From a to z, then aa, bb: Word repeats the letter."""
    turns, place = divmod(number - 1, len(alphabet))
    return alphabet[place] * (turns + 1)


def _written(number: int, form: str) -> str:
    """A number in one of Word's forms; a number beyond all acts stays in digits, not in a billion letters."""
    if form == "none":
        return ""
    if not 0 < number <= _LONGEST:
        return str(number)
    write = _FORMS.get(form)
    return write(number) if write else str(number)


_FORMS: Mapping[str, Callable[[int], str]] = {
    "decimalZero": lambda number: f"{number:02}",
    "upperRoman": roman,
    "lowerRoman": lambda number: roman(number).lower(),
    "upperLetter": lambda number: _letters(number, _LATIN).upper(),
    "lowerLetter": lambda number: _letters(number, _LATIN),
    "russianUpper": lambda number: _letters(number, _RUSSIAN).upper(),
    "russianLower": lambda number: _letters(number, _RUSSIAN),
}


@dataclass
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = ""
    #: The level whose number sets this one back; 0: none does.
    restart: int | None = None
    legal: bool = False


@dataclass
class _List:
    """One `w:num`: its levels; lists made of one abstract definition go on counting together."""

    levels: dict[int, _Level]
    counter: str
    own_starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The numbers of one document; `label` is to be called for each paragraph in its order. `styles` are its styles."""

    def __init__(self, document: Document) -> None:
        self._lists: dict[str, _List] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._started: set[tuple[str, int]] = set()
        styles = related(document, "/styles")
        found = () if styles is None else styles.iterfind(qn("w:style"))
        self.styles = {style.get(qn("w:styleId")): style for style in found}
        if (numbering := related(document, "/numbering")) is not None:
            self._read(numbering)

    def _read(self, root: Any) -> None:
        definitions = {each.get(qn("w:abstractNumId")): each for each in root.iterfind(qn("w:abstractNum"))}
        linked = {
            value(each, "w:styleLink"): each
            for each in definitions.values()
            if each.find(qn("w:styleLink")) is not None
        }
        for num in root.iterfind(qn("w:num")):
            abstract_id = value(num, "w:abstractNumId")
            definition = definitions.get(abstract_id)
            if definition is None:
                continue
            # A style of lists keeps its levels in another definition.
            definition = linked.get(value(definition, "w:numStyleLink"), definition)
            levels = {int(lvl.get(qn("w:ilvl"), 0)): _level(lvl) for lvl in definition.iterfind(qn("w:lvl"))}
            found = _List(levels, counter=abstract_id)
            for override in num.iterfind(qn("w:lvlOverride")):
                place = int(override.get(qn("w:ilvl"), 0))
                if (own := override.find(qn("w:lvl"))) is not None:
                    found.levels[place] = _level(own)
                if (start := value(override, "w:startOverride")).lstrip("-").isdigit():
                    found.own_starts[place] = int(start)
            self._lists[num.get(qn("w:numId"))] = found

    def label(self, paragraph: Any) -> str:
        """The number in front of a paragraph ("3)", "2.1.", "Глава 2."), counted on; "" if it has none or a bullet."""
        num_id, place = self._place(paragraph)
        found = self._lists.get(num_id)
        level = found.levels.get(place) if found else None
        if found is None or level is None:
            return ""
        if level.form == "bullet":
            return ""
        counts = self._counts.setdefault(found.counter, [None] * _LEVELS)
        self._count(num_id, found, place, counts)
        return _PLACE.sub(lambda match: self._number(found, counts, int(match[1]) - 1, level), level.text).strip()

    def _count(self, num_id: str, found: _List, place: int, counts: list[int | None]) -> None:
        level = found.levels[place]
        if place in found.own_starts and (num_id, place) not in self._started:
            self._started.add((num_id, place))
            counts[place] = found.own_starts[place]
        else:
            before = counts[place]
            counts[place] = level.start if before is None else before + 1
        for deeper in range(place + 1, _LEVELS):
            restart = found.levels.get(deeper, level).restart
            if restart is None or place < restart:
                counts[deeper] = None

    @staticmethod
    def _number(found: _List, counts: list[int | None], place: int, shown_by: _Level) -> str:
        level = found.levels.get(place, shown_by)
        number = counts[place]
        return _written(level.start if number is None else number, "decimal" if shown_by.legal else level.form)

    def _place(self, paragraph: Any) -> tuple[str, int]:
        """The list and the level of a paragraph: its own words win over its style's, a style's over its ground's."""
        properties = paragraph.find(qn("w:pPr"))
        num_id, place = _numbered(properties)
        style_id = value(properties, "w:pStyle") if properties is not None else ""
        visited: set[str] = set()
        while style_id and style_id not in visited and (num_id is None or place is None):
            visited.add(style_id)
            style = self.styles.get(style_id)
            if style is None:
                break
            style_num, style_place = _numbered(style.find(qn("w:pPr")))
            num_id = style_num if num_id is None else num_id
            place = style_place if place is None else place
            style_id = value(style, "w:basedOn")
        return num_id or "", place or 0


def _numbered(properties: Any) -> tuple[str | None, int | None]:
    mark = properties.find(qn("w:numPr")) if properties is not None else None
    if mark is None:
        return None, None
    num_id, place = value(mark, "w:numId"), value(mark, "w:ilvl")
    return num_id or None, min(int(place), _LEVELS - 1) if place.isdigit() else None


def _level(element: Any) -> _Level:
    start, restart = value(element, "w:start"), value(element, "w:lvlRestart")
    return _Level(
        start=int(start) if start.isdigit() else 1,
        form=value(element, "w:numFmt") or "decimal",
        text=value(element, "w:lvlText"),
        restart=int(restart) if restart.isdigit() else None,
        legal=element.find(qn("w:isLgl")) is not None,
    )


def value(element: Any, name: str) -> str:
    """`w:val` of the child of this name, "" without it."""
    child = element.find(qn(name))
    return (child.get(qn("w:val")) or "") if child is not None else ""


def flags(properties: Any, names: Mapping[str, str]) -> dict[str, bool]:
    """Switches such as bold among run or paragraph properties, by our own names: on unless said "0" or "false"."""
    found = {}
    for ours, name in names.items():
        child = properties.find(qn(name)) if properties is not None else None
        if child is not None:
            found[ours] = child.get(qn("w:val")) not in {"0", "false", "off", "none"}
    return found
