"""The portal's calendar: seen by everybody, changed by administrators, and followed by open terms."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from ckan.plugins import toolkit
from ckan.tests import factories, helpers

from ckanext.opengov_kz.discussion.model import Comment, Trail
from ckanext.opengov_kz.discussion.rules import Settings
from tests.discussion.conftest import PASSWORD, Forum, MemoPlugin, forum, memo_plugin  # noqa: F401 - fixtures
from tests.visitor import Visitor

pytestmark = pytest.mark.usefixtures("clean_db", "with_plugins")
REASON = {"reason_kk": "Үкімет қаулысы", "reason_ru": "Постановление Правительства"}


def act(user: str, action: str, **data: Any) -> Any:
    return helpers.call_action(action, {"user": user, "ignore_auth": False}, **data)


def last(received: str, days: int) -> str:
    return act("", "worktime_term_show", received=received, days=days)["last"]


def test_an_administrator_moves_a_day_and_terms_are_counted_by_it() -> None:
    administrator = factories.Sysadmin()["name"]
    assert last("2026-02-05", 2) == "2026-02-09"
    act(administrator, "worktime_override_set", day="2026-02-07", works=True, **REASON)
    assert last("2026-02-05", 2) == "2026-02-07"
    year = act("", "worktime_calendar_show", year=2026)
    day = next(one for one in year["days"] if one["day"] == "2026-02-07")
    assert (day["works"], day["why"]) == (True, "made_working")
    assert [one["reason"]["ru"] for one in year["overrides"]] == ["Постановление Правительства"]
    act(administrator, "worktime_override_remove", day="2026-02-07")
    assert last("2026-02-05", 2) == "2026-02-09"
    told = act(administrator, "worktime_change_list")
    assert [(one["day"], one["works"], one["who"]) for one in told] == [
        ("2026-02-07", None, administrator),
        ("2026-02-07", True, administrator),
    ]


def test_who_may_do_what() -> None:
    citizen, administrator = factories.User()["name"], factories.Sysadmin()["name"]
    table = {
        "worktime_calendar_show": "Y Y Y",
        "worktime_term_show": "Y Y Y",
        "worktime_change_list": "– – Y",
        "worktime_override_set": "– – Y",
        "worktime_override_remove": "– – Y",
    }
    for action, row in table.items():
        for person, wanted in zip(("", citizen, administrator), row.split(), strict=True):
            try:
                toolkit.check_access(action, {"user": person}, {})
                found = "Y"
            except toolkit.NotAuthorized:
                found = "–"
            assert found == wanted, (action, person)


@pytest.mark.parametrize(
    ("action", "data", "field"),
    [
        ("worktime_term_show", {"received": "31.01.2026", "days": 5}, "received"),
        ("worktime_term_show", {"received": "2026-01-31", "days": 0}, "days"),
        ("worktime_term_show", {"received": "2026-01-31", "days": "many"}, "days"),
        ("worktime_calendar_show", {"year": 99999}, "year"),
        ("worktime_override_set", {"day": "2026-02-30", "works": True, **REASON}, "day"),
        ("worktime_override_set", {"day": "2026-02-07", "works": True}, "reason_kk"),
    ],
)
def test_what_makes_no_sense_is_refused(action: str, data: dict[str, Any], field: str) -> None:
    with pytest.raises(toolkit.ValidationError) as refused:
        act(factories.Sysadmin()["name"], action, **data)
    assert field in refused.value.error_dict


def test_open_terms_follow_a_changed_calendar_and_say_so(forum: Forum) -> None:  # noqa: F811
    MemoPlugin.settings = Settings(answer_days=1)
    administrator = factories.Sysadmin()["name"]
    waits, answered = (forum.say(forum.citizens[0], text) for text in ("Қашан?", "Рақмет"))
    forum.answer(answered["id"], outcome="answered")
    due = dt.date.fromisoformat(waits["due"])
    act(administrator, "worktime_override_set", day=due.isoformat(), works=False, **REASON)
    shown = {one["id"]: one["due"] for one in forum.thread()["comments"]}
    assert shown[waits["id"]] > waits["due"]
    assert shown[answered["id"]] == answered["due"]
    trail = forum.act(forum.moderator, "discussion_moderation_trail", id=waits["id"])
    assert [entry["note"] for entry in trail] == [f"{waits['due']} → {shown[waits['id']]}"]
    assert Comment.__tablename__ != Trail.__tablename__


def test_the_page_shows_a_year_and_counts_a_term(app: Any) -> None:
    page = app.get("/ru/calendar?year=2026&received=2026-03-18&days=3").body
    assert "Последний день: четверг, 26 марта 2026" in page
    assert "Наурыз мейрамы (перенос)" in page
    assert "«yesterday» — не дата" in app.get("/ru/calendar?received=yesterday&days=3").body
    assert app.get("/kk/calendar?year=nonsense").status_code == 200


def test_the_administrators_page(app: Any) -> None:
    factories.Sysadmin(name="the-administrator", password=PASSWORD)
    factories.User(name="a-citizen", password=PASSWORD)
    citizen, administrator = Visitor(app), Visitor(app)
    citizen.sign_in("a-citizen", PASSWORD)
    administrator.sign_in("the-administrator", PASSWORD)
    assert citizen.get("/ru/ckan-admin/calendar").status_code == 403
    sent = administrator.send("/ru/ckan-admin/calendar", day="2026-02-07", works="true", **REASON)
    assert sent.status_code == 302
    assert "Постановление Правительства" in administrator.get(sent.headers["Location"]).get_data(as_text=True)
    assert administrator.send("/ru/ckan-admin/calendar", day="", works="true").status_code == 400
