"""The pages of a discussion as people meet them, without script: citizens, those who answer, moderators."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import xml.etree.ElementTree as ET
from io import BytesIO
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit
from openpyxl import load_workbook
from werkzeug.datastructures import FileStorage

from ckanext.opengov_kz.discussion.model import Comment, Reply
from ckanext.opengov_kz.discussion.rules import Settings
from tests.discussion.conftest import PASSWORD, Forum, MemoPlugin
from tests.visitor import Visitor

THREAD = "/ru/discussion/memo/m1"


@pytest.fixture
def visitor(app: Any, forum: Forum) -> Any:
    """Opens the browser of somebody who has signed in."""

    def sign_in(name: str) -> Visitor:
        made = Visitor(app)
        made.sign_in(name, PASSWORD)
        return made

    return sign_in


def text_of(answer: Any) -> str:
    return answer.get_data(as_text=True)


def test_a_citizen_comments_votes_changes_and_withdraws(forum: Forum, visitor: Any) -> None:
    first, second = visitor(forum.citizens[0]), visitor(forum.citizens[1])
    sent = first.send(THREAD, kind="remark", text="Нет дороги\nсовсем", author_name="Айгүл")
    assert sent.status_code == 302
    page = text_of(first.get(THREAD))
    assert "Нет дороги\nсовсем" in page
    assert "Айгүл" in page
    (made,) = forum.thread()["comments"]
    assert second.send(f"/ru/discussion/comment/{made['id']}/vote", THREAD, value="1").status_code == 302
    reply = second.send(THREAD, f"{THREAD}?reply={made['id']}", parent_id=made["id"], text="Верно", author_name="Болат")
    assert reply.status_code == 302
    assert forum.thread()["comments"][0]["support"] == 1
    changed = first.send(f"/ru/discussion/comment/{made['id']}/edit", text="Нет дороги")
    assert changed.status_code == 302
    assert "Нет дороги\nсовсем" in text_of(second.get(f"/ru/discussion/comment/{made['id']}/history"))
    assert second.get(f"/ru/discussion/comment/{made['id']}/edit").status_code == 403
    assert first.send(f"/ru/discussion/comment/{made['id']}/withdraw").status_code == 302
    page = text_of(second.get(THREAD))
    assert "Нет дороги" not in page
    assert "Верно" in page
    assert "Автор отозвал" in page


def test_errors_stand_at_their_fields_and_what_was_typed_stays(forum: Forum, visitor: Any) -> None:
    first = visitor(forum.citizens[0])
    answer = first.send(THREAD, kind="opinion", text="Мой длинный текст", author_name="")
    assert answer.status_code == 400
    page = text_of(answer)
    assert "Мой длинный текст" in page
    assert 'aria-describedby="error-author_name"' in page


def test_what_is_typed_is_kept_without_script(forum: Forum, visitor: Any) -> None:
    first = visitor(forum.citizens[0])
    assert first.send(THREAD, kind="remark", text="Недописанное", keep="1").status_code == 302
    assert "Недописанное" in text_of(first.get(THREAD))
    assert forum.texts() == []


def test_what_cannot_be_kept_is_told_and_stays_typed(forum: Forum, visitor: Any, ckan_config: dict[str, Any]) -> None:
    first = visitor(forum.citizens[0])
    answer = first.send(THREAD, kind="decree", text="Недописанное", keep="1")
    assert (answer.status_code, "Недописанное" in text_of(answer)) == (400, True)
    ckan_config["opengov.discussion.drafts_per_hour"] = 0
    answer = first.send(THREAD, kind="remark", text="Недописанное", keep="1")
    assert (answer.status_code, "Недописанное" in text_of(answer)) == (400, True)
    assert 'id="error-text"' in text_of(answer)


def test_an_answered_comment_offers_neither_change_nor_withdrawal(forum: Forum, visitor: Any) -> None:
    made = forum.say(forum.citizens[0], "Нет дороги")["id"]
    first = visitor(forum.citizens[0])
    address = f"/ru/discussion/comment/{made}/withdraw"
    assert address in text_of(first.get(THREAD))
    forum.answer(made)
    page = text_of(first.get(THREAD))
    assert address not in page
    assert f"/ru/discussion/comment/{made}/edit" not in page
    answer = first.send(address)
    assert answer.status_code == 400
    assert "официальный ответ: оба остаются" in text_of(answer)
    assert "Нет дороги" in text_of(first.get(THREAD))


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "javascript:alert(1)",
        'https://a.kz/"onmouseover="alert(1)',
        "[x](javascript:alert(1))",
    ],
)
def test_no_words_become_a_script(app: Any, forum: Forum, text: str) -> None:
    made = forum.say(forum.citizens[0], f"Сөз {text}", wording=text, kind="proposal", author_name="<b>Ата</b>")
    forum.answer(made["id"], outcome="rejected", text=text, reason=text)
    page = app.get(THREAD).body
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert 'href="javascript' not in page
    assert '"onmouseover="' not in page
    assert "<b>Ата" not in page


def test_a_link_leads_out_without_praise(app: Any, forum: Forum) -> None:
    forum.say(forum.citizens[0], "Қараңыз: https://example.kz/a?b=1&c=2")
    page = app.get(THREAD).body
    assert 'href="https://example.kz/a?b=1&amp;c=2" rel="' in page
    assert "nofollow" in page
    assert "ugc" in page


def test_a_lasting_address_leads_to_the_page_of_the_comment(
    app: Any, forum: Forum, ckan_config: dict[str, Any]
) -> None:
    ckan_config["opengov.discussion.page_size"] = 2
    made = [forum.say(forum.citizens[0], f"Пікір {number}")["id"] for number in range(5)]
    answer = app.get(f"/ru/discussion/comment/{made[4]}", follow_redirects=False)
    assert answer.headers["Location"].endswith(f"/ru/discussion/memo/m1?sort=old&page=3#comment-{made[4]}")
    assert f'id="comment-{made[4]}"' in app.get(answer.headers["Location"].partition("#")[0]).body
    assert app.get("/ru/discussion/comment/nothing").status_code == 404


def test_a_reply_that_the_thread_does_not_show_has_its_address_among_all_replies(
    app: Any, forum: Forum, ckan_config: dict[str, Any]
) -> None:
    ckan_config["opengov.discussion.comments_per_hour"] = 100
    top = forum.say(forum.citizens[0], "Пікір")["id"]
    replies = [forum.say(forum.citizens[1], f"Жауап {number}", parent_id=top)["id"] for number in range(45)]

    def led_to(comment_id: str) -> str:
        return app.get(f"/ru/discussion/comment/{comment_id}", follow_redirects=False).headers["Location"]

    assert led_to(replies[19]).endswith(f"/ru/discussion/memo/m1?sort=old#comment-{replies[19]}")
    for number, page in ((20, 2), (39, 2), (40, 3), (44, 3)):
        address = led_to(replies[number])
        assert address.endswith(f"/ru/discussion/comment/{top}/replies?page={page}#comment-{replies[number]}")
        assert f'id="comment-{replies[number]}"' in app.get(address.partition("#")[0]).body
    shown = [app.get(f"/ru/discussion/comment/{top}/replies?page={page}").body for page in (1, 2, 3)]
    assert [[text.count(f'id="comment-{reply}"') for text in shown] for reply in replies] == [
        [1, 0, 0]] * 20 + [[0, 1, 0]] * 20 + [[0, 0, 1]] * 5  # fmt: skip
    assert [text.count('rel="next"') for text in shown] == [1, 1, 0]


def test_who_reads_all_replies_takes_part_there(forum: Forum, visitor: Any, ckan_config: dict[str, Any]) -> None:
    ckan_config["opengov.discussion.comments_per_hour"] = 100
    first, second, _third = forum.citizens
    top = forum.say(first, "Пікір")["id"]
    last = [forum.say(second, f"Жауап {number}", parent_id=top)["id"] for number in range(21)][-1]
    page, voted = f"/ru/discussion/comment/{top}/replies?page=2", f"/ru/discussion/comment/{last}/vote"
    reader = visitor(first)
    assert f"reply={last}#comment-form" in text_of(reader.get(page))
    answer = reader.send(voted, page, value="1")
    assert reader.get(answer.headers["Location"]).headers["Location"].endswith(f"{page}#comment-{last}")
    assert forum.act("", "discussion_comment_show", id=last)["support"] == 1
    ckan_config["opengov.discussion.votes_per_hour"] = 1
    answer = reader.send(voted, page, value="-1")
    assert "слишком много голосов" in text_of(reader.get(answer.headers["Location"]))
    forum.change_memo(is_open=False)
    assert f"reply={last}#comment-form" not in text_of(reader.get(page))


def test_the_address_of_a_comment_counts_what_its_reader_sees(
    forum: Forum, visitor: Any, ckan_config: dict[str, Any]
) -> None:
    ckan_config["opengov.discussion.page_size"] = 1
    MemoPlugin.settings = Settings(premoderated=True)
    first, second, _third = forum.citizens
    mine = forum.say(first, "Менің пікірім, күтіп тұр")["id"]
    other = forum.say(second, "Рұқсат етілген пікір")["id"]
    reply = forum.say(first, "Күткен жауап", subject_id="m1")["id"]
    forum.act(forum.moderator, "discussion_comment_let_through", id=other)

    def led_to(person: str, comment_id: str) -> str:
        return visitor(person).get(f"/ru/discussion/comment/{comment_id}").headers["Location"]

    assert led_to(first, mine).endswith(f"?sort=old#comment-{mine}")
    assert led_to(first, other).endswith(f"?sort=old&page=2#comment-{other}")
    assert led_to(first, reply).endswith(f"?sort=old&page=3#comment-{reply}")
    assert led_to(second, other).endswith(f"?sort=old#comment-{other}")
    assert led_to(forum.moderator, reply).endswith(f"?sort=old&page=3#comment-{reply}")


def test_the_reply_to_a_comment_that_waits_again_stands_alone(app: Any, forum: Forum) -> None:
    first, second, _third = forum.citizens
    top = forum.say(first, "Жол керек")["id"]
    reply = forum.say(second, "Қолдаймын", parent_id=top)["id"]
    MemoPlugin.settings = Settings(premoderated=True)
    forum.act(first, "discussion_comment_update", id=top, text="Басқа сөз")
    page = app.get(f"/ru/discussion/comment/{reply}").body
    assert f'id="comment-{reply}"' in page
    assert "Қолдаймын" in page
    assert "Басқа сөз" not in page


def feed_of(app: Any) -> tuple[str, list[tuple[str, str, str]]]:
    """When the feed changed last; of each entry when, its title's beginning, its text."""
    names = {"a": "http://www.w3.org/2005/Atom"}
    feed = ET.fromstring(app.get("/en/discussion/memo/m1/feed.atom").get_data())  # noqa: S314 - our own
    entries = [
        (
            entry.findtext("a:updated", "", names)[:10],
            entry.findtext("a:title", "", names).partition(":")[0],
            entry.findtext("a:content", "", names),
        )
        for entry in feed.findall("a:entry", names)
    ]
    ids = [entry.findtext("a:id", "", names) for entry in feed.findall("a:entry", names)]
    assert len(set(ids)) == len(ids)
    return feed.findtext("a:updated", "", names)[:10], entries


