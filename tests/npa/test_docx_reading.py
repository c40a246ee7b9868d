"""What officers' Word files have besides words: numbers, styles, tables, tracked changes, notes, boxes."""

from __future__ import annotations

import docx
import pytest
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.opc.packuri import PackURI
from docx.opc.part import Part as PackagePart
from docx.oxml import parse_xml

from tests.npa.documents import W, append, codes, made, outline, saved

pytestmark = pytest.mark.fast


def test_numbers_made_by_word_are_read_as_word_shows_them() -> None:
    document = docx.Document()
    numbering = document.part.numbering_part.element
    levels = [("decimal", "Статья %1."), ("decimal", "%2."), ("decimal", "%3)"), ("russianLower", "%4)")]
    lvls = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for i, (form, text) in enumerate(levels)
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {W} w:abstractNumId="77">{lvls}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {W} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    restart = '<w:lvlOverride w:ilvl="1"><w:startOverride w:val="7"/></w:lvlOverride>'
    numbering.append(parse_xml(f'<w:num {W} w:numId="78"><w:abstractNumId w:val="77"/>{restart}</w:num>'))
    for level, text, number in (
        (0, "Понятия", 77),
        (1, "Пункт.", 77),
        (1, "Пункт:", 77),
        (2, "подпункт;", 77),
        (3, "буква;", 77),
        (2, "подпункт.", 77),
        (0, "Сроки", 77),
        (1, "Снова первый.", 77),
        (1, "Седьмой.", 78),
    ):
        paragraph = document.add_paragraph(text)
        num = f'<w:numPr {W}><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
        paragraph._p.get_or_add_pPr().append(parse_xml(num))
    reading = saved(document)
    assert outline(reading.parts) == [
        "article-1",
        "article-1/item-1",
        "article-1/item-2",
        "article-1/item-2/subitem-1",
        "article-1/item-2/subitem-1/subitem-а",
        "article-1/item-2/subitem-2",
        "article-2",
        "article-2/item-1",
        "article-2/item-7",
    ]
    assert reading.parts[0].title == "Понятия"
    assert codes(reading) == ["number_gap"]


def test_a_number_that_comes_from_the_style() -> None:
    def fill(document: Document) -> None:
        document.add_paragraph("Первый.", style="List Number")
        document.add_paragraph("Второй.", style="List Number")
        document.add_paragraph("тире", style="List Bullet")

    parts = made(fill).parts
    assert [(part.kind, part.number, part.text) for part in parts] == [
        ("item", "1", "Первый."),
        ("item", "2", "Второй."),
        ("paragraph", "", "тире"),
    ]


def test_a_stamp_laid_out_as_a_table_or_with_line_breaks() -> None:
    def fill(document: Document) -> None:
        document.add_paragraph("1. Утвердить.")
        table = document.add_table(rows=1, cols=2)
        table.rows[0].cells[1].text = "Приложение 1 к приказу\nМинистра финансов"
        document.add_paragraph("1. Пункт правил.")
        paragraph = document.add_paragraph("Министрдің")
        for text in ("2026 жылғы бұйрығына", "2-қосымша"):
            paragraph.add_run().add_break(WD_BREAK.LINE)
            paragraph.add_run(text)
        document.add_paragraph("1. Пункт второго приложения.")

    assert outline(made(fill).parts) == ["item-1", "annex-1", "annex-1/item-1", "annex-2", "annex-2/item-1"]


def test_headings_by_style_by_capitals_and_below_their_number() -> None:
    def fill(document: Document) -> None:
        document.add_heading("Глава 1", level=1)
        document.add_heading("Общие положения", level=1)
        document.add_heading("1. Порядок", level=1)
        document.add_paragraph("1. Пункт.")
        for text in ("ГЛАВА 3", "ПРОЧИЕ", "ПОЛОЖЕНИЯ"):
            document.add_paragraph(text).alignment = WD_ALIGN_PARAGRAPH.CENTER
        document.add_paragraph("2. Пункт.")

    reading = made(fill)
    found = [(part.kind, part.number, part.title) for part in reading.parts if part.kind == "chapter"]
    assert found == [
        ("chapter", "1", "Общие положения"),
        ("chapter", "1", "Порядок"),
        ("chapter", "3", "ПРОЧИЕ ПОЛОЖЕНИЯ"),
    ]
    assert "heading_without_word" in codes(reading)
    assert [part.number for part in reading.parts if part.kind == "item"] == ["1", "2"]


def test_spaces_hyphens_and_empty_paragraphs_do_not_matter() -> None:
    def fill(document: Document) -> None:
        document.add_paragraph("")
        document.add_paragraph("Статья\u00a05\u20111.\u2003Прин\u00adципы\u200b  доступа")
        document.add_paragraph("   ")
        document.add_paragraph("1.\tПункт\u00a0первый.")

    parts = made(fill).parts
    assert [(part.number, part.title, part.text) for part in parts] == [
        ("5-1", "Принципы доступа", ""),
        ("1", "", "Пункт первый."),
    ]


