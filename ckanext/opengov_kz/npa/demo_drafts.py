"""The draft acts of the demonstration: plain sources in `demo/`, one for each language and version, made into DOCX.

A source reads as the act does. The first characters of a line say how it looks, nothing says what it is, so the drafts
are read like any officer's file:

- `> ` at the right (stamps), `# ` in the middle and bold, `## ` in the middle, bold, a heading of Word's first level,
  `### ` bold; all else is a plain paragraph;
- lines with `|` are rows of a table; an empty line separates.
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH

_FOLDER = Path(__file__).parent / "demo"
_FILE = re.compile(r"(?P<name>[a-z_]+)\.v(?P<version>\d+)\.(?P<language>kk|ru)\.txt")
_LOOKS = re.compile(r"(?P<look>>|#{1,3}) (?P<text>.*)")


def drafts() -> dict[str, int]:
    """The names of the drafts and how many versions each has."""
    found: dict[str, int] = {}
    for match in filter(None, (_FILE.fullmatch(path.name) for path in sorted(_FOLDER.iterdir()))):
        found[match["name"]] = max(found.get(match["name"], 0), int(match["version"]))
    return found


def source(name: str, language: str, version: int = 1) -> str:
    """The plain source of one draft."""
    return (_FOLDER / f"{name}.v{version}.{language}.txt").read_text(encoding="utf-8")


def as_docx(text: str) -> bytes:
    """A Word document made of a source."""
    document = docx.Document()
    rows: list[list[str]] = []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip().strip("|").split("|")])
            continue
        if rows:
            _add_table(document, rows)
            rows = []
        if line.strip():
            _add_paragraph(document, line.strip())
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def _add_table(document: Document, rows: list[list[str]]) -> None:
    table = document.add_table(rows=0, cols=max(len(row) for row in rows))
    table.style = "Table Grid"
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=False):
            cell.text = text


def _add_paragraph(document: Document, line: str) -> None:
    found = _LOOKS.fullmatch(line)
    look, text = (found["look"], found["text"]) if found else ("", line)
    paragraph = document.add_paragraph(style="Heading 1" if look == "##" else None)
    run = paragraph.add_run(text)
    if look.startswith("#"):
        run.bold = True
    if look in {"#", "##"}:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if look == ">":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
