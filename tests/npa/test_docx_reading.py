"""Officers' documents: what becomes of each form that a text, a heading, a number or a table can have in Word."""

from __future__ import annotations

import docx
import pytest
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.opc.packuri import PackURI
from docx.opc.part import Part as PackagePart
from docx.oxml import parse_xml

from ckanext.opengov_kz.npa.parts import words
from tests.npa.documents import W, append, codes, labels, made, outline, read, saved

pytestmark = pytest.mark.fast


def test_a_law_in_both_languages() -> None:
    russian = """
# ЗАКОН РЕСПУБЛИКИ КАЗАХСТАН
# О проверке
Настоящий Закон регулирует проверки.
# Раздел 1. ОБЩАЯ ЧАСТЬ
# Глава 1. ОБЩИЕ ПОЛОЖЕНИЯ
### Статья 1. Основные понятия
В настоящем Законе используются понятия:
1) проверка – действие;
2) проверяющий – лицо.
Иные понятия применяются в значениях законов.
### Статья 1-1. Принципы
1. Проверка законна.
2. Проверка:
1) гласна;
а) для всех;
2) беспристрастна.
Президент
Республики Казахстан"""
    kazakh = """
# ҚАЗАҚСТАН РЕСПУБЛИКАСЫНЫҢ ЗАҢЫ
# Тексеру туралы
Осы Заң тексеруді реттейді.
# 1-бөлім. ЖАЛПЫ БӨЛІК
# 1-тарау. ЖАЛПЫ ЕРЕЖЕЛЕР
### 1-бап. Негізгі ұғымдар
Осы Заңда мынадай ұғымдар пайдаланылады:
1) тексеру – әрекет;
2) тексеруші – адам.
Өзге ұғымдар заңдардың мәнінде қолданылады.
### 1-1-бап. Қағидаттар
1. Тексеру заңды.
2. Тексеру:
1) жария;
а) баршаға;
2) бейтарап.
Қазақстан Республикасының
Президенті"""
    expected = [
        "preamble-1",
        "section-1",
        "section-1/chapter-1",
        "article-1",
        "article-1/paragraph-1",
        "article-1/subitem-1",
        "article-1/subitem-2",
        "article-1/paragraph-2",
        "article-1-1",
        "article-1-1/item-1",
        "article-1-1/item-2",
        "article-1-1/item-2/subitem-1",
        "article-1-1/item-2/subitem-1/subitem-а",
        "article-1-1/item-2/subitem-2",
        "paragraph-1",
        "paragraph-2",
    ]
    for language, text, title in (("ru", russian, "О проверке"), ("kk", kazakh, "Тексеру туралы")):
        reading = read(text, language)
        assert outline(reading.parts) == expected
        assert reading.title == title
        assert reading.problems == ()
    kk = read(kazakh, "kk").parts
    assert labels(kk, "kk")[1:4] == ["1-бөлім", "1-тарау", "1-бап"]
    assert (kk[3].title, kk[3].text) == ("Негізгі ұғымдар", "")


def test_subsections_and_paragraphs_of_chapters() -> None:
    reading = read("Раздел I. Общее\nПодраздел 1. Право\nГлава 1. Лица\nПараграф 1. Люди\nСтатья 1. Имя\n1. Имя есть.")
    assert [part.kind for part in reading.parts] == [
        "section",
        "subsection",
        "chapter",
        "subchapter",
        "article",
        "item",
    ]
    assert [part.depth for part in reading.parts] == [0, 1, 2, 3, 4, 5]
    assert outline(reading.parts)[3:] == [
        "section-i/subsection-1/chapter-1/subchapter-1",
        "article-1",
        "article-1/item-1",
    ]


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


def test_the_quoted_wording_of_an_amendment_begins_no_part() -> None:
    reading = read(
        """1. Внести в Закон следующие изменения:
1) в статье 5:
пункт 2 изложить в следующей редакции:
«2. Новый пункт о Законе «О связи».
3. Ещё пункт.»;
статью 6 исключить;
2) дополнить статьей 7-1 следующего содержания:
«Статья 7-1. Новая статья
1. Первый пункт новой статьи.
1) подпункт новой статьи.»;
3) пункт 8 изложить в следующей редакции: «8. Восьмой
пункт из двух абзацев.».
2. Ввести в действие."""
    )
    assert outline(reading.parts) == [
        "item-1",
        "item-1/subitem-1",
        "item-1/subitem-1/paragraph-1",
        "item-1/subitem-1/paragraph-2",
        "item-1/subitem-2",
        "item-1/subitem-3",
        "item-2",
    ]
    assert reading.parts[4].text.splitlines()[1:] == [
        "«Статья 7-1. Новая статья",
        "1. Первый пункт новой статьи.",
        "1) подпункт новой статьи.»;",
    ]
    assert reading.parts[5].text.endswith("«8. Восьмой\nпункт из двух абзацев.».")
    assert reading.problems == ()


