"""From lines to parts: laws and rules, quoted wordings, annexes, what is told of gaps and of parts out of place."""

from __future__ import annotations

import pytest

from ckanext.opengov_kz.npa.parts import words
from tests.npa.documents import codes, labels, outline, read

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
    assert {part.kind for part in reading.parts} == {"paragraph"}
    assert codes(reading) == ["no_structure"]


def test_lines_without_an_end_are_not_all_taken_for_the_title() -> None:
    reading = read("\n".join(f"строка {number}" for number in range(50)))
    assert len(reading.parts) == 30
    assert read("Только название").parts[0].text == "Только название"


def test_what_was_left_untranslated_is_told() -> None:
    long = "1. Қазақстан Республикасының ашық деректерге қол жеткізу туралы заңнамасы осы Заңға негізделеді.\n" * 3
    russian = "2. Этот пункт забыли перевести на государственный язык, и об этом следует сказать ответственному лицу."
    reading = read(long + russian, "kk")
    assert [(p.paragraph, p.code) for p in reading.problems if p.code == "untranslated"] == [(4, "untranslated")]


def test_latin_letters_in_cyrillic_words_are_made_cyrillic_and_told_once() -> None:
    reading = read("1. В cлове латинская буква.\n2. И снова cлове, но IT и Web-портал верны.")
    assert [(problem.paragraph, problem.params["word"], problem.params["count"]) for problem in reading.problems] == [
        (1, "cлове", 2)
    ]
    assert [part.text for part in reading.parts] == [
        "В слове латинская буква.",
        "И снова слове, но IT и Web-портал верны.",
    ]


def test_an_older_kazakh_text_with_a_latin_i_is_read_as_any_other() -> None:
    reading = read(
        """1. Қоса берiлiп отырған ереже бекiтiлсiн.
2. Осы қаулы қол қойылған күнiнен бастап қолданысқа енгiзiледi.
Қазақстан Республикасының
Премьер-Министрi
> Қазақстан Республикасы
> Үкiметiнiң
> 2006 жылғы 25 тамыздағы
> N 817 қаулысымен
> бекiтiлген
# Мониторинг жүргiзу ережесi
# 1. Жалпы ережелер
1. Осы мониторинг жүргiзу ережесi заңға сәйкес әзiрлендi.""",
        "kk",
    )
    assert outline(reading.parts) == [
        "item-1",
        "item-2",
        "paragraph-1",
        "paragraph-2",
        "annex-1",
        "annex-1/chapter-1",
        "annex-1/item-1",
    ]
    assert reading.parts[4].text.splitlines()[-2:] == ["N 817 қаулысымен", "бекітілген"]
    told = [problem.params for problem in reading.problems if problem.code == "mixed_letters"]
    assert [params["count"] > 10 for params in told] == [True]


def test_a_letterhead_above_the_title_does_not_hide_it() -> None:
    reading = read("| Министерство | Астана |\n# ПРИКАЗ\n# О сроках\nПРИКАЗЫВАЮ:\n1. Утвердить.")
    assert reading.title == "О сроках"
    assert outline(reading.parts) == ["table-1", "preamble-1", "item-1"]


def test_an_amending_law_has_articles_without_titles() -> None:
    reading = read(
        """Статья 1. Внести изменения в следующие законодательные акты:
1. В Кодекс:
1) статью 5 исключить;
2) статью 6 дополнить.
Статья 2. Настоящий Закон вводится в действие со дня опубликования."""
    )
    assert [(part.title, part.text) for part in reading.parts if part.kind == "article"] == [
        ("", "Внести изменения в следующие законодательные акты:"),
        ("", "Настоящий Закон вводится в действие со дня опубликования."),
    ]
    assert reading.problems == ()


def test_a_signature_is_no_part_of_the_last_item_however_it_is_laid_out() -> None:
    for signature in ("Министр\nРеспублики Казахстан А. Абаев", "| Министр Республики Казахстан | А. Абаев |"):
        reading = read(f"1. Утвердить.\n2. Ввести в действие.\n{signature}")
        assert all(part.depth == 0 for part in reading.parts)
    kazakh = read("1. Бекітілсін.\n2. Қолданысқа енгізілсін.\n| Қазақстан Республикасының министрі | А. Абаев |", "kk")
    assert [part.depth for part in kazakh.parts] == [0, 0, 0]


def test_rules_have_annexes_of_their_own_numbered_anew() -> None:
    reading = read(
        """1. Утвердить.
Приложение 1 к приказу Министра
# Правила
1. Пункт.
Приложение 1 к Правилам
# Форма
1. Пункт.
Приложение 2 к Правилам
# Журнал
1. Пункт.
Приложение 2 к приказу Министра
# Перечень
1. Пункт."""
    )
    assert [part.title for part in reading.parts if part.kind == "annex"] == ["Правила", "Форма", "Журнал", "Перечень"]
    assert reading.problems == ()


def test_older_rules_have_headings_without_the_word_for_a_chapter() -> None:
    reading = read("# 1. Общие положения\n1. Первый пункт.\n2. Второй пункт.\n# 2. Порядок\n3. Третий пункт.")
    assert outline(reading.parts) == ["chapter-1", "item-1", "item-2", "chapter-2", "item-3"]
    assert codes(reading) == ["heading_without_word"] * 2
