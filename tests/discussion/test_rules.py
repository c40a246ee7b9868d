"""Who may say what, when; pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from ckanext.opengov_kz.discussion import rules
from ckanext.opengov_kz.discussion.rules import Settings, Subject

pytestmark = pytest.mark.fast

SUBJECT = Subject("memo", "1", {"ru": "О школах"}, "/about", "body")
NOW = dt.datetime(2026, 2, 2, 12, 0)  # noqa: DTZ001 - as it is stored


@pytest.mark.parametrize(
    ("change", "settings", "kind", "depth", "identity", "barred", "code"),
    [
        ({}, Settings(), "opinion", 0, "email", None, None),
        ({"is_open": False}, Settings(), "opinion", 0, "verified", None, "closed"),
        ({}, Settings(), "opinion", 0, "email", NOW, "barred"),
        ({}, Settings(comment_identity="verified"), "opinion", 0, "email", None, "identity"),
        ({}, Settings(comment_identity="verified"), "opinion", 0, "verified", None, None),
        ({}, Settings(kinds=("remark",)), "proposal", 0, "email", None, "kind"),
        ({}, Settings(), "opinion", 2, "email", None, None),
        ({}, Settings(), "opinion", 3, "email", None, "depth"),
    ],
)
def test_why_a_comment_is_refused(
    change: dict[str, bool],
    settings: Settings,
    kind: str,
    depth: int,
    identity: str,
    barred: dt.datetime | None,
    code: str | None,
) -> None:
    assert rules.comment_refusal(replace(SUBJECT, **change), settings, kind, depth, identity, barred) == code


def test_nobody_votes_for_themselves_nor_for_what_is_hidden_nor_after_the_end() -> None:
    settings = Settings()
    assert rules.vote_refusal(SUBJECT, settings, "email", is_own=False, state="visible") is None
    assert rules.vote_refusal(SUBJECT, settings, "email", is_own=True, state="visible") == "own"
    assert rules.vote_refusal(SUBJECT, settings, "email", is_own=False, state="hidden") == "state"
    closed = replace(SUBJECT, is_open=False)
    assert rules.vote_refusal(closed, settings, "email", is_own=False, state="visible") == "closed"
    strict = Settings(vote_identity="verified")
    assert rules.vote_refusal(SUBJECT, strict, "email", is_own=False, state="visible") == "identity"


def test_words_may_be_changed_for_a_while_and_not_after_an_answer() -> None:
    said = NOW - dt.timedelta(minutes=14)
    assert rules.edit_refusal("visible", said, NOW, 15, is_answered=False) is None
    assert rules.edit_refusal("visible", said, NOW, 10, is_answered=False) == "late"
    assert rules.edit_refusal("visible", said, NOW, 15, is_answered=True) == "answered"
    assert rules.edit_refusal("withdrawn", said, NOW, 15, is_answered=False) == "state"


def test_words_are_taken_back_until_they_are_answered() -> None:
    assert rules.withdraw_refusal("visible", is_answered=False) is None
    assert rules.withdraw_refusal("waiting", is_answered=False) is None
    assert rules.withdraw_refusal("visible", is_answered=True) == "kept"
    assert rules.withdraw_refusal("hidden", is_answered=False) == "state"


def test_a_reply_is_to_the_words_that_stood_when_it_was_drafted() -> None:
    assert not rules.was_changed_since(None, NOW)
    assert not rules.was_changed_since(NOW - dt.timedelta(minutes=1), NOW)
    assert rules.was_changed_since(NOW + dt.timedelta(minutes=1), NOW)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Мектепке жол керек", None),
        ("  … ", "empty"),
        ("", "empty"),
        ("ә" * 101, "long"),
        ("https://a.kz http://b.kz", None),
        ("https://a.kz http://b.kz www.c.kz", "links"),
    ],
)
def test_what_is_wrong_with_words(text: str, problem: str | None) -> None:
    assert rules.text_problem(text, 100, 2) == problem


def test_the_same_words_are_the_same_however_they_are_written() -> None:
    assert rules.plain("Жол   КЕРЕК!!!") == rules.plain("жол керек")
    assert rules.plain("жол керек") != rules.plain("жол керек емес")


def test_signs_that_nobody_sees_are_taken_out() -> None:
    assert rules.cleaned("а\u202eб\r\nв\u200b \n\n") == "аб\nв"


@pytest.mark.parametrize(
    ("outcome", "text", "reason", "problem"),
    [
        ("accepted", "Иә", "", None),
        ("answered", "Иә", "", None),
        ("rejected", "Жоқ", "", "reason"),
        ("partly", "Жартылай", " ", "reason"),
        ("rejected", "Жоқ", "Заңға қайшы", None),
        ("", "Иә", "", "outcome"),
        ("accepted", " ", "", "text"),
    ],
)
def test_what_an_official_reply_needs(outcome: str, text: str, reason: str, problem: str | None) -> None:
    assert rules.outcome_problem(outcome, text, reason) == problem


def test_how_a_term_stands() -> None:
    today = dt.date(2026, 2, 2)
    yesterday, tomorrow = today - dt.timedelta(days=1), today + dt.timedelta(days=1)
    assert rules.term(None, None, today) == "none"
    assert [rules.term(due, None, today) for due in (yesterday, today, tomorrow)] == ["overdue", "today", "open"]
    assert rules.term(yesterday, yesterday, today) == "in_time"
    assert rules.term(yesterday, today, today) == "late"


def test_a_comment_is_hidden_under_a_published_rule_with_a_note_alone() -> None:
    assert rules.may_hide("insult", "Қорлау") is None
    assert rules.may_hide("insult", " ") == "note"
    assert rules.may_hide("criticism", "Сын") == "rule"
    assert not {"sex", "religion", "politics", "criticism"} & set(rules.HIDING_RULES)


def test_shares() -> None:
    assert rules.share(1, 3) == 0.333
    assert rules.share(0, 0) is None
