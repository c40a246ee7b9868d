"""An act from its draft to its archive: who sees it, what may be done when, what is refused and in which words."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from ckan.plugins import toolkit

from ckanext.opengov_kz.worktime import days
from tests.npa.conftest import PARTS, Office


def refused(office: Office, action: str, field: str, **data: object) -> str:
    """What an officer is told, of which field."""
    with pytest.raises(toolkit.ValidationError) as told:
        office.act(office.officer, action, **data)
    told_of: Any = told.value.error_dict[field]
    return " ".join(told_of)


def test_a_draft_is_seen_by_its_body_alone_until_it_is_published(office: Office) -> None:
    name = office.draft()
    with pytest.raises(toolkit.NotAuthorized):
        office.act("", "package_show", id=name)
    assert office.act(office.officer, "package_show", id=name)["private"]
    office.act(office.officer, "npa_act_publish", id=name)
    assert not office.act("", "package_show", id=name)["private"]


def test_the_last_day_is_so_many_working_days_after_publication(office: Office) -> None:
    name = office.published()
    act, today = office.act("", "npa_act_show", id=name), days.today()
    assert act["published"] == today.isoformat()
    closes = dt.date.fromisoformat(act["closes"])
    assert days.current().working_days_between(today, closes) == 15
    assert days.current().is_working(closes)
    assert (act["stage"], act["is_open"], act["term_days"]) == ("discussion", True, 15)


def test_a_passport_cannot_make_a_draft_public_nor_a_published_one_private(office: Office) -> None:
    name = office.draft()
    office.act(office.sysadmin, "package_patch", id=name, private=False)
    assert office.act(office.officer, "package_show", id=name)["private"]
    office.act(office.officer, "npa_act_publish", id=name)
    office.act(office.sysadmin, "package_patch", id=name, private=True)
    assert not office.act("", "package_show", id=name)["private"]


def test_the_term_is_that_of_the_kind_and_may_be_longer_never_shorter(office: Office) -> None:
    for number, (kind, wished, days_) in enumerate(
        [("service_standard", "", 10), ("order", "20", 20), ("order", "3", 15), ("service_standard", "12", 12)]
    ):
        name = office.published(name=f"act-{number}", kind=kind, discussion_days=wished)
        assert office.act("", "npa_act_show", id=name)["term_days"] == days_


def test_without_a_text_in_both_languages_nothing_is_published(office: Office) -> None:
    name = office.act(
        office.officer, "package_create", type="npa", name="bare", owner_org=office.body, kind="order",
        title_translated={"kk": "Бос", "ru": "Пустой"}, notes_translated={"kk": "Бос", "ru": "Пусто"},
    )["name"]  # fmt: skip
    assert "no text yet" in refused(office, "npa_act_publish", "stage", id=name)
    office.preview(name, {"kk": PARTS["kk"]})
    assert "in Kazakh and in Russian" in refused(office, "npa_act_publish", "text", id=name)
    assert office.act(office.officer, "package_show", id=name)["private"]


def test_every_step_in_its_order_each_with_its_day(office: Office) -> None:
    name, today = office.published(), days.today().isoformat()
    said = office.say(office.citizens[0], name, "Форма не нужна.", "article-3")
    assert "never closed earlier" in refused(office, "npa_act_move", "stage", id=name, stage="consideration")
    assert "finished discussion" in refused(office, "npa_act_move", "stage", id=name, stage="adopted")
    office.over(name)
    office.act(office.officer, "npa_act_move", id=name, stage="consideration")
    assert "no official reply" in refused(office, "npa_report_publish", "stage", id=name)
    office.answer(said["id"])
    office.act(office.officer, "npa_report_publish", id=name)
    office.act(office.officer, "npa_act_move", id=name, stage="adopted")
    act = office.act(office.officer, "npa_act_move", id=name, stage="archive")
    assert {act[day] for day in ("considered", "reported", "adopted", "archived")} == {today}
    steps = [step["what"] for step in office.act("", "npa_act_show", id=name)["steps"]]
    assert steps == ["discussion", "version", "consideration", "report", "adopted", "archive"]
    for stage in ("consideration", "adopted", "withdrawn"):
        assert "cannot go" in refused(office, "npa_act_move", "stage", id=name, stage=stage)


def test_a_withdrawal_says_why(office: Office) -> None:
    name = office.published()
    assert "Say why" in refused(office, "npa_act_move", "reason", id=name, stage="withdrawn")
    office.act(office.officer, "npa_act_move", id=name, stage="withdrawn", reason="Заменен другим проектом")
    shown = office.act("", "npa_act_show", id=name)
    assert (shown["stage"], shown["steps"][-1]["reason"]) == ("withdrawn", "Заменен другим проектом")
    with pytest.raises(toolkit.ValidationError, match="withdrawn"):
        office.say(office.citizens[0], name, "Мен қарсымын")


def test_a_discussion_is_made_longer_with_a_reason_and_never_shorter(office: Office) -> None:
    name = office.published()
    closes = dt.date.fromisoformat(office.act("", "npa_act_show", id=name)["closes"])
    earlier, later = closes - dt.timedelta(days=1), closes + dt.timedelta(days=14)
    assert "only be made longer" in refused(
        office, "npa_act_extend", "closes", id=name, closes=str(earlier), reason="—"
    )
    assert "Say why" in refused(office, "npa_act_extend", "reason", id=name, closes=str(later))
    assert "2026-11-27" in refused(office, "npa_act_extend", "closes", id=name, closes="завтра", reason="—")
    office.act(office.officer, "npa_act_extend", id=name, closes=str(later), reason="Көп пікір түсті")
    shown = office.act("", "npa_act_show", id=name)
    assert dt.date.fromisoformat(shown["closes"]) >= later
    assert days.current().is_working(dt.date.fromisoformat(shown["closes"]))
    assert shown["steps"][-1]["reason"] == "Көп пікір түсті"


def test_a_last_day_that_falls_on_a_holiday_is_moved_to_the_next_working_day(office: Office) -> None:
    name = office.published()
    # Independence Day, a Thursday.
    office.act(office.officer, "npa_act_extend", id=name, closes="2027-12-16", reason="—")
    assert office.act("", "npa_act_show", id=name)["closes"] == "2027-12-17"


def test_sending_for_agreement_is_recorded_not_before_publication_and_not_in_advance(office: Office) -> None:
    name, today = office.draft(), days.today()
    assert "has to be published before" in refused(office, "npa_act_send", "day", id=name, day=str(today))
    office.act(office.officer, "npa_act_publish", id=name)
    before, after = today - dt.timedelta(days=1), today + dt.timedelta(days=1)
    assert "may not be sent" in refused(office, "npa_act_send", "day", id=name, day=str(before))
    assert "still to come" in refused(office, "npa_act_send", "day", id=name, day=str(after))
    office.act(office.officer, "npa_act_send", id=name, day=str(today))
    assert office.act("", "npa_act_show", id=name)["sent_for_agreement"] == str(today)


def test_a_changed_calendar_moves_the_last_day_and_the_act_says_so(office: Office) -> None:
    name = office.published()
    before = dt.date.fromisoformat(office.act("", "npa_act_show", id=name)["closes"])
    office.act(
        office.sysadmin, "worktime_override_set", day=str(before), works=False,
        reason_kk="Демалыс көшірілді", reason_ru="Перенос выходного",
    )  # fmt: skip
    shown = office.act("", "npa_act_show", id=name)
    assert dt.date.fromisoformat(shown["closes"]) == days.current().next_working_day(before + dt.timedelta(days=1))
    assert shown["steps"][-1]["details"] == {"old": str(before), "new": shown["closes"], "day": str(before)}


def test_the_kind_stays_once_the_discussion_has_begun(office: Office) -> None:
    name = office.published()
    with pytest.raises(toolkit.ValidationError, match="stays once"):
        office.act(office.sysadmin, "package_patch", id=name, kind="bill")
