"""Words of draft acts in the reader's language: stages, steps, kinds of parts, refusals, what is odd in a text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from ckan.plugins import toolkit

from ckanext.opengov_kz.catalogue.display import choice_label

from .problem_words import npa_docx_refusal, npa_problem

__all__ = [
    "npa_breach",
    "npa_conclusion_kind",
    "npa_conclusion_outcome",
    "npa_docx_refusal",
    "npa_kind",
    "npa_part_kind",
    "npa_problem",
    "npa_refusal",
    "npa_stage",
    "npa_state",
    "npa_step",
]


def npa_stage(stage: str) -> str:
    """Where an act stands."""
    return {
        "draft": toolkit._("being written"),
        "discussion": toolkit._("under public discussion"),
        "consideration": toolkit._("under consideration"),
        "report": toolkit._("report published"),
        "adopted": toolkit._("adopted"),
        "withdrawn": toolkit._("withdrawn"),
        "archive": toolkit._("in the archive"),
    }.get(stage, stage)


def npa_kind(kind: str) -> str:
    """A kind of act, as its passport names it."""
    schema = toolkit.h.scheming_get_dataset_schema("npa")
    field = toolkit.h.scheming_field_by_name(schema["dataset_fields"], "kind")
    return choice_label(field["choices"], kind)


def numerals(day: dt.date | str) -> str:
    """A day, also as ISO 8601 has it, as documents write it in both languages: 21.12.2026."""
    value = dt.date.fromisoformat(day) if isinstance(day, str) else day
    return value.strftime("%d.%m.%Y")


def _days(details: Mapping[str, str]) -> dict[str, str]:
    return {name: numerals(details[name]) for name in ("old", "new")}


def npa_step(step: Mapping[str, Any]) -> str:
    """What was done to an act."""
    details = step["details"]
    known = {
        "discussion": toolkit._("Published for discussion"),
        "consideration": toolkit._("Discussion over, comments are considered"),
        "report": toolkit._("Report on the discussion published"),
        "adopted": toolkit._("Adopted"),
        "withdrawn": toolkit._("Withdrawn"),
        "archive": toolkit._("Moved to the archive"),
        "sent": toolkit._("Sent to other bodies for agreement"),
        "imported": toolkit._("Taken over from an archive"),
    }
    if step["what"] == "version":
        return toolkit._("Version {number} published").format(number=details["version"])
    if step["what"] == "extended":
        return toolkit._("Discussion extended from {old} to {new}").format(**_days(details))
    if step["what"] == "calendar":
        said = toolkit._("The calendar of working days changed: the last day moved from {old} to {new}")
        return said.format(**_days(details))
    return known.get(step["what"]) or str(step["what"])


def npa_refusal(code: str) -> str:
    """Why an act may not go on so; the codes stand in `rules.py`."""
    return {
        "order": toolkit._("The act cannot go from the stage it is in to this one."),
        "text": toolkit._("There is no text yet. Add it in Kazakh and in Russian."),
        "early": toolkit._("The discussion is open until the end of its last day. It is never closed earlier."),
        "unanswered": toolkit._("Some comments have no official reply. Answer them, or say in the report why not."),
        "report": toolkit._("An act is adopted only after a finished discussion with a published report."),
        "reason": toolkit._("Say why: everybody sees the reason."),
        "stage": toolkit._("The discussion is not open."),
        "shorter": toolkit._("A discussion can only be made longer."),
        "long": toolkit._("A discussion is made longer by a year at most. Check the day."),
        "unpublished": toolkit._("The draft has to be published before it is sent for agreement."),
        "future": toolkit._("This day is still to come."),
        "sent_early": toolkit._(
            "The draft was published later than this day. It may not be sent for agreement earlier."
        ),
        "languages": toolkit._("The text is wanted in Kazakh and in Russian."),
        "no_preview": toolkit._("There is no text to publish. Add a file first."),
    }[code]


def npa_breach(code: str) -> str:
    """What an act from an archive broke."""
    return {
        "sent_before_publication": toolkit._("Sent for agreement before it was published"),
        "adopted_without_discussion": toolkit._("Adopted without a public discussion"),
        "adopted_before_closing": toolkit._("Adopted before the discussion was over"),
        "adopted_without_report": toolkit._("Adopted without a report on the discussion"),
    }.get(code, code)


def npa_conclusion_kind(kind: str) -> str:
    """Who gives a conclusion."""
    return {
        "public_council": toolkit._("Public or expert council"),
        "business_chamber": toolkit._("Chamber of entrepreneurs"),
        "non_profit": toolkit._("Non-profit organisations"),
        "anti_corruption": toolkit._("Anti-corruption expertise"),
        "scientific_legal": toolkit._("Scientific legal expertise"),
        "scientific_economic": toolkit._("Scientific economic expertise"),
    }.get(kind, kind)


def npa_conclusion_outcome(outcome: str) -> str:
    """What a conclusion comes to."""
    return {
        "approves": toolkit._("approves"),
        "approves_with_remarks": toolkit._("approves with remarks"),
        "objects": toolkit._("objects"),
    }.get(outcome, outcome)


def npa_part_kind(kind: str) -> str:
    """What a part of a text is."""
    return {
        "annex": toolkit._("annex"),
        "section": toolkit._("section"),
        "subsection": toolkit._("subsection"),
        "chapter": toolkit._("chapter"),
        "subchapter": toolkit._("paragraph of a chapter"),
        "article": toolkit._("article"),
        "item": toolkit._("item"),
        "subitem": toolkit._("sub-item"),
        "paragraph": toolkit._("indentation"),
        "preamble": toolkit._("preamble"),
        "table": toolkit._("table"),
    }.get(kind, kind)


def npa_state(state: str) -> str:
    """What became of a part between two versions."""
    return {
        "same": toolkit._("unchanged"),
        "edited": toolkit._("edited"),
        "moved": toolkit._("moved"),
        "added": toolkit._("added"),
        "removed": toolkit._("removed"),
    }.get(state, state)