def test_tracked_changes_are_read_as_accepted_and_told() -> None:
    def fill(document: Document) -> None:
        paragraph = document.add_paragraph("1. Срок – ")
        append(
            paragraph,
            '<w:del w:id="1" w:author="а"><w:r><w:delText>пять</w:delText></w:r></w:del>'
            '<w:ins w:id="2" w:author="а"><w:r><w:t>десять</w:t></w:r></w:ins>',
        )
        paragraph.add_run(" дней.")
        joined = document.add_paragraph("2. Начало")
        joined._p.get_or_add_pPr().append(parse_xml(f'<w:rPr {W}><w:del w:id="3" w:author="а"/></w:rPr>'))
        document.add_paragraph(" и конец.")

    reading = made(fill)
    assert [part.text for part in reading.parts] == ["Срок – десять дней.", "Начало и конец."]
    assert [(problem.paragraph, problem.code) for problem in reading.problems] == [(1, "tracked_changes")]


def test_what_lies_in_content_controls_and_links_is_read() -> None:
    def fill(document: Document) -> None:
        document.add_paragraph("1. До.")
        body = document.element.body
        body.insert(
            1, parse_xml(f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>2. В поле.</w:t></w:r></w:p></w:sdtContent></w:sdt>")
        )
        paragraph = document.add_paragraph("3. Ссылка: ")
        append(paragraph, "<w:hyperlink><w:r><w:t>закон</w:t></w:r></w:hyperlink>")

    assert [part.text for part in made(fill).parts] == ["До.", "В поле.", "Ссылка: закон"]


def test_what_cannot_be_a_part_is_told_by_its_paragraph() -> None:
    def fill(document: Document) -> None:
        document.add_paragraph("1. Пункт.")
        box = "<w:txbxContent><w:p><w:r><w:t>Надпись в рамке</w:t></w:r></w:p></w:txbxContent>"
        append(document.add_paragraph("2. Рамка."), f"<w:r><w:pict>{box}</w:pict></w:r>")
        append(document.add_paragraph("3. Рисунок."), "<w:r><w:drawing/></w:r>")
        append(document.add_paragraph("4. Скрыто."), "<w:r><w:rPr><w:vanish/></w:rPr><w:t>тайна</w:t></w:r>")

    reading = made(fill)
    told = [(problem.paragraph, problem.code) for problem in reading.problems]
    assert told == [(2, "text_box"), (3, "picture"), (4, "hidden_text")]
    assert reading.problems[0].params["text"] == "Надпись в рамке"
    assert not any("тайна" in part.text or "рамке" in part.text for part in reading.parts)


def test_a_footnote_stays_below_its_paragraph() -> None:
    document = docx.Document()
    append(document.add_paragraph("1. Пункт"), '<w:r><w:footnoteReference w:id="2"/></w:r>')
    document.add_paragraph("2. Пункт.")
    note = '<w:footnote w:id="2"><w:p><w:r><w:t>Примечание к пункту.</w:t></w:r></w:p></w:footnote>'
    notes = f"<w:footnotes {W}>{note}</w:footnotes>"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = PackagePart(PackURI("/word/footnotes.xml"), kind, notes.encode(), document.part.package)
    document.part.relate_to(part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes")
    reading = saved(document)
    assert [(part.kind, part.text) for part in reading.parts] == [
        ("item", "Пункт[2]"),
        ("paragraph", "[2] Примечание к пункту."),
        ("item", "Пункт."),
    ]
    assert codes(reading) == ["footnote"]


def test_the_contents_made_by_word_are_no_articles() -> None:
    def fill(document: Document) -> None:
        document.styles.add_style("toc 1", 1)
        document.add_paragraph("Статья 1. Понятия 3", style="toc 1")
        document.add_paragraph("Статья 1. Понятия")
        document.add_paragraph("1. Пункт.")

    reading = made(fill)
    assert outline(reading.parts) == ["article-1", "article-1/item-1"]
    assert codes(reading) == ["contents_skipped"]


def test_merged_cells_and_a_table_within_a_table() -> None:
    def fill(document: Document) -> None:
        document.add_paragraph("1. Таблица:")
        table = document.add_table(rows=2, cols=3)
        table.cell(0, 0).merge(table.cell(0, 1)).text = "Широкая"
        table.cell(0, 2).merge(table.cell(1, 2)).text = "Высокая"
        table.cell(1, 0).add_table(rows=1, cols=1).cell(0, 0).text = "Внутри"

    reading = made(fill)
    assert reading.parts[1].rows == (("Широкая", "", "Высокая"), ("Внутри", "", ""))
    assert "nested_table" in codes(reading)
