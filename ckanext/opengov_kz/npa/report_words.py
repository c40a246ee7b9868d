"""The words of a report that a body begins with, in both official languages; it edits them before publishing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_INTRODUCTION = {
    "kk": (
        "«{title}» жобасы ашық нормативтік құқықтық актілер порталында {published} жарияланып, {closes} дейін жария "
        "талқыланды. Талқылауға {people} адам қатысып, {comments} пікір қалдырды: {remarks} ескерту, {proposals} "
        "ұсыныс, {opinions} пікір білдіру."
    ),
    "ru": (
        "Проект «{title}» размещен на портале открытых нормативных правовых актов {published} и обсуждался публично "
        "до {closes} включительно. В обсуждении приняли участие {people} чел., оставлено комментариев: {comments}, "
        "из них замечаний — {remarks}, предложений — {proposals}, мнений — {opinions}."
    ),
}
_CONCLUSION = {
    "kk": (
        "Келіп түскен пікірлердің {accepted} қабылданды, {partly} ішінара қабылданды, {rejected} негіздемесімен "
        "қабылданбады, {answered} бойынша түсіндірме берілді. Ескерілген ұсыныстар жобаның мәтініне енгізіледі."
    ),
    "ru": (
        "Из поступивших комментариев принято: {accepted}, принято частично: {partly}, отклонено с указанием причин: "
        "{rejected}, даны разъяснения: {answered}. Учтенные предложения вносятся в текст проекта."
    ),
}


def suggested(
    *, title: Mapping[str, str], act: Mapping[str, Any], figures: Mapping[str, Any]
) -> tuple[dict[str, str], dict[str, str]]:
    """Introduction and conclusion by language.

    :param act: `published` and `closes`, days as text
    :param figures: of `reports.figures`
    """
    days = {name: str(act.get(name) or "—") for name in ("published", "closes")}
    names = {language: title.get(language) or next(iter(title.values()), "") for language in _INTRODUCTION}

    def filled(words: Mapping[str, str]) -> dict[str, str]:
        return {language: form.format(title=names[language], **days, **figures) for language, form in words.items()}

    return filled(_INTRODUCTION), filled(_CONCLUSION)
