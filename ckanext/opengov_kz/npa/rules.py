"""The way of a draft act, and what may come after what. Pure: "today" and the calendar are passed in.

draft → discussion → consideration → report → adopted | withdrawn → archive

A draft is published for discussion before it is sent to other bodies for agreement, stays open for so many working
days, is then considered, and adopted only with a published report on what was said: Law of the Republic of Kazakhstan
"On Legal Acts" of 6 April 2016 (No. 480-V); check the law in force before relying on a term of the configuration.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ckanext.opengov_kz.shared.calendar import WorkCalendar

Stage = Literal["draft", "discussion", "consideration", "report", "adopted", "withdrawn", "archive"]
#: Who gives conclusions beside what citizens say.
ConclusionKind = Literal[
    "public_council", "business_chamber", "non_profit", "anti_corruption", "scientific_legal", "scientific_economic",
]  # fmt: skip
ConclusionOutcome = Literal["approves", "approves_with_remarks", "objects"]
Kind = Literal[
    "bill_concept", "bill", "decree", "resolution", "order", "service_standard", "maslikhat_decision",
    "akimat_resolution", "body_decision",
]  # fmt: skip

STAGES: tuple[Stage, ...] = ("draft", "discussion", "consideration", "report", "adopted", "withdrawn", "archive")
KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]
CONCLUSION_KINDS: tuple[ConclusionKind, ...] = ConclusionKind.__args__  # type: ignore[attr-defined]
CONCLUSION_OUTCOMES: tuple[ConclusionOutcome, ...] = ConclusionOutcome.__args__  # type: ignore[attr-defined]
#: What may come after what. A published draft may be withdrawn until it is adopted, and comes back by no way; one that
#: was never published is nobody's concern yet, and is simply deleted.
_NEXT: Mapping[Stage, tuple[Stage, ...]] = {
    "draft": ("discussion",),
    "discussion": ("consideration", "withdrawn"),
    "consideration": ("report", "withdrawn"),
    "report": ("adopted", "withdrawn"),
    "adopted": ("archive",),
    "withdrawn": ("archive",),
    "archive": (),
}
#: How much longer a discussion is made at once.
_LONGEST_EXTENSION = dt.timedelta(days=366)
#: Stages that nobody leaves without saying why.
_NEEDS_REASON = frozenset({"withdrawn"})


@dataclass(frozen=True)
class Act:
    """What the rules have to know of an act. Days are Kazakhstan's; one that has not come is None.

    `unanswered`: comments of the first level without an official reply; `unanswered_reason`: why the report may stand
    without them.
    """

    stage: Stage
    published: dt.date | None = None
    closes: dt.date | None = None
    sent_for_agreement: dt.date | None = None
    reported: dt.date | None = None
    adopted: dt.date | None = None
    has_text: bool = False
    unanswered: int = 0
    unanswered_reason: str = ""


def next_stages(stage: Stage) -> tuple[Stage, ...]:
    """Where an act may go from a stage, its own discussion's end not asked."""
    return _NEXT[stage]


def refusal(act: Act, target: Stage, today: dt.date, reason: str = "") -> str | None:
    """Why an act may not come to a stage today: a code, or None.

    `order` (not after the stage it is in), `text` (no text to be discussed), `early` (the discussion is still open, or
    has no last day: it is never closed before it), `unanswered` (comments without a reply, and no reason stated),
    `report` (adopted without a finished discussion and its report), `reason` (withdrawn without one).
    """
    if target == "report" and is_open(act, today):
        return "early"
    if target not in _NEXT[act.stage]:
        return "report" if target == "adopted" and act.stage in {"draft", "discussion", "consideration"} else "order"
    if target == "discussion" and not act.has_text:
        return "text"
    if target in {"consideration", "report", "adopted"} and (act.closes is None or today <= act.closes):
        return "early"
    if target == "report" and act.unanswered and not act.unanswered_reason.strip():
        return "unanswered"
    if target == "adopted" and (act.published is None or act.reported is None):
        return "report"
    return "reason" if target in _NEEDS_REASON and not reason.strip() else None


def term(kind: str, by_kind: Mapping[str, int], general: int, wished: int | None = None) -> int:
    """How many working days the discussion of a kind of act takes: its own term, or longer where it is wished."""
    return max(by_kind.get(kind, general), wished or 0)


def closing_day(published: dt.date, working_days: int, calendar: WorkCalendar) -> dt.date:
    """The last day of a discussion of so many working days, counted from the day after publication."""
    return calendar.add_working_days(published, working_days)


def is_open(act: Act, today: dt.date) -> bool:
    """Whether comments are taken: from publication to the end of the last day."""
    return act.stage == "discussion" and act.closes is not None and today <= act.closes


def days_left(act: Act, today: dt.date) -> int | None:
    """How many days, today among them, comments are still taken; None where they are not."""
    return (act.closes - today).days + 1 if act.closes and is_open(act, today) else None


def extension_refusal(act: Act, closes: dt.date, today: dt.date, reason: str) -> str | None:
    """Why a discussion may not be made longer so.

    `stage` (not open), `shorter` (never), `long` (more than a year at once: a slip of the pen could not be taken back),
    `reason` (none given).
    """
    if not is_open(act, today):
        return "stage"
    if act.closes is None or closes <= act.closes:
        return "shorter"
    if closes > act.closes + _LONGEST_EXTENSION:
        return "long"
    return None if reason.strip() else "reason"


def sending_refusal(act: Act, day: dt.date, today: dt.date) -> str | None:
    """Why an act cannot have been sent for agreement on a day: `unpublished`, `early` (before that) or `future`."""
    if act.published is None:
        return "unpublished"
    if day < act.published:
        return "early"
    return "future" if day > today else None


def breaches(act: Act) -> list[str]:
    """What an act that comes from an archive breaks; such a one is kept, and the breach is told.

    `sent_before_publication`, `adopted_without_discussion`, `adopted_before_closing`, `adopted_without_report`.
    """
    found = []
    if act.sent_for_agreement and (act.published is None or act.sent_for_agreement < act.published):
        found.append("sent_before_publication")
    if act.adopted is None:
        return found
    if act.published is None:
        found.append("adopted_without_discussion")
    elif act.closes and act.adopted <= act.closes:
        found.append("adopted_before_closing")
    if act.reported is None or act.reported > act.adopted:
        found.append("adopted_without_report")
    return found
