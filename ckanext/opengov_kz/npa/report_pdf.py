"""The report on a discussion as a PDF with a text that can be searched and copied."""

from __future__ import annotations

from pathlib import Path

from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from .report_content import WORDS, Document, cells, facts, figures, said

#: DejaVu Sans Condensed, Latin and Cyrillic with the Kazakh letters; its licence stands beside it.
_FONTS = Path(__file__).parent / "fonts"
#: Millimetres that a heading and the first lines below it take: they stand on one page.
_TOGETHER = 35
_FONT = "DejaVu"
_LOCALES = {"kk": "kk-KZ", "ru": "ru-RU"}
_WIDTHS = (4, 17, 42, 37)
_HEAD = (226, 243, 247)


class _Pages(FPDF):
    """A4 across, numbered at the foot."""

    def __init__(self, language: str) -> None:
        super().__init__(orientation="landscape", format="A4")
        self.language = language
        for style, name in (("", "DejaVuSansCondensed.ttf"), ("B", "DejaVuSansCondensed-Bold.ttf")):
            self.add_font(_FONT, style, _FONTS / name)
        self.set_margin(15)
        self.set_auto_page_break(auto=True, margin=15)
        self.set_font(_FONT, size=11)

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font(_FONT, size=9)
        self.cell(0, 8, WORDS[self.language]["page"].format(page=self.page_no()), align="C")

    def heading(self, text: str, size: int = 13) -> None:
        """A heading, which the reader of a screen finds in the outline."""
        self.ln(3)
        if self.will_page_break(_TOGETHER):
            self.add_page()
        self.set_font(_FONT, "B", size)
        self.start_section(text, level=0)
        self.multi_cell(0, 7, text, new_x="LMARGIN", new_y="NEXT")
        self.set_font(_FONT, size=11)

    def words(self, text: str) -> None:
        """Paragraphs."""
        self.multi_cell(0, 6, text, new_x="LMARGIN", new_y="NEXT")

    def pairs(self, pairs: list[tuple[str, str]]) -> None:
        """A narrow table of what and how much."""
        with self.table(
            pairs,
            width=170,
            col_widths=(55, 115),
            align="LEFT",
            first_row_as_headings=False,
            line_height=6,
            text_align="LEFT",
        ):
            pass


def render(document: Document, language: str) -> bytes:
    """The document in "kk" or "ru"; of people it has public names alone."""
    words = WORDS[language]
    pages = _Pages(language)
    pages.set_title(f"{words['report']}: {said(document.title, language)}")
    pages.set_author(said(document.developer, language))
    pages.set_lang(_LOCALES[language])
    pages.add_page()
    pages.heading(words["report"], 16)
    pages.set_font(_FONT, "B", 12)
    pages.words(said(document.title, language))
    pages.set_font(_FONT, size=11)
    pages.ln(2)
    pages.pairs(facts(document, language))
    for name, texts in (("introduction", document.introduction), ("figures", None)):
        pages.heading(words[name])
        if texts is not None:
            pages.words(said(texts, language))
    pages.pairs(figures(document, language))
    if reason := said(document.unanswered_reason, language):
        pages.heading(words["unanswered_reason"])
        pages.words(reason)
    pages.heading(words["table"])
    _table(pages, document, language)
    pages.heading(words["conclusion"])
    pages.words(said(document.conclusion, language))
    return bytes(pages.output())


def _table(pages: _Pages, document: Document, language: str) -> None:
    words = WORDS[language]
    rows = cells(document, language)
    if not rows:
        pages.words(words["nobody"])
        return
    head = (words["number"], words["part"], words["said"], words["reply"])
    pages.set_font(_FONT, size=9)
    with pages.table(
        col_widths=_WIDTHS,
        borders_layout=TableBordersLayout.ALL,
        headings_style=FontFace(emphasis="BOLD", fill_color=_HEAD),
        line_height=5,
        padding=1,
        text_align="LEFT",
    ) as table:
        table.row(head)
        for values in rows:
            table.row(values)
    pages.set_font(_FONT, size=11)