def test_the_feed_tells_replies_edits_and_official_answers(app: Any, forum: Forum) -> None:
    first, second, _third = forum.citizens
    one, two = forum.names[first], forum.names[second]
    top = forum.say(first, "Жол керк")["id"]
    reply = forum.say(second, "Қолдаймын", parent_id=top)["id"]
    later = forum.say(second, "Мектеп керек")["id"]

    def happened(month: int, model_class: Any, key: str, field: str) -> None:
        setattr(model.Session.get(model_class, key), field, dt.datetime(2026, month, 1))  # noqa: DTZ001 - as stored
        model.Session.commit()

    for month, key in ((1, top), (2, reply), (3, later)):
        happened(month, Comment, key, "created")
    said, answered, youngest = (
        ("2026-01-01", one, "Жол керк"),
        ("2026-02-01", two, "Қолдаймын"),
        ("2026-03-01", two, "Мектеп керек"),
    )
    assert feed_of(app) == ("2026-03-01", [youngest, answered, said])
    happened(4, Comment, top, "edited")
    said = ("2026-04-01", one, "Жол керк")
    assert feed_of(app) == ("2026-04-01", [said, youngest, answered])
    forum.answer(top, text="Салынады.")
    happened(5, Reply, top, "published")
    official = ("2026-05-01", "Official reply", "Салынады.")
    assert feed_of(app) == ("2026-05-01", [official, said, youngest, answered])
    corrected = {"id": top, "outcome": "partly", "text": "Биыл емес.", "reason": "Қаражат жоқ.", "why": "Қате жазылған"}
    forum.act(forum.officer, "discussion_reply_correct", **corrected)
    happened(6, Reply, top, "corrected")
    official = ("2026-06-01", "Official reply", "Биыл емес.\n\nҚаражат жоқ.")
    assert feed_of(app) == ("2026-06-01", [official, said, youngest, answered])
    latest = forum.act("", "discussion_thread_latest", subject_type="memo", subject_id="m1", limit=1)["comments"]
    assert [comment["id"] for comment in latest] == [top]
    forum.act(second, "discussion_comment_withdraw", id=later)
    assert feed_of(app)[1] == [official, said, answered]


