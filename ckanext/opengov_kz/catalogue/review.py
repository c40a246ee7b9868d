"""Draft → review → publish: the stages of a dataset and the steps between them. Pure: no ckan import.

A dataset is published by two pairs of eyes. An officer of the body writes a draft and submits it; an editor or an
administrator of the body publishes it, or returns it with a reason. What is not published is private: readers outside
the body neither see it nor find it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ckanext.opengov_kz.shared import languages

DRAFT, REVIEW, PUBLISHED = "draft", "review", "published"
STAGES = (DRAFT, REVIEW, PUBLISHED)

#: Texts that must stand in both required languages, even where the form leaves them out.
_ALWAYS = ("title_translated",)


@dataclass(frozen=True, slots=True)
class Step:
    """One step between stages.

    - `name`: its word in addresses and in the names of actions.
    - `origin`, `target`: the stage it leads from, and the one it leads to.
    - `publishes`: it takes the right to publish; the other steps take the right to write drafts.
    """

    name: str
    origin: str
    target: str
    publishes: bool


SUBMIT = Step("submit", DRAFT, REVIEW, publishes=False)
RECALL = Step("withdraw", REVIEW, DRAFT, publishes=False)
PUBLISH = Step("publish", REVIEW, PUBLISHED, publishes=True)
#: An editor need not ask themselves for a review.
PUBLISH_AT_ONCE = Step("publish", DRAFT, PUBLISHED, publishes=True)
RETURN = Step("return", REVIEW, DRAFT, publishes=True)
UNPUBLISH = Step("withdraw", PUBLISHED, DRAFT, publishes=True)
STEPS = (SUBMIT, RECALL, PUBLISH, PUBLISH_AT_ONCE, RETURN, UNPUBLISH)


def find_step(name: str, stage: str) -> Step | None:
    """The step called `name` that leads from `stage`; None where there is none."""
    return next((step for step in STEPS if step.name == name and step.origin == stage), None)


def steps_for(stage: str, *, may_write: bool, may_publish: bool) -> list[Step]:
    """The steps that a person may take from `stage`, the most likely one first."""
    allowed = [step for step in STEPS if step.origin == stage and (may_publish if step.publishes else may_write)]
    # Who may publish has no use for asking another to do it first, yet may still want a second opinion.
    return sorted(allowed, key=lambda step: step.target != PUBLISHED) if may_publish else allowed


@dataclass(frozen=True, slots=True)
class Wish:
    """What a saved form or an API call asks for.

    - `stage`: where the dataset would stand afterwards.
    - `refused`: the field whose value the person had no right to set; empty when all is well.
    """

    stage: str
    refused: str = ""


def wish_on_create(*, stage: str | None, private: bool | None, may_publish: bool, trusted: bool) -> Wish:
    """Where a new dataset starts.

    `private` is None when nothing was said about it. `trusted` are harvesters and system administrators: what they
    bring is published at once unless they say otherwise. Others write a draft unless they ask for more.
    """
    wanted = stage or (PUBLISHED if private is False or (trusted and private is None) else DRAFT)
    if trusted or wanted == DRAFT or (wanted == PUBLISHED and may_publish):
        return Wish(wanted)
    return Wish(DRAFT, "review_state" if stage else "private")


def wish_on_update(now: str, *, stage: str | None, private: bool | None, may_publish: bool, trusted: bool) -> Wish:
    """Where an edited dataset stands. Saving never moves it, unless that was asked for and is allowed."""
    if stage and stage != now:
        return Wish(stage) if trusted else Wish(now, "review_state")
    if private is None or private == (now != PUBLISHED):
        return Wish(now)
    if not (trusted or may_publish):
        return Wish(now, "private")
    return Wish(DRAFT if private else PUBLISHED)


def untranslated(dataset: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yields (field, language) for each text that lacks a language without which nothing is published.

    The title is needed always; any other text, also of a resource, is needed in both languages once it stands in one.
    Tags count as a text. Values may be dicts, JSON strings or the subfields of a form (`title_translated-kk`).
    """
    for field in _ALWAYS:
        for language in languages.missing_languages(translations(dataset, field)):
            yield field, language
    records = [dataset, *(item for item in dataset.get("resources") or () if isinstance(item, Mapping))]
    for record in records:
        names = {str(name).partition("-")[0] for name in record if "_translated" in str(name)}
        for field in sorted(names.difference(_ALWAYS if record is dataset else ())):
            texts = translations(record, field)
            missing = languages.missing_languages(texts)
            if any(text for text in texts.values()) and missing:
                yield from ((field, language) for language in missing)


def translations(record: Mapping[str, Any], field: str) -> dict[str, str]:
    """The texts of a translated field by language, from any of the forms in which it travels."""
    value = record.get(field)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = None
    if not isinstance(value, Mapping):
        value = {language: record.get(f"{field}-{language}") for language in languages.LANGUAGES}
    return {
        str(language): " ".join(map(str, text)) if isinstance(text, list | tuple) else str(text or "").strip()
        for language, text in value.items()
    }
