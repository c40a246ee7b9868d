"""The pages and files of draft acts as anybody may ask for them: rightly, wrongly, and with much in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from ckan import model
from sqlalchemy import event

from ckanext.opengov_kz.npa import demo_drafts
from ckanext.opengov_kz.npa.akoma_ntoso import validate
from tests.npa.conftest import NOTES, PARTS_2, PASSWORD, Office, docx
from tests.visitor import Visitor


def signed_in(app: Any, name: str) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(name, PASSWORD)
    return visitor


@contextmanager
def counted() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(*given: Any) -> None:
        seen.append(given[2])

    event.listen(model.meta.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(model.meta.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_what_is_served_as_akoma_ntoso_is_valid_in_each_version(office: Office, app: Any, language: str) -> None:
    made = office.act(
        office.officer, "npa_act_start", owner_org=office.body, kind="bill", notes_translated=NOTES,
        kk=docx("open_data_law", "kk"), ru=docx("open_data_law", "ru"),
    )  # fmt: skip
    office.act(office.officer, "npa_act_publish", id=made["name"])
    office.act(office.officer, "npa_version_import", id=made["name"], kk=docx("open_data_law", "kk", 2),
               ru=docx("open_data_law", "ru", 2))  # fmt: skip
    office.act(office.officer, "npa_version_publish", id=made["name"])
    for version in (1, 2):
        answer = app.get(f"/npa/{made['name']}/akn.{language}.xml?version={version}")
        assert answer.content_type.startswith("application/akn+xml")
        assert validate(answer.data) == []
        assert answer.data.count(b"<article ") > 39


def test_the_text_as_json_has_both_languages_and_lasting_identities(office: Office, app: Any) -> None:
    name = office.published()
    found = app.get(f"/npa/{name}/text.json").json
    assert found["title_translated"]["ru"] == "Приказ о школах"
    assert {row["id"] for row in found["rows"]} == {row["id"] for row in office.rows(name).values()}


def test_a_page_asks_as_much_of_the_database_with_many_comments_as_with_none(office: Office, app: Any) -> None:
    name = office.published()
    part = office.rows(name)["article-3"]["id"]
    address = f"/ru/npa/{name}"
    app.get(address)

    def queries(page: str) -> int:
        with counted() as seen:
            assert app.get(page).status_code == 200
        return len(seen)

    few, few_beside = queries(address), queries(f"{address}?part={part}")
    for turn in range(12):
        said = office.say(office.citizens[turn % 3], name, f"Пікір нөмірі {turn}", "article-3")
        if turn % 2:
            office.answer(said["id"])
    assert queries(address) == few
    # The page of a thread asks for replies, votes and files of whatever stands on it, each once.
    assert queries(f"{address}?part={part}") <= few_beside + 5
    assert queries(f"{address}?part={part}") == queries(f"{address}?part={part}")


def test_a_page_is_light(office: Office, app: Any) -> None:
    made = office.act(
        office.officer, "npa_act_start", owner_org=office.body, kind="bill", notes_translated=NOTES,
        kk=docx("open_data_law", "kk"), ru=docx("open_data_law", "ru"),
    )  # fmt: skip
    office.act(office.officer, "npa_act_publish", id=made["name"])
    assert len(app.get(f"/ru/npa/{made['name']}?text=both").data) < 300_000


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("?page=abc&stage=nothing", 200),
        ("?page=-5", 200),
        ("?q=%00%27)%20OR%201=1--", 400),
        ("?q=%27)%20OR%201=1--%20%22(*", 200),
        ("?body=nobody&kind=song&sphere=x&order=backwards", 200),
        ("/nothing", 404),
        ("/nothing/versions", 404),
        ("/nothing/report", 404),
        ("/schools?part=none&sheet=99999999999999999999&text=xx", 200),
        ("/schools?version=99", 200),
        ("/schools?version=abc", 200),
        ("/schools/versions?old=9&new=abc&text=xx", 200),
        ("/schools/print?version=99", 404),
        ("/schools/print?text=xx", 200),
        ("/schools/text.json?version=99", 404),
        ("/schools/akn.en.xml", 404),
        ("/schools/akn.kk.xml?version=99", 404),
        ("/schools/report", 403),
        ("/schools/report.kk.pdf", 403),
        ("/schools/report.en.pdf", 404),
        ("/schools/report.kk.exe", 404),
        ("/schools/manage", 403),
        ("/schools/preview", 403),
        ("/schools/report/edit", 403),
        ("/mine", 403),
        ("/new", 403),
        ("/closings.ics?kind=song", 200),
        ("/feed.atom?body=nobody", 200),
    ],
)
def test_whatever_is_asked_for_gets_its_answer(office: Office, app: Any, asked: str, status: int) -> None:
    office.published()
    assert app.get(f"/ru/npa{asked}", follow_redirects=False).status_code == status


def test_a_draft_does_not_exist_for_others(office: Office, app: Any) -> None:
    name = office.draft()
    for tail in ("", "/print", "/versions", "/text.json", "/akn.kk.xml", "/report.kk.pdf", "/conclusion"):
        assert app.get(f"/ru/npa/{name}{tail}").status_code in {403, 404}, tail
    neighbour = signed_in(app, office.other_officer)
    for tail in ("", "/manage", "/preview", "/report/edit", "/text.json"):
        assert neighbour.get(f"/ru/npa/{name}{tail}").status_code in {403, 404}, tail
    assert signed_in(app, office.officer).get(f"/ru/npa/{name}/preview").status_code == 200


@pytest.mark.parametrize(
    ("step", "fields", "words"),
    [
        ("adopted", {}, "отчет"),
        ("consideration", {}, "последнего дня"),
        ("extend", {"closes": "soon", "reason": "x"}, "дат"),
        ("extend", {"closes": "2020-01-01", "reason": "x"}, "продл"),
        ("extend", {"closes": "2099-01-01", "reason": ""}, "причин"),
        ("send", {"day": "2099-01-01"}, "еще не наступил"),
        ("send", {"day": ""}, ""),
        ("withdrawn", {"reason": ""}, "причин"),
        ("nothing", {}, ""),
        ("text", {}, "Word"),
    ],
)
def test_a_step_out_of_order_is_refused_in_words_on_its_page(
    office: Office, app: Any, step: str, fields: dict[str, str], words: str
) -> None:
    name = office.published()
    officer = signed_in(app, office.officer)
    page = f"/ru/npa/{name}/manage"
    answer = officer.send(page, step=step, **fields)
    assert answer.status_code == 400
    body = answer.get_data(as_text=True)
    assert 'role="alert"' in body
    assert words.casefold() in body.casefold()
    assert office.act("", "npa_act_show", id=name)["stage"] == "discussion"


def test_documents_come_through_the_api_too(office: Office, app: Any) -> None:
    token = office.act(office.officer, "api_token_create", user=office.officer, name="t")["token"]

    def file(language: str) -> tuple[BytesIO, str]:
        return BytesIO(demo_drafts.as_docx(demo_drafts.source("order_rules", language, 1))), f"text.{language}.docx"

    name = office.draft()
    sent = {"id": name, "kk": file("kk"), "ru": file("ru")}
    answer = app.post("/api/3/action/npa_version_import", data=sent, headers={"Authorization": token})
    assert answer.status_code == 200, answer.data
    assert len(office.act(office.officer, "npa_preview_show", id=name)["rows"]) > 10
    bad = {"id": name, "kk": (BytesIO(b"no word"), "a.docx")}
    answer = app.post("/api/3/action/npa_version_import", data=bad, headers={"Authorization": token})
    assert answer.status_code == 409
    assert "kk" in answer.json["error"]


def test_parts_come_through_the_api_as_values(office: Office, app: Any) -> None:
    token = office.act(office.officer, "api_token_create", user=office.officer, name="t")["token"]
    name = office.draft()
    sent: dict[str, Any] = {"id": name} | {f"{language}_parts": parts for language, parts in PARTS_2.items()}
    headers = {"Authorization": token, "Content-Type": "application/json"}
    assert app.post("/api/3/action/npa_version_import", data=json.dumps(sent), headers=headers).status_code == 200
    for wrong in ("text", [1], [{"kind": "song"}], [{"kind": "item", "depth": "x"}], [{}]):
        sent["kk_parts"] = wrong
        answer = app.post("/api/3/action/npa_version_import", data=json.dumps(sent), headers=headers)
        assert answer.status_code == 409, wrong


def test_a_call_for_ideas_is_opened_on_its_page_and_a_bad_one_keeps_what_was_typed(office: Office, app: Any) -> None:
    officer = signed_in(app, office.officer)
    good = {"owner_org": office.body, "title-kk": "Мектеп қандай болсын?", "title-ru": "Какой быть школе?",
            "notes-kk": "Ойыңызды жазыңыз.", "notes-ru": "Напишите, что думаете.", "closes": "2099-01-01"}  # fmt: skip
    for change in ({"title-kk": ""}, {"closes": "soon"}, {"owner_org": "nobody"}):
        answer = officer.send("/ru/npa_call/new", **(good | change))
        assert answer.status_code in {400, 403}, change
        if answer.status_code == 400:
            assert "Какой быть школе?" in answer.get_data(as_text=True)
    answer = officer.send("/ru/npa_call/new", **good)
    assert answer.status_code == 302
    page = app.get(answer.headers["Location"])
    assert "Какой быть школе?" in page.body
    assert Visitor(app).get("/ru/npa_call/new").status_code == 403
    assert "Какой быть школе?" in app.get("/ru/npa_call/").body
