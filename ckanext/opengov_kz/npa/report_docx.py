"""The report on a discussion as a Word document."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from .report_content import WORDS, Document, cells, facts, figures, said

_LOCALES = {"kk": "kk-KZ", "ru": "ru-RU"}
_WIDTHS = (1.2, 4.3, 10.5, 9.5)


def render(document: Document, language: str) -> bytes:
    """The document in "kk" or "ru". Its author is the body; of people it has public names alone."""
    words = WORDS[language]
    made = docx.Document()
    _set_up(made, document, language)
    title = made.add_heading(words["report"], level=1)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    made.add_paragraph(said(document.title, language)).alignment = WD_ALIGN_PARAGRAPH.CENTER
    _pairs(made, facts(document, language))
    for heading, texts in (("introduction", document.introduction), ("figures", None)):
        made.add_heading(words[heading], level=2)
        if texts is not None:
            _paragraphs(made, said(texts, language))
    _pairs(made, figures(document, language))
    if reason := said(document.unanswered_reason, language):
        made.add_heading(words["unanswered_reason"], level=2)
        _paragraphs(made, reason)
    made.add_heading(words["table"], level=2)
    _table(made, document, language)
    made.add_heading(words["conclusion"], level=2)
    _paragraphs(made, said(document.conclusion, language))
    stream = BytesIO()
    made.save(stream)
    return stream.getvalue()


def _set_up(made: Any, document: Document, language: str) -> None:
    section = made.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(2)
    style = made.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(12)
    locale = OxmlElement("w:lang")
    locale.set(qn("w:val"), _LOCALES[language])
    style.element.get_or_add_rPr().append(locale)
    properties = made.core_properties
    properties.title = f"{WORDS[language]['report']}: {said(document.title, language)}"[:255]
    properties.author = said(document.developer, language)[:255]
    properties.language = _LOCALES[language]
    properties.comments = ""
    _number_pages(section.footer.paragraphs[0])


def _number_pages(paragraph: Any) -> None:
    """A field that Word fills with the number of the page."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run()
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run.element.append(element)


def _paragraphs(made: Any, text: str) -> None:
    for line in text.splitlines():
        if line.strip():
            made.add_paragraph(line.strip())


def _pairs(made: Any, pairs: list[tuple[str, str]]) -> None:
    table = made.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    for name, value in pairs:
        row = table.add_row().cells
        row[0].text, row[1].text = name, value


def _table(made: Any, document: Document, language: str) -> None:
    words = WORDS[language]
    rows = cells(document, language)
    if not rows:
        made.add_paragraph(words["nobody"])
        return
    # Made whole: adding rows one by one takes quadratic time.
    table = made.add_table(rows=len(rows) + 1, cols=4)
    table.style = "Table Grid"
    table.autofit = False
    head = (words["number"], words["part"], words["said"], words["reply"])
    for row, values in zip(table.rows, (head, *rows), strict=True):
        for cell, text, width in zip(row.cells, values, _WIDTHS, strict=True):
            cell.text, cell.width = text, Cm(width)
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001 - python-docx has no public way to it
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True