def test_researchers_take_all_of_it_as_json_csv_and_atom(app: Any, forum: Forum) -> None:
    made = forum.say(forum.citizens[0], "=HYPERLINK(1)", part_id="p1")
    forum.answer(made["id"], text="+1")
    found = app.get("/discussion/memo/m1/comments.json").json
    assert found["comments"][0]["text"] == "=HYPERLINK(1)"
    lines = list(csv.DictReader(io.StringIO(app.get("/discussion/memo/m1/comments.csv").body.lstrip("\ufeff"))))
    assert (lines[0]["text"], lines[0]["official_text"], lines[0]["part_id"]) == ("'=HYPERLINK(1)", "'+1", "p1")
    feed = app.get("/ru/discussion/memo/m1/feed.atom").body
    assert "=HYPERLINK(1)" in feed
    assert made["id"] in feed
    forum.change_memo(is_public=False)
    for name in ("comments.json", "comments.csv", "feed.atom"):
        assert app.get(f"/discussion/memo/m1/{name}").status_code == 404


def test_the_officer_answers_many_from_one_page(forum: Forum, visitor: Any) -> None:
    MemoPlugin.settings = Settings(answer_days=5)
    made = [forum.say(forum.citizens[0], f"Пікір {number}")["id"] for number in range(3)]
    officer = visitor(forum.officer)
    queue = "/ru/discussion/replies"
    assert "Пікір 2" in text_of(officer.get(queue))
    token = officer.token(queue)
    draft = {"id": made, "step": "draft", "outcome": "answered", "text": "Спасибо.", "_csrf_token": token}
    assert officer.post(queue, draft).status_code == 302
    assert officer.post(queue, {"id": made, "step": "publish", "_csrf_token": token}).status_code == 302
    assert [one["official"]["text"] for one in forum.thread()["comments"]] == ["Спасибо."] * 3
    book: Any = load_workbook(io.BytesIO(officer.get("/ru/discussion/replies.xlsx").data))
    assert [row[3] for row in book.active.iter_rows(min_row=2, values_only=True)] == ["Пікір 0", "Пікір 1", "Пікір 2"]
    reply = f"/ru/discussion/replies/{made[0]}"
    assert officer.send(reply, outcome="partly", text="Частично.", reason="", why="Ошибка").status_code == 400
    assert (
        officer.send(reply, outcome="partly", text="Частично.", reason="Нет средств", why="Ошибка").status_code == 302
    )
    assert "Ошибка" in text_of(officer.get(f"/ru/discussion/comment/{made[0]}/history"))
    stranger = visitor(forum.other_officer)
    assert stranger.get(reply).status_code == 403
    assert (
        stranger.post(queue, {"id": made, "step": "publish", "_csrf_token": stranger.token(queue)}).status_code == 403
    )


