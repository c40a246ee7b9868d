"""What a line begins: every form of numbering that Kazakhstan's acts have, and sentences that only look like it."""

from __future__ import annotations

import pytest

from ckanext.opengov_kz.npa import legal_form

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("line", "kind", "number", "rest"),
    [
        ("Статья 5. Принципы", "article", "5", "Принципы"),
        ("СТАТЬЯ 12-1. ПРИНЦИПЫ", "article", "12-1", "ПРИНЦИПЫ"),
        ("Статья 5–2. Принципы", "article", "5-2", "Принципы"),
        ("5-бап. Қағидаттар", "article", "5", "Қағидаттар"),
        ("12-1-бап. Қағидаттар", "article", "12-1", "Қағидаттар"),
        ("5-БАП. ҚАҒИДАТТАР", "article", "5", "ҚАҒИДАТТАР"),
        ("Глава 1. Общие положения", "chapter", "1", "Общие положения"),
        ("ГЛАВА 1", "chapter", "1", ""),
        ("1-тарау. Жалпы ережелер", "chapter", "1", "Жалпы ережелер"),
        ("Раздел II. Особенная часть", "section", "II", "Особенная часть"),
        ("1-бөлім. Жалпы бөлік", "section", "1", "Жалпы бөлік"),
        ("Подраздел 2. Сделки", "subsection", "2", "Сделки"),
        ("2-кіші бөлім. Мәмілелер", "subsection", "2", "Мәмілелер"),
        ("Параграф 2. Порядок", "subchapter", "2", "Порядок"),
        ("2-параграф. Тәртіп", "subchapter", "2", "Тәртіп"),
        ("1. Настоящий Закон", "item", "1", "Настоящий Закон"),
        ("5-1. Осы Заң", "item", "5-1", "Осы Заң"),
        ("1.Без пробела", "item", "1", "Без пробела"),
        ("1.2. Десятичный", "item", "1.2", "Десятичный"),
        ("1) первый;", "subitem", "1)", "первый;"),
        ("15-1) бірінші;", "subitem", "15-1)", "бірінші;"),
        ("а) буква;", "subitem", "а)", "буква;"),
        ("ә) әріп;", "subitem", "ә)", "әріп;"),
    ],
)
def test_a_line_begins_a_part(line: str, kind: str, number: str, rest: str) -> None:
    found = legal_form.mark(line)
    assert found is not None
    assert (found.kind, found.number, found.rest) == (kind, number, rest)


@pytest.mark.parametrize(
    "line",
    [
        "Статья 5 настоящего Закона применяется с 1 января.",
        "Глава 3 Кодекса регулирует сделки.",
        "5-баптың 2-тармағы алып тасталсын.",
        "2) тармақша мынадай редакцияда жазылсын:",
        "2) және 3) тармақшалар алып тасталсын;",
        "а) тармақшасындағы сөздер алып тасталсын;",
        "15 рабочих дней.",
        "1 января 2026 года вводится в действие.",
        "10.05.2026 жылы енгізілді",
        "3,5 процента",
        "«2. Новая редакция.",
        "в статье 5:",
    ],
)
def test_a_sentence_that_only_looks_like_it_begins_none(line: str) -> None:
    assert legal_form.mark(line) is None


def test_a_heading_may_lack_its_dot() -> None:
    assert legal_form.mark("СТАТЬЯ 5 ПРИНЦИПЫ", is_heading=True) == legal_form.Mark("article", "5", "ПРИНЦИПЫ")


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("Приложение", ""),
        ("Приложение 1", "1"),
        ("Приложение № 2 к приказу Министра от «__» ______ 2026 года № ___", "2"),
        ("ПРИЛОЖЕНИЕ 3-1", "3-1"),
        ("Қосымша", ""),
        ("Бұйрыққа 1-қосымша", "1"),
        ("Қазақстан Республикасы Министрінің 2026 жылғы № 5 бұйрығына 2-қосымша", "2"),
        ("Утверждены приказом Министра от 5 мая 2026 года № 5", ""),
        ("Министрдің 2026 жылғы бұйрығымен бекітілген", ""),
    ],
)
def test_a_stamp_begins_an_annex(line: str, number: str) -> None:
    found = legal_form.annex(line)
    assert found is not None
    assert found.number == number


@pytest.mark.parametrize(
    "line",
    ["Приложение 1 к приказу изложить в новой редакции.", "Осы бұйрықтың қосымшасы", "Приложениями являются"],
)
def test_a_sentence_about_an_annex_begins_none(line: str) -> None:
    assert legal_form.annex(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "Президент",
        "Премьер-Министр Республики Казахстан О. Бектенов",
        "Қазақстан Республикасының Президенті",
        "Қазақстан Республикасының Қаржы министрі М. Такиев",
        "Председатель маслихата",
        "«СОГЛАСОВАН»",
        "КЕЛІСІЛДІ",
    ],
)
def test_an_office_is_a_signature(line: str) -> None:
    assert legal_form.is_signature(line)


@pytest.mark.parametrize(
    "line", ["Министр утверждает правила", "Министр утверждает правила.", "Осы Заң министрге жүктелсін."]
)
def test_an_office_in_a_sentence_is_none(line: str) -> None:
    assert not legal_form.is_signature(line)


def test_numbers_are_ordered_as_they_are_inserted() -> None:
    numbers = ["10", "5-1", "2)", "5", "IV", "5-1-1"]
    assert sorted(numbers, key=legal_form.order) == ["2)", "IV", "5", "5-1", "5-1-1", "10"]
    assert legal_form.order("а)") == legal_form.order("") == ()
