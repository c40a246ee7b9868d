"""What somebody may try with draft acts, or meet by bad luck."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any

import docx
import pytest
from ckan import model
from ckan.plugins import toolkit
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from ckanext.opengov_kz.npa import acts, reminding, report_files
from ckanext.opengov_kz.npa.docx_reading import DocxRefused, read_docx
from tests.mail import Mailbox
from tests.npa.conftest import Office


def reported(office: Office, comments: int = 1) -> tuple[str, list[str]]:
    """An act with a published report; its comments."""
    name = office.published()
    said = [office.say(office.citizens[turn % 3], name, f"Пікір {turn}: мерзім аз")["id"] for turn in range(comments)]
    for one in said:
        office.answer(one)
    office.over(name)
    office.act(office.officer, "npa_act_move", id=name, stage="consideration")
    office.act(office.officer, "npa_report_publish", id=name)
    return name, said


def test_a_published_act_is_deleted_by_nobody_of_its_body_and_reminders_go_on_when_one_is(office: Office) -> None:
    name = office.published()
    role = {"id": office.body, "username": office.officer, "role": "admin"}
    office.act(office.sysadmin, "organization_member_create", **role)
    with pytest.raises(toolkit.NotAuthorized):
        office.act(office.officer, "package_delete", id=name)
    other = office.published(name="others")
    for one in (name, other):
        acts.get(one).closes = dt.datetime.now(dt.UTC).date()
    model.Session.commit()
    office.act(office.sysadmin, "package_delete", id=name)
    assert reminding.remind() == 2
    assert office.act(office.officer, "notices_notice_list")["count"] > 0


def test_words_that_were_hidden_later_and_names_of_the_forgotten_are_in_no_report(office: Office, app: Any) -> None:
    name, (first, second) = reported(office, 2)
    address = f"/npa/{name}/report.ru.docx"
    before = "".join(cell.text for table in docx.Document(BytesIO(app.get(address).data)).tables
                     for row in table.rows for cell in row.cells)  # fmt: skip
    assert "Пікір 0" in before
    given = {"rule": "personal_data", "note": "Мекенжай жазылған."}
    office.act(office.sysadmin, "discussion_comment_hide", id=first, **given)
    office.act(office.citizens[1], "discussion_person_erase")
    shown = office.act("", "npa_report_show", id=name)
    assert [row["id"] for row in shown["rows"]] == [second]
    assert shown["rows"][0]["author"] == ""
    after = "".join(cell.text for table in docx.Document(BytesIO(app.get(address).data)).tables
                    for row in table.rows for cell in row.cells)  # fmt: skip
    assert "Пікір 0" not in after
    assert "Пікір 1" in after
    assert "Азамат 4" not in after


def test_the_file_of_a_long_report_is_made_by_the_queue_once(
    office: Office, app: Any, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_files, "_AT_ONCE", 0)
    name, _said = reported(office)
    address = f"/ru/npa/{name}/report.ru.pdf"
    answer = app.get(address, status=503)
    assert answer.headers["Retry-After"]
    assert "файл" in answer.get_data(as_text=True).casefold()
    app.get(address, status=503)
    mailbox.deliver()
    assert app.get(address).data.startswith(b"%PDF")


def test_a_correction_of_a_text_that_has_changed_meanwhile_is_refused(office: Office) -> None:
    name = office.draft()
    seen = office.act(office.officer, "npa_preview_show", id=name)["made"]
    removal = {"corrections": {"kk": {"1": {"remove": True}}}, "seen": seen}
    office.act(office.officer, "npa_version_update", id=name, **removal)
    left = office.act(office.officer, "npa_preview_show", id=name)["rows"]
    with pytest.raises(toolkit.ValidationError, match="changed meanwhile"):
        office.act(office.officer, "npa_version_update", id=name, **removal)
    assert office.act(office.officer, "npa_preview_show", id=name)["rows"] == left


def test_a_slip_of_the_pen_does_not_lock_an_act_for_centuries(office: Office) -> None:
    name = office.published()
    for day in ("2206-11-27", "9999-12-31"):
        with pytest.raises(toolkit.ValidationError, match="a year at most"):
            office.act(office.officer, "npa_act_extend", id=name, closes=day, reason="Қосымша уақыт")


@pytest.mark.fast
def test_a_small_document_that_asks_for_millions_of_cells_is_refused() -> None:
    document = docx.Document()
    table = document.add_table(rows=0, cols=1)
    wide = table.add_row()
    for _turn in range(600):
        cell = OxmlElement("w:tc")
        properties = OxmlElement("w:tcPr")
        span = OxmlElement("w:gridSpan")
        span.set(qn("w:val"), "100")
        properties.append(span)
        cell.append(properties)
        cell.append(OxmlElement("w:p"))
        wide._tr.append(cell)
    for _turn in range(20):
        table.add_row()
    saved = BytesIO()
    document.save(saved)
    with pytest.raises(DocxRefused) as refused:
        read_docx(BytesIO(saved.getvalue()), "ru")
    assert refused.value.code == "too_large"


@pytest.mark.parametrize("wrong", [{"discussion_days": [1]}, {"amends": "a http://[b"}, {"amends": ["x"]}])
def test_odd_values_of_a_passport_are_refused_in_words(office: Office, wrong: dict[str, Any]) -> None:
    with pytest.raises(toolkit.ValidationError) as refused:
        office.draft(**wrong)
    assert set(refused.value.error_dict) & set(wrong)


@pytest.mark.parametrize("tail", ["print", "text.json", "akn.kk.xml"])
@pytest.mark.parametrize("version", ["-1", "99999999999999999999"])
def test_a_version_that_cannot_be_is_not_there(office: Office, app: Any, tail: str, version: str) -> None:
    name = office.published()
    assert app.get(f"/npa/{name}/{tail}?version={version}").status_code == 404