def test_the_officer_sees_that_the_words_changed_before_answering_them(forum: Forum, visitor: Any) -> None:
    made = forum.say(forum.citizens[0], "Нет дороги")["id"]
    officer = visitor(forum.officer)
    page = f"/ru/discussion/replies/{made}"
    given = {"outcome": "accepted", "text": "Построим.", "publish": "1", "_csrf_token": officer.token(page)}
    forum.act(forum.citizens[0], "discussion_comment_update", id=made, text="Дорога не нужна")
    answer = officer.post(page, {**given, "seen": ""})
    assert answer.status_code == 400
    assert "Дорога не нужна" in text_of(answer)
    assert "Построим." in text_of(answer)
    assert forum.thread()["comments"][0]["official"] is None
    (seen,) = re.findall('name="seen" value="([^"]+)"', text_of(answer))
    assert officer.post(page, {**given, "seen": seen}).status_code == 302
    assert forum.thread()["comments"][0]["official"]["text"] == "Построим."
    waits = forum.say(forum.citizens[0], "Ждет")["id"]
    MemoPlugin.settings = Settings(premoderated=True)
    forum.act(forum.citizens[0], "discussion_comment_update", id=waits, text="Ждет модератора")
    assert officer.get(f"/ru/discussion/replies/{waits}").status_code == 302


