"""What stands around an act: the report, conclusions under verified roles, followers and notices, indicators, lists."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any

import docx as word
import pytest
from ckan.plugins import toolkit

from ckanext.opengov_kz.npa import reminding, viewing
from tests.mail import Mailbox
from tests.npa.conftest import PARTS_2, Office


def finished(office: Office) -> str:
    """An act whose discussion is over, with three comments, one of them unanswered."""
    name = office.published()
    first, second, third = office.citizens
    one = office.say(first, name, "Сегіз тым ерте.", "article-2", kind="proposal", wording="Сабақ тоғызда басталады.")
    two = office.say(second, name, "Форма не нужна.", "article-3", kind="proposal")
    office.say(third, name, "Жалпы қолдаймын.")
    office.answer(one["id"])
    office.answer(two["id"], "rejected", "Пікір негізсіз")
    office.over(name)
    office.act(office.officer, "npa_act_move", id=name, stage="consideration")
    return name


def test_the_report_counts_what_became_of_the_comments(office: Office) -> None:
    figures = office.act(office.officer, "npa_report_show", id=finished(office))["figures"]
    wanted = {"people": 3, "comments": 3, "proposals": 2, "opinions": 1, "accepted": 1, "rejected": 1, "unanswered": 1}
    assert {name: figures[name] for name in wanted} == wanted


def test_unanswered_comments_want_a_reason_in_both_languages(office: Office) -> None:
    name = finished(office)
    with pytest.raises(toolkit.ValidationError, match="no official reply"):
        office.act(office.officer, "npa_report_publish", id=name)
    office.act(office.officer, "npa_report_update", id=name, unanswered_reason={"kk": "Пікір жобаға қатысты емес"})
    with pytest.raises(toolkit.ValidationError, match="no official reply"):
        office.act(office.officer, "npa_report_publish", id=name)
    reason = {"kk": "Пікір жобаға қатысты емес", "ru": "Комментарий не относится к проекту"}
    office.act(office.officer, "npa_report_update", id=name, unanswered_reason=reason)
    with pytest.raises(toolkit.NotAuthorized):
        office.act("", "npa_report_show", id=name)
    office.act(office.officer, "npa_report_publish", id=name)
    shown = office.act("", "npa_report_show", id=name)
    assert shown["unanswered_reason"] == reason
    assert "қабылданды – 1" in shown["conclusion"]["kk"]
    with pytest.raises(toolkit.ValidationError, match="stays as it is"):
        office.act(office.officer, "npa_report_update", id=name, conclusion={"kk": "Басқаша"})


def test_the_report_is_the_record_as_it_stood(office: Office) -> None:
    name = finished(office)
    office.act(office.officer, "npa_report_update", id=name, unanswered_reason={"kk": "Себеп", "ru": "Причина"})
    office.act(office.officer, "npa_report_publish", id=name)
    before = office.act("", "npa_report_show", id=name)
    office.act(office.citizens[2], "discussion_person_erase")
    assert office.act("", "npa_report_show", id=name)["figures"] == before["figures"]


def test_the_report_comes_as_word_and_pdf_in_both_languages(office: Office, app: Any) -> None:
    name = finished(office)
    office.act(office.officer, "npa_report_update", id=name, unanswered_reason={"kk": "Себеп", "ru": "Причина"})
    office.act(office.officer, "npa_report_publish", id=name)
    for language, words in (("kk", "Жария талқылау туралы есеп"), ("ru", "Отчет о публичном обсуждении")):
        made = word.Document(BytesIO(app.get(f"/npa/{name}/report.{language}.docx").data))
        assert made.paragraphs[0].text == words
        cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
        assert any("Сабақ тоғызда басталады." in cell for cell in cells)
        answer = app.get(f"/npa/{name}/report.{language}.pdf")
        assert answer.data.startswith(b"%PDF-")
        assert answer.headers["Content-Type"] == "application/pdf"
    assert app.get(f"/npa/{name}/report.en.pdf", status=404)


def test_a_conclusion_wants_a_verified_role_of_its_kind(office: Office) -> None:
    name = office.published()
    given = {"id": name, "kind": "public_council", "outcome": "objects", "text": "Жобаға қарсымыз."}
    with pytest.raises(toolkit.NotAuthorized, match="not verified"):
        office.act(office.expert, "npa_conclusion_create", **given)
    organisation = {"kk": "Қоғамдық кеңес", "ru": "Общественный совет"}
    office.act(office.sysadmin, "npa_role_set", user=office.expert, kind="public_council", organisation=organisation)
    office.act(office.expert, "npa_conclusion_create", **given)
    with pytest.raises(toolkit.NotAuthorized, match="not verified"):
        office.act(office.expert, "npa_conclusion_create", **(given | {"kind": "anti_corruption"}))
    office.act(office.sysadmin, "npa_role_delete", user=office.expert, kind="public_council")
    shown = office.act("", "npa_conclusion_list", id=name)
    assert [(one["outcome"], one["organisation"], one["version"]) for one in shown] == [("objects", organisation, 1)]
    assert office.expert not in str(shown)


def test_nobody_concludes_on_an_act_of_their_own_body(office: Office) -> None:
    name = office.published()
    office.act(office.sysadmin, "npa_role_set", user=office.officer, kind="non_profit",
               organisation={"kk": "Қор", "ru": "Фонд"})  # fmt: skip
    with pytest.raises(toolkit.NotAuthorized, match="own body"):
        office.act(
            office.officer, "npa_conclusion_create", id=name, kind="non_profit", outcome="approves", text="Жақсы"
        )


def test_those_who_follow_and_those_who_took_part_are_told_by_mail_each_once(office: Office, mailbox: Mailbox) -> None:
    follower, talker, _other = office.citizens
    office.act(follower, "npa_follow_set", what="body", value=office.body)
    name = office.published()
    office.say(talker, name, "Сегіз ерте.", "article-2")
    office.preview(name, PARTS_2)
    office.act(office.officer, "npa_version_publish", id=name)
    office.over(name)
    office.act(office.officer, "npa_act_move", id=name, stage="consideration")
    reason = {"kk": "Себеп", "ru": "Причина"}
    office.act(office.officer, "npa_report_update", id=name, unanswered_reason=reason)
    office.act(office.officer, "npa_report_publish", id=name)
    mailbox.deliver()
    kinds = {
        person: [one["kind"] for one in office.act(person, "notices_notice_list")["notices"]]
        for person in (follower, talker, office.citizens[2])
    }
    assert sorted(kinds[follower]) == ["npa_published", "npa_report", "npa_version"]
    assert sorted(kinds[talker]) == ["npa_report", "npa_version"]
    assert kinds[office.citizens[2]] == []
    assert len(mailbox.mails) == 5


def test_bodies_are_reminded_once_that_a_discussion_is_over(office: Office) -> None:
    name = office.published()
    assert reminding.remind() == 0
    office.over(name)
    assert reminding.remind() == 1
    reminding.remind()
    told = office.act(office.officer, "notices_notice_list")["notices"]
    assert [one["kind"] for one in told] == ["npa_closing"]


def test_i_see_the_acts_that_i_discussed_and_what_became_of_my_comments(office: Office) -> None:
    name = office.published()
    citizen, voter, stranger = office.citizens
    said = office.say(citizen, name, "Сегіз ерте.", "article-2")
    office.answer(said["id"], "partly", "Ішінара")
    office.act(voter, "discussion_vote_set", target="subject", id=f"npa:{office.id_of(name)}", value=1)
    mine = office.act(citizen, "npa_participation_list")
    assert [(act["name"], [one["outcome"] for one in act["my_comments"]]) for act in mine] == [(name, ["partly"])]
    assert [act["my_comments"] for act in office.act(voter, "npa_participation_list")] == [[]]
    assert office.act(stranger, "npa_participation_list") == []


def test_indicators_are_counted_from_what_was_done(office: Office) -> None:
    name = finished(office)
    for _reader in range(3):
        viewing.count(office.id_of(name))
    of_act = office.act("", "npa_indicators", id=name)
    assert (of_act["people"], of_act["comments"], of_act["answered"], of_act["views"]) == (3, 3, 2, 3)
    assert (of_act["share_accepted"], round(of_act["share_answered_in_time"], 2)) == (0.5, 0.67)
    viewing.add_up()
    bodies = office.act("", "npa_indicators")["bodies"]
    assert [(body["name"], body["acts"], body["views"]) for body in bodies] == [("ministry-of-schools", 1, 3)]


def test_lists_are_narrowed_and_drafts_are_for_their_body_alone(office: Office) -> None:
    office.published(name="open-one", sphere="education")
    office.over(office.published(name="over-one"))
    office.draft(name="secret-one")

    def names(user: str = "", **asked: Any) -> list[str]:
        return sorted(act["name"] for act in office.act(user, "npa_act_list", **asked)["acts"])

    assert names() == ["open-one", "over-one"]
    assert names(stage="discussion", order="closing") == ["open-one"]
    assert names(stage="consideration") == ["over-one"]
    assert names(sphere="education") == ["open-one"]
    assert names(body="ministry-of-roads") == []
    assert names(kind="bill") == []
    assert names(stage="draft") == names(office.other_officer, stage="draft") == []
    assert names(office.officer, stage="draft") == ["secret-one"]


def test_closings_are_a_calendar_and_new_drafts_a_feed(office: Office, app: Any) -> None:
    name = office.published()
    closes = dt.date.fromisoformat(office.act("", "npa_act_show", id=name)["closes"])
    calendar = app.get("/npa/closings.ics").body
    assert f"DTSTART;VALUE=DATE:{closes:%Y%m%d}" in calendar
    assert "BEGIN:VEVENT" not in app.get("/npa/closings.ics?body=ministry-of-roads").body
    feed = app.get("/ru/npa/feed.atom").body
    assert "Приказ о школах" in feed
    assert f"{closes:%d.%m.%Y}" in feed


def test_a_call_for_ideas_is_discussed_and_the_act_says_what_was_taken_up(office: Office, app: Any) -> None:
    titles = {"kk": "Мектеп қандай болсын?", "ru": "Какой быть школе?"}
    call = office.act(office.officer, "package_create", type="npa_call", name="ideas", owner_org=office.body,
                      phase="collect", title_translated=titles, notes_translated=titles)  # fmt: skip
    idea = {"subject_type": "npa_call", "subject_id": call["id"], "text": "Сабақ кешірек басталсын", "kind": "proposal"}
    office.act(office.citizens[0], "discussion_comment_create", **idea, author_name="Азамат")
    taken = {"kk": "Сабақ уақыты", "ru": "Время занятий"}
    name = office.published(call="ideas", taken_up_translated=taken)
    page = app.get("/ru/npa_call/ideas").body
    assert "Приказ о школах" in page
    assert "Время занятий" in page
    assert "Сабақ кешірек басталсын" in page
    assert "/npa_call/ideas" in app.get(f"/ru/npa/{name}").body
    office.act(office.sysadmin, "package_patch", id="ideas", phase="done")
    with pytest.raises(toolkit.ValidationError, match="over"):
        office.act(office.citizens[1], "discussion_comment_create", **(idea | {"text": "Кеш"}), author_name="Адам")
    with pytest.raises(toolkit.ValidationError, match="no such call"):
        office.draft(name="other", call="nothing")