@pytest.mark.parametrize(
    "wording",
    [
        '"2. Пункт о Законе "О связи".\n3. Ещё пункт.";',
        "«2. Пункт о Законе «О связи».\n3. Пункт о Законе «О воде»;",
        "“2. Пункт.\n3. Ещё пункт.”;",
    ],
)
def test_quotes_are_closed_as_loosely_as_officers_close_them(wording: str) -> None:
    reading = read(
        f"1. В Законе:\n1) пункт изложить в следующей редакции:\n{wording}\n2) статью 9 исключить.\n2. Срок."
    )
    assert outline(reading.parts) == ["item-1", "item-1/subitem-1", "item-1/subitem-2", "item-2"]


def test_a_quote_without_end_is_told_and_swallows_nothing() -> None:
    reading = read("1. Изложить в следующей редакции:\n«2. Пункт\n2. Второй пункт.\n3. Третий пункт.")
    assert outline(reading.parts) == ["item-1", "item-2", "item-3"]
    assert [(problem.paragraph, problem.code) for problem in reading.problems] == [(2, "quote_not_closed")]


def test_annexes_stamps_and_tables_are_kept() -> None:
    reading = read(
        """1. Утвердить Правила.
Министр
> Приложение 1
> к приказу Министра
> от «__» ______ 2026 года № ___
# Правила
# учета
1. Учет ведется.
| № | Имя |
| 1 | Абай |
Приложение 2 к приказу Министра
| а | б |"""
    )
    assert outline(reading.parts) == [
        "item-1",
        "paragraph-1",
        "annex-1",
        "annex-1/item-1",
        "annex-1/item-1/table-1",
        "annex-2",
        "annex-2/table-1",
    ]
    annex = reading.parts[2]
    assert annex.title == "Правила учета"
    assert annex.text == "Приложение 1\nк приказу Министра\nот «__» ______ 2026 года № ___"
    assert reading.parts[4].rows == (("№", "Имя"), ("1", "Абай"))


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


def test_articles_that_stand_in_a_table_are_told() -> None:
    reading = read("1. Пункт.\n| Статья 1. Понятия | 1-бап. Ұғымдар |")
    assert "text_in_table" in codes(reading)


def test_gaps_repetitions_and_parts_out_of_place_are_told_by_paragraph() -> None:
    reading = read(
        """Глава 1. Общее
1. Пункт вне статьи.
Статья 1. Понятия
1. Пункт.
3. Пункт после пропуска.
3. Пункт дважды.
2. Пункт не на месте.
Статья 2. Пустая
Статья 4. Сроки
1. Пункт.
Глава 2. Прочее
1) подпункт вне пункта."""
    )
    told = [(problem.paragraph, problem.code) for problem in reading.problems]
    assert told == [
        (2, "item_outside_article"),
        (5, "number_gap"),
        (6, "number_repeated"),
        (7, "number_order"),
        (8, "empty_part"),
        (9, "number_gap"),
        (12, "subitem_outside_item"),
    ]
    gap = reading.problems[1].params
    assert (gap["number"], gap["expected"], gap["text"]) == ("3", "2", "Пункт после пропуска.")


def test_inserted_numbers_and_chapters_that_begin_anew_are_in_order() -> None:
    reading = read(
        """Раздел 1. Один
Глава 1. А
Статья 1. А
1. А.
1-1. Б.
1-2. В.
2. Г.
Статья 1-1. Б
1. А.
Раздел 2. Два
Глава 1. В
Статья 2. В
1. А."""
    )
    assert reading.problems == ()


def test_a_text_without_structure_is_read_as_paragraphs_and_told() -> None:
    reading = read("Просто текст.\nИ ещё один абзац.")
    assert [words(part) for part in reading.parts] == ["Просто текст.", "И ещё один абзац."]
    assert codes(reading) == ["no_structure"]


def test_what_was_left_untranslated_is_told() -> None:
    long = "1. Қазақстан Республикасының ашық деректерге қол жеткізу туралы заңнамасы осы Заңға негізделеді.\n" * 3
    russian = "2. Этот пункт забыли перевести на государственный язык, и об этом следует сказать ответственному лицу."
    reading = read(long + russian, "kk")
    assert [(p.paragraph, p.code) for p in reading.problems if p.code == "untranslated"] == [(4, "untranslated")]


def test_letters_of_two_alphabets_in_one_word_are_told_once() -> None:
    reading = read("1. В cлове латинская буква.\n2. И снова cлове.")
    told = [problem for problem in reading.problems if problem.code == "mixed_letters"]
    assert [(problem.paragraph, problem.params["word"], problem.params["count"]) for problem in told] == [
        (1, "cлове", 2)
    ]