def test_many_are_not_answered_by_words_for_what_they_said_before(forum: Forum, visitor: Any) -> None:
    made = forum.say(forum.citizens[0], "Нет дороги")["id"]
    officer = visitor(forum.officer)
    queue = "/ru/discussion/replies"
    page = text_of(officer.get(queue))
    seen = dict(re.findall('name="(seen-[^"]+)" value="([^"]*)"', page))
    assert seen == {f"seen-{made}": ""}
    forum.act(forum.citizens[0], "discussion_comment_update", id=made, text="Дорога не нужна")
    draft = {"id": made, "step": "draft", "outcome": "accepted", "text": "Построим.", **seen}
    officer.post(queue, draft | {"_csrf_token": officer.token(queue)})
    assert "автор изменил комментарий" in text_of(officer.get(queue))
    assert forum.act(forum.officer, "discussion_reply_show", id=made)["state"] == "new"


def test_a_moderator_hides_and_bars_from_one_page(forum: Forum, visitor: Any) -> None:
    made = forum.say(forum.citizens[0], "Жарнама!")
    reader, moderator = visitor(forum.citizens[1]), visitor(forum.moderator)
    report = f"/ru/discussion/comment/{made['id']}/report"
    assert reader.send(report, rule="advertising", note="Реклама").status_code == 302
    page = "/ru/discussion/moderation"
    assert "Реклама" in text_of(moderator.get(page))
    assert reader.get(page).status_code == 403
    step = f"/ru/discussion/moderation/{made['id']}"
    assert moderator.send(step, page, step="bar", rule="advertising", note="Реклама", days="7").status_code == 302
    assert moderator.send(step, page, step="hide", rule="advertising", note="Реклама").status_code == 302
    assert "Жарнама!" not in text_of(reader.get(THREAD))
    assert "Реклама" in text_of(reader.get(THREAD))
    barred = visitor(forum.citizens[0])
    assert "Реклама" in text_of(barred.get("/ru/discussion/mine"))
    assert barred.send("/ru/discussion/mine", text="Бұл жарнама емес", appeal="1").status_code == 302
    assert "Бұл жарнама емес" in text_of(moderator.get(page))


def test_a_person_sees_what_became_of_their_words_and_takes_their_name_away(forum: Forum, visitor: Any) -> None:
    made = forum.say(forum.citizens[0], "Дорога нужна")
    forum.answer(made["id"])
    first = visitor(forum.citizens[0])
    page = text_of(first.get("/ru/discussion/mine"))
    assert "Дорога нужна" in page
    assert "принято" in page
    assert first.get("/discussion/mine.json").json["comments"][0]["text"] == "Дорога нужна"
    assert first.send("/ru/discussion/mine", erase="1").status_code == 302
    assert "Имя удалено" in text_of(first.get(THREAD))


def test_nobody_who_has_not_signed_in_gets_further_than_reading(app: Any, forum: Forum) -> None:
    made = forum.say(forum.citizens[0], "Жол керек")
    nobody = Visitor(app)
    assert "Жол керек" in text_of(nobody.get(THREAD))
    for path in ("/ru/discussion/mine", "/ru/discussion/replies", "/ru/discussion/moderation"):
        assert nobody.get(path).status_code == 403, path
    assert nobody.get(f"/ru/discussion/comment/{made['id']}/report").status_code == 403
    assert nobody.get("/ru/discussion/memo/none").status_code == 404
    assert nobody.get("/ru/discussion/unknown/m1").status_code == 404


def test_one_stays_on_the_page_where_the_form_stood_and_is_led_nowhere_else(forum: Forum, visitor: Any) -> None:
    citizen = visitor(forum.citizens[0])
    token = citizen.token(THREAD)

    def led_to(referrer: str, text: str) -> str:
        given = {"kind": "remark", "text": text, "author_name": "Айгүл", "_csrf_token": token}
        return citizen.post(THREAD, given, headers={"Referer": referrer}).headers["Location"]

    own = toolkit.config["ckan.site_url"]
    assert re.fullmatch(
        rf"{own}/ru/npa/a\?part=1#comment-[0-9a-f-]+", led_to(f"{own}/ru/npa/a?part=1", "Бірінші пікір")
    )
    for place, referrer in enumerate(("https://evil.example/ru/npa/a", "", f"{own}{THREAD}")):
        assert "/discussion/comment/" in led_to(referrer, f"Басқа пікір {place}")


def test_who_answers_sees_the_part_and_the_files(forum: Forum, visitor: Any) -> None:
    file = FileStorage(BytesIO(b"%PDF-1.7"), filename="есеп.pdf")
    made = forum.say(forum.citizens[0], "Мерзім жоқ", part_id="p2", upload=file)
    page = text_of(visitor(forum.officer).get(f"/ru/discussion/replies/{made['id']}"))
    assert "Статья 2" in page
    assert "есеп.pdf" in page
