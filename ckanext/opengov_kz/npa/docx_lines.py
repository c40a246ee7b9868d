"""A Word document as lines: the words and the looks of each paragraph, the cells of each table, and what was odd.

python-docx's own `paragraphs` leaves out content controls, inserted text and notes, so the XML is walked here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn

from .docx_numbering import Numbering, flags, value
from .docx_package import DocxRefused, related
from .problems import Problem, beginning

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
#: Paragraphs and tables; codes of Kazakhstan have some 15,000.
MAX_BLOCKS = 30_000
#: Cells of one table, the empty ones that fill it up among them: a small file may ask for millions.
MAX_CELLS = 500_000
#: What only wraps other content.
_WRAPPERS = {
    qn(f"w:{name}") for name in ("hyperlink", "smartTag", "customXml", "fldSimple", "sdtContent", "dir", "bdo")
}
_INSERTED = {qn("w:ins"), qn("w:moveTo")}
_DELETED = {qn("w:del"), qn("w:moveFrom")}
_NOTES = {qn("w:footnoteReference"): "/footnotes", qn("w:endnoteReference"): "/endnotes"}
_NOTE = (qn("w:footnote"), qn("w:endnote"))
_OBJECTS = {qn("w:drawing"), qn("w:pict"), qn("w:object"), f"{_MC}AlternateContent"}
_CHARACTERS = {qn("w:tab"): " ", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-", qn("w:ptab"): " "}
_HEADING = re.compile(r"(?:heading|заголовок|тақырып)\s*([1-9])", re.IGNORECASE)
#: From this indentation on (twentieths of a point; 8 cm) a paragraph stands at the right, as stamps of annexes do.
_RIGHT_FROM = 4500
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"))
_DASHES = str.maketrans({"\u2010": "-", "\u2011": "-", "\u00a0": " ", "\u202f": " ", "\u2007": " ", "\t": " "})


@dataclass(frozen=True)
class Line:
    """A paragraph, one of its lines, or a table (`rows`); `place` counts blocks of the document from 1."""

    place: int
    text: str
    heading: int = 0
    bold: bool = False
    centred: bool = False
    right: bool = False
    note: bool = False
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass
class _Look:
    """What a style says; None where it says nothing."""

    heading: int = 0
    bold: bool | None = None
    align: str = ""
    indent: int = 0
    contents: bool = False


@dataclass
class _Words:
    """What was gathered in one paragraph."""

    text: list[str] = field(default_factory=list)
    bold: int = 0
    plain: int = 0
    notes: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def tell(self, code: str, **params: Any) -> None:
        self.codes.setdefault(code, params)


def clean(text: str) -> str:
    """The text with one kind of space and hyphen, without soft hyphens; line breaks stay."""
    plain = unicodedata.normalize("NFC", text).translate(_DASHES).translate(_INVISIBLE)
    return "\n".join(" ".join(line.split()) for line in plain.split("\n")).strip()


def lines(document: Document) -> tuple[list[Line], list[Problem]]:
    """All lines of the document's body in order, without empty ones, and what an officer is to know of them."""
    reader = _Reader(document)
    found = [line for line in reader.read() if line.text or line.rows]
    return found, reader.problems


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []
        self._numbering = Numbering(document)
        self._look = lru_cache(maxsize=None)(self._style_look)
        self._notes = {kind: self._read_notes(kind) for kind in _NOTES.values()}
        self._place = 0
        self._joined: Line | None = None

    def _read_notes(self, kind: str) -> dict[str, str]:
        root = related(self.document, kind)
        if root is None:
            return {}
        notes = (each for each in root.iterchildren(*_NOTE) if each.get(qn("w:type")) in {None, "normal"})
        return {each.get(qn("w:id")): clean(" ".join(t.text or "" for t in each.iter(qn("w:t")))) for each in notes}

    def read(self) -> Iterator[Line]:
        for block in self._blocks(self.document.element.body):
            self._place += 1
            if self._place > MAX_BLOCKS:
                raise DocxRefused("too_large")
            if block.tag == qn("w:tbl"):
                yield from self._left_over()
                yield from self._table(block)
            else:
                yield from self._paragraph(block)
        yield from self._left_over()

    def _left_over(self) -> Iterator[Line]:
        if self._joined is not None:
            yield replace(self._joined, text=clean(self._joined.text))
            self._joined = None

    def _blocks(self, container: Any) -> Iterator[Any]:
        for child in container.iterchildren():
            if child.tag in {qn("w:p"), qn("w:tbl")}:
                yield child
            elif child.tag == qn("w:sdt"):
                if any("Contents" in (each.get(qn("w:val")) or "") for each in child.iter(qn("w:docPartGallery"))):
                    self.problems.append(Problem(self._place + 1, "contents_skipped"))
                elif (content := child.find(qn("w:sdtContent"))) is not None:
                    yield from self._blocks(content)
            elif child.tag in _WRAPPERS | _INSERTED:
                yield from self._blocks(child)
            elif child.tag == qn("w:altChunk"):
                self.problems.append(Problem(self._place + 1, "embedded"))

    def _paragraph(self, element: Any) -> Iterator[Line]:
        properties = element.find(qn("w:pPr"))
        look = self._look(value(properties, "w:pStyle") if properties is not None else "")
        if look.contents:
            if not any(problem.code == "contents_skipped" for problem in self.problems):
                self.problems.append(Problem(self._place, "contents_skipped"))
            return
        words = self._words(element)
        said = "".join(words.text)
        label = self._numbering.label(element) if said.strip() else ""
        self._tell(words, clean(said))
        line = self._line(properties, look, words, f"{label} {said}" if label else said)
        if self._joined is not None and self._joined.text.strip():
            line = replace(self._joined, text=f"{self._joined.text}{said}")
        self._joined = line if self._mark_is_deleted(element) else None
        if self._joined is None:
            yield replace(line, text=clean(line.text))
        yield from (Line(self._place, note, note=True) for note in words.notes)

    @staticmethod
    def _mark_is_deleted(element: Any) -> bool:
        """Whether the end of this paragraph was deleted under tracking, which joins it with the next one."""
        mark = element.find(f"{qn('w:pPr')}/{qn('w:rPr')}")
        return mark is not None and mark.find(qn("w:del")) is not None

    def _line(self, properties: Any, look: _Look, words: _Words, text: str) -> Line:
        align, indent, heading = look.align, look.indent, look.heading
        if properties is not None:
            align = value(properties, "w:jc") or align
            indent = _indent(properties, indent)
            outline = value(properties, "w:outlineLvl")
            heading = int(outline) + 1 if outline.isdigit() and int(outline) < 9 else heading  # noqa: PLR2004
        return Line(
            self._place,
            text,
            heading=heading,
            bold=words.bold > 0 and words.plain == 0,
            centred=align == "center",
            right=align in {"right", "end"} or (align != "center" and indent >= _RIGHT_FROM),
        )

    def _words(self, element: Any) -> _Words:
        properties = element.find(qn("w:pPr"))
        look = self._look(value(properties, "w:pStyle") if properties is not None else "")
        words = _Words()
        self._gather(element, words, bold=bool(look.bold))
        return words

    def _gather(self, element: Any, words: _Words, *, bold: bool) -> None:
        for child in element.iterchildren():
            if child.tag == qn("w:r"):
                self._run(child, words, bold=bold)
            elif child.tag in _INSERTED:
                words.tell("tracked_changes")
                self._gather(child, words, bold=bold)
            elif child.tag in _DELETED:
                words.tell("tracked_changes")
            elif child.tag in _WRAPPERS:
                self._gather(child, words, bold=bold)
            elif child.tag == qn("w:sdt"):
                for content in child.iterfind(qn("w:sdtContent")):
                    self._gather(content, words, bold=bold)
            elif child.tag in {f"{_MATH}oMath", f"{_MATH}oMathPara"}:
                words.tell("formula")
                words.text.append("".join(each.text or "" for each in child.iter(f"{_MATH}t")))

    def _run(self, run: Any, words: _Words, *, bold: bool) -> None:
        said = flags(run.find(qn("w:rPr")), {"bold": "w:b", "hidden": "w:vanish"})
        if said.get("hidden"):
            words.tell("hidden_text")
            return
        for child in run.iterchildren():
            if child.tag == qn("w:t"):
                text = child.text or ""
                words.text.append(text)
                if said.get("bold", bold):
                    words.bold += len(text.strip())
                else:
                    words.plain += len(text.strip())
            elif child.tag in _CHARACTERS:
                words.text.append(_CHARACTERS[child.tag])
            elif child.tag == qn("w:br"):
                words.text.append("\n" if child.get(qn("w:type")) in {None, "textWrapping"} else " ")
            elif child.tag in _NOTES:
                self._note(child, words)
            elif child.tag in _OBJECTS:
                self._object(child, words)
            elif child.tag == qn("w:commentReference"):
                words.tell("word_comment")

    def _note(self, reference: Any, words: _Words) -> None:
        number = reference.get(qn("w:id"))
        note = self._notes[_NOTES[reference.tag]].get(number, "")
        words.text.append(f"[{number}]")
        words.notes.append(f"[{number}] {note}".strip())
        words.tell("footnote", text=beginning(note))

    @staticmethod
    def _object(element: Any, words: _Words) -> None:
        box = next(element.iter(qn("w:txbxContent")), None)
        if box is None:
            words.tell("picture")
            return
        words.tell("text_box", text=beginning(clean(" ".join(each.text or "" for each in box.iter(qn("w:t"))))))

    def _tell(self, words: _Words, text: str) -> None:
        for code, params in words.codes.items():
            self.problems.append(Problem(self._place, code, {"text": beginning(text)} | params))

    def _table(self, table: Any) -> Iterator[Line]:
        rows, notes = list[tuple[str, ...]](), list[str]()
        for row in table.iter(qn("w:tr")):
            if next(row.iterancestors(qn("w:tbl"))) is not table:
                continue
            deleted = row.find(f"{qn('w:trPr')}/{qn('w:del')}") is not None
            if deleted:
                self.problems.append(Problem(self._place, "tracked_changes", {"text": ""}))
                continue
            cells = list[str]()
            for cell in row.iter(qn("w:tc")):
                if next(cell.iterancestors(qn("w:tr"))) is row:
                    cells += self._cell(cell, notes)
            rows.append(tuple(cells))
        width = max((len(row) for row in rows), default=0)
        if width * len(rows) > MAX_CELLS:
            raise DocxRefused("too_large")
        yield Line(self._place, "", rows=tuple(row + ("",) * (width - len(row)) for row in rows))
        yield from (Line(self._place, note, note=True) for note in notes)

    def _cell(self, cell: Any, notes: list[str]) -> list[str]:
        """The text of a cell, and empty ones for the columns it spans; what is merged with the cell above is empty."""
        properties = cell.find(qn("w:tcPr"))
        span = value(properties, "w:gridSpan") if properties is not None else ""
        merged = properties.find(qn("w:vMerge")) if properties is not None else None
        empty = [""] * (min(int(span), 100) - 1 if span.isdigit() else 0)
        if merged is not None and merged.get(qn("w:val")) in {None, "continue"}:
            return ["", *empty]
        if next(cell.iter(qn("w:tbl")), None) is not None:
            self.problems.append(Problem(self._place, "nested_table", {"text": ""}))
        said = list[str]()
        for paragraph in cell.iter(qn("w:p")):
            if next(paragraph.iterancestors(qn("w:txbxContent")), None) is not None:
                continue
            words = self._words(paragraph)
            label = self._numbering.label(paragraph) if words.text else ""
            text = clean(f"{label} {''.join(words.text)}" if label else "".join(words.text))
            self._tell(words, text)
            notes += words.notes
            said.append(text)
        return ["\n".join(text for text in said if text), *empty]

    def _style_look(self, style_id: str) -> _Look:
        look, visited = _Look(), set[str]()
        while style_id and style_id not in visited:
            visited.add(style_id)
            style = self._numbering.styles.get(style_id)
            if style is None:
                break
            self._add_style(look, style)
            style_id = value(style, "w:basedOn")
        return look

    @staticmethod
    def _add_style(look: _Look, style: Any) -> None:
        name = value(style, "w:name").lower()
        look.contents = look.contents or name.startswith("toc ")
        properties = style.find(qn("w:pPr"))
        outline = value(properties, "w:outlineLvl") if properties is not None else ""
        named = _HEADING.match(name)
        if not look.heading and (named or outline.isdigit()):
            look.heading = int(named[1]) if named else int(outline) + 1
        bold = flags(style.find(qn("w:rPr")), {"bold": "w:b"}).get("bold")
        look.bold = bold if look.bold is None else look.bold
        if properties is not None:
            look.align = look.align or value(properties, "w:jc")
            look.indent = look.indent or _indent(properties, 0)


def _indent(properties: Any, otherwise: int) -> int:
    mark = properties.find(qn("w:ind"))
    given = "" if mark is None else mark.get(qn("w:left")) or mark.get(qn("w:start")) or ""
    return int(given) if given.isdigit() else otherwise
