"""Who may say what, when, and what the discussion counts. Pure: "now" and "today" are passed in."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["remark", "proposal", "opinion"]
Outcome = Literal["accepted", "partly", "rejected", "answered"]
Sort = Literal["new", "old", "supported", "unanswered"]

KINDS: tuple[Kind, ...] = ("remark", "proposal", "opinion")
OUTCOMES: tuple[Outcome, ...] = ("accepted", "partly", "rejected", "answered")
SORTS: tuple[Sort, ...] = ("new", "old", "supported", "unanswered")
#: A comment is open to all, waits for a moderator, is hidden by one, or was taken back by its author.
VISIBLE, WAITING, HIDDEN, WITHDRAWN = "visible", "waiting", "hidden", "withdrawn"
#: The published rules under which a comment may be hidden. None turns on sex, religion, politics or on criticism.
HIDING_RULES = ("personal_data", "insult", "threat", "advertising", "off_topic", "repetition", "unlawful")
#: A comment, a reply to it, and a reply to that.
DEEPEST = 2
#: Levels of identity, from the weakest: an address that was confirmed, a person whom an identity provider knows.
IDENTITIES = ("email", "verified")
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_NOT_A_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Settings:
    """How a kind of subject is discussed; whoever owns the kind says so.

    `answer_days`: working days in which a comment is to be answered; None where no term is set.
    """

    kinds: tuple[Kind, ...] = KINDS
    premoderated: bool = False
    comment_identity: str = "email"
    vote_identity: str = "email"
    answer_days: int | None = None


@dataclass(frozen=True)
class Subject:
    """What is discussed: a thread of its own. `title` by language, `url` without the language's prefix.

    - `owner_id`: the body (organisation) that answers;
    - `is_public`: whether everybody sees it; the others are for the people of the body;
    - `is_open`, `closed_reason`: whether comments are taken now, else why not (a sentence in the reader's language);
    - `version`: which version of the subject a comment of today is about.
    """

    subject_type: str
    subject_id: str
    title: Mapping[str, str]
    url: str
    owner_id: str
    is_public: bool = True
    is_open: bool = True
    closed_reason: str = ""
    version: str = ""


@dataclass(frozen=True)
class SubjectPart:
    """A lasting part of a subject: what it is called and says, by language, and where it stands."""

    part_id: str
    label: Mapping[str, str]
    url: str
    wording: Mapping[str, str] = field(default_factory=dict)


def comment_refusal(
    subject: Subject, settings: Settings, kind: str, depth: int, identity: str, barred_until: dt.datetime | None
) -> str | None:
    """Why a person may not say this here now: a code, or None."""
    if not subject.is_open:
        return "closed"
    if barred_until is not None:
        return "barred"
    if not reaches(identity, settings.comment_identity):
        return "identity"
    if kind not in settings.kinds:
        return "kind"
    return "depth" if depth > DEEPEST else None


def vote_refusal(subject: Subject, settings: Settings, identity: str, *, is_own: bool, state: str) -> str | None:
    """Why a person may not vote here now: a code, or None. Nobody votes for what they said themselves."""
    if not subject.is_open:
        return "closed"
    if state != VISIBLE:
        return "state"
    if is_own:
        return "own"
    return None if reaches(identity, settings.vote_identity) else "identity"


def reaches(identity: str, needed: str) -> bool:
    """Whether a level of identity is as strong as the one that is needed; an unknown one is the weakest."""
    ranks = {level: rank for rank, level in enumerate(IDENTITIES)}
    return ranks.get(identity, 0) >= ranks.get(needed, len(ranks))


def edit_refusal(state: str, created: dt.datetime, now: dt.datetime, minutes: int, *, is_answered: bool) -> str | None:
    """Why the author may not change the words any more: a code, or None.

    What was answered stays as it was answered: a reply must not come to stand under other words.
    """
    if state not in {VISIBLE, WAITING}:
        return "state"
    if is_answered:
        return "answered"
    return "late" if now - created > dt.timedelta(minutes=minutes) else None


def withdraw_refusal(state: str, *, is_answered: bool) -> str | None:
    """Why the author may not take the words back any more: a code, or None.

    An official reply and what it answers stay readable together: without the words nobody could judge the reply.
    """
    if state not in {VISIBLE, WAITING}:
        return "state"
    return "kept" if is_answered else None


def text_problem(text: str, longest: int, most_links: int) -> str | None:
    """What is wrong with the words of a comment: a code, or None."""
    if len(plain(text)) < 2:  # noqa: PLR2004 - one letter or a row of dots says nothing
        return "empty"
    if len(text) > longest:
        return "long"
    return "links" if len(_LINK.findall(text)) > most_links else None


def plain(text: str) -> str:
    """The words alone in small letters: two comments with the same are one said twice."""
    return _NOT_A_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def cleaned(text: str) -> str:
    """The words as they are kept: no signs that cannot be seen, lines ended by one sign, no blank lines at the ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = ("".join(sign for sign in line if sign == "\t" or unicodedata.category(sign)[0] != "C") for line in lines)
    return "\n".join(line.rstrip() for line in kept).strip()


def outcome_problem(outcome: str, text: str, reason: str) -> str | None:
    """What is wrong with an official reply: a code, or None. A rejection needs its reason."""
    if outcome not in OUTCOMES:
        return "outcome"
    if not text.strip():
        return "text"
    return "reason" if outcome in {"rejected", "partly"} and not reason.strip() else None


def was_changed_since(edited: dt.datetime | None, drafted: dt.datetime) -> bool:
    """Whether a comment says something else than when its reply was drafted: the reply may not fit it any more."""
    return edited is not None and edited > drafted


def term(due: dt.date | None, answered: dt.date | None, today: dt.date) -> str:
    """How the term of a reply stands: `none`, `in_time`, `late`, `overdue`, `today` or `open`."""
    if due is None:
        return "none"
    if answered is not None:
        return "in_time" if answered <= due else "late"
    if due < today:
        return "overdue"
    return "today" if due == today else "open"


def share(part: int, whole: int) -> float | None:
    """A share from 0 to 1, rounded to thousandths; None of nothing."""
    return round(part / whole, 3) if whole else None


def may_hide(rule: str, note: str, rules: Collection[str] = HIDING_RULES) -> str | None:
    """Why a comment may not be hidden so: a code, or None. The note is public and says what was wrong."""
    if rule not in rules:
        return "rule"
    return None if note.strip() else "note"
