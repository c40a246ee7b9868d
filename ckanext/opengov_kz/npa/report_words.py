"""The words of a report that a body begins with, in both official languages; it edits them before publishing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from .report_content import day

_INTRODUCTION = {
    "kk": (
        "«{title}» жобасы ашық нормативтік құқықтық актілер порталында {published} жарияланып, {closes} дейін "
        "(осы күнді қоса алғанда) жария талқыланды. Талқылауға {people} адам қатысып, {comments} пікір жазды: "
        "{remarks} ескерту, {proposals} ұсыныс, {opinions} көзқарас."
    ),
    "ru": (
        "Проект «{title}» опубликован на портале открытых нормативных правовых актов {published} и обсуждался публично "
        "до {closes} включительно. В обсуждении приняли участие {people} чел., оставлено комментариев: {comments}, "
        "из них замечаний — {remarks}, предложений — {proposals}, мнений — {opinions}."
    ),
}
#: Kazakh names of months in the cases that the sentence wants: when it was published, until when it was discussed.
_MONTHS_KK = {
    "published": (
        "қаңтарда", "ақпанда", "наурызда", "сәуірде", "мамырда", "маусымда",
        "шілдеде", "тамызда", "қыркүйекте", "қазанда", "қарашада", "желтоқсанда",
    ),
    "closes": (
        "қаңтарға", "ақпанға", "наурызға", "сәуірге", "мамырға", "маусымға",
        "шілдеге", "тамызға", "қыркүйекке", "қазанға", "қарашаға", "желтоқсанға",
    ),
}  # fmt: skip
_CONCLUSION = {
    "kk": (
        "Келіп түскен пікірлер бойынша: қабылданды – {accepted}, ішінара қабылданды – {partly}, себебі көрсетіліп "
        "қабылданбады – {rejected}, жауап берілді – {answered}. Ескерілген ұсыныстар жобаның мәтініне енгізіледі."
    ),
    "ru": (
        "Из поступивших комментариев принято: {accepted}, принято частично: {partly}, отклонено с указанием причин: "
        "{rejected}, дан ответ: {answered}. Учтенные предложения вносятся в текст проекта."
    ),
}


def suggested(
    *, title: Mapping[str, str], act: Mapping[str, Any], figures: Mapping[str, Any]
) -> tuple[dict[str, str], dict[str, str]]:
    """Introduction and conclusion by language.

    :param act: `published` and `closes`, days as ISO 8601 has them
    :param figures: of `reports.figures`
    """
    names = {language: title.get(language) or next(iter(title.values()), "") for language in _INTRODUCTION}

    def filled(words: Mapping[str, str]) -> dict[str, str]:
        return {
            language: form.format(
                # Quotation marks within others are straight ones.
                title=names[language].replace("«", '"').replace("»", '"'),
                **{name: _when(act.get(name), name, language) for name in _MONTHS_KK},
                **figures,
            )
            for language, form in words.items()
        }

    return filled(_INTRODUCTION), filled(_CONCLUSION)


def _when(stored: str | None, name: str, language: str) -> str:
    if not stored:
        return "—"
    value = dt.date.fromisoformat(stored)
    if language == "kk":
        return f"{value.year} жылғы {value.day} {_MONTHS_KK[name][value.month - 1]}"
    return day(value, language)
