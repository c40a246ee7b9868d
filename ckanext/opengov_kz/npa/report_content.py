"""A report on a discussion as a document has it: titles, figures, the body's words, a line for each comment."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from ckanext.opengov_kz.shared.languages import pick

_ZONE = ZoneInfo("Asia/Almaty")
#: What neither XML 1.0 nor a font can hold.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_MONTHS = {
    "kk": [
        "қаңтар",
        "ақпан",
        "наурыз",
        "сәуір",
        "мамыр",
        "маусым",
        "шілде",
        "тамыз",
        "қыркүйек",
        "қазан",
        "қараша",
        "желтоқсан",
    ],
    "ru": [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
}

#: Everything that a document says by itself; `figures` in the order in which they stand.
WORDS: Mapping[str, Mapping[str, str]] = {
    "kk": {
        "report": "Жария талқылау туралы есеп",
        "developer": "Әзірлеуші орган",
        "published": "Жоба жарияланған күн",
        "closes": "Талқылаудың соңғы күні",
        "reported": "Есеп жарияланған күн",
        "figures": "Талқылау көрсеткіштері",
        "people": "Қатысушылар",
        "comments": "Барлық пікір",
        "remarks": "оның ішінде ескерту",
        "proposals": "ұсыныс",
        "opinions": "көзқарас",
        "accepted": "Қабылданды",
        "partly": "Ішінара қабылданды",
        "rejected": "Қабылданбады",
        "answered": "Жауап берілді",
        "unanswered": "Жауапсыз қалды",
        "hidden": "Модератор жасырған",
        "unanswered_reason": "Жауапсыз қалу себебі",
        "introduction": "Кіріспе",
        "conclusion": "Қорытынды",
        "table": "Пікірлер мен оларға берілген жауаптар",
        "number": "№",
        "part": "Құрылымдық бөлік",
        "said": "Пікір",
        "reply": "Жауап",
        "whole": "Жоба тұтастай",
        "wording": "Ұсынылған редакция",
        "reason": "Себебі",
        "page": "{page}-бет",
        "nobody": "Пікір түскен жоқ.",
        "remark": "ескерту",
        "proposal": "ұсыныс",
        "opinion": "көзқарас",
    },
    "ru": {
        "report": "Отчет о публичном обсуждении",
        "developer": "Орган-разработчик",
        "published": "Дата публикации проекта",
        "closes": "Последний день обсуждения",
        "reported": "Дата публикации отчета",
        "figures": "Обсуждение в цифрах",
        "people": "Участников",
        "comments": "Всего комментариев",
        "remarks": "в том числе замечаний",
        "proposals": "предложений",
        "opinions": "мнений",
        "accepted": "Принято",
        "partly": "Принято частично",
        "rejected": "Отклонено",
        "answered": "Дан ответ",
        "unanswered": "Осталось без ответа",
        "hidden": "Скрыто модератором",
        "unanswered_reason": "Почему остались без ответа",
        "introduction": "Введение",
        "conclusion": "Заключение",
        "table": "Комментарии и ответы на них",
        "number": "№",
        "part": "Структурный элемент",
        "said": "Комментарий",
        "reply": "Ответ",
        "whole": "Проект в целом",
        "wording": "Предлагаемая редакция",
        "reason": "Причина",
        "page": "Страница {page}",
        "nobody": "Комментариев не поступило.",
        "remark": "замечание",
        "proposal": "предложение",
        "opinion": "мнение",
    },
}
FIGURES = (
    "people", "comments", "remarks", "proposals", "opinions", "accepted", "partly", "rejected", "answered",
    "unanswered", "hidden",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One comment: `part` and `part_kk`… by language, `outcome` one of the discussion's or empty without a reply."""

    part: Mapping[str, str]
    kind: str
    author: str
    created: dt.datetime
    text: str
    wording: str = ""
    outcome: str = ""
    reply: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Document:
    """A report. Titles and the body's words by language; days are Kazakhstan's."""

    title: Mapping[str, str]
    developer: Mapping[str, str]
    published: dt.date | None
    closes: dt.date | None
    reported: dt.date | None
    figures: Mapping[str, int]
    introduction: Mapping[str, str]
    conclusion: Mapping[str, str]
    unanswered_reason: Mapping[str, str]
    lines: Sequence[Line]


def said(texts: Mapping[str, str], language: str) -> str:
    """A text by language as a document can hold it; another language's where there is no own."""
    return clean(pick(texts, language).text)


def clean(text: str) -> str:
    """A text without characters that no document can hold."""
    return _NO_TEXT.sub("", text)


def day(value: dt.date | None, language: str) -> str:
    """A day in words: «2026 жылғы 27 қараша», «27 ноября 2026 года»; a dash for none."""
    if value is None:
        return "—"
    month = _MONTHS[language][value.month - 1]
    if language == "kk":
        return f"{value.year} жылғы {value.day} {month}"
    return f"{value.day} {month} {value.year} года"


def facts(document: Document, language: str) -> list[tuple[str, str]]:
    """The lines under the title: what, and its value."""
    words = WORDS[language]
    return [
        (words["developer"], said(document.developer, language)),
        *((words[name], day(getattr(document, name), language)) for name in ("published", "closes", "reported")),
    ]


def figures(document: Document, language: str) -> list[tuple[str, str]]:
    """The figures: what, and how many."""
    return [(WORDS[language][name], str(document.figures.get(name, 0))) for name in FIGURES]


def cells(document: Document, language: str) -> list[tuple[str, str, str, str]]:
    """The table: number, part, comment with who and when, answer."""
    words = WORDS[language]
    found = []
    for number, line in enumerate(document.lines, start=1):
        when = day(line.created.astimezone(_ZONE).date(), language)
        comment = f"{line.author}, {when} ({words.get(line.kind, line.kind)}): {line.text}"
        if line.wording:
            comment += f"\n{words['wording']}: {line.wording}"
        answer = words[line.outcome] if line.outcome else words["unanswered"]
        answer += f". {line.reply}" if line.reply else ""
        if line.reason:
            answer += f"\n{words['reason']}: {line.reason}"
        part = said(line.part, language) or words["whole"]
        found.append((str(number), part, clean(comment), clean(answer)))
    return found
