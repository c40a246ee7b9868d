"""A new version of an act: parts keep their comments, others are led to where they belong, and all is told."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from ckan.plugins import toolkit
from werkzeug.datastructures import FileStorage

from tests.npa.conftest import PARTS_2, Office, docx


def publish_second(office: Office, name: str) -> dict[str, Any]:
    office.preview(name, PARTS_2)
    return office.act(office.officer, "npa_version_publish", id=name, note={"kk": "Киім алынды", "ru": "Без формы"})


def test_comments_stay_with_an_edited_part_and_say_their_version(office: Office) -> None:
    name = office.published()
    office.say(office.citizens[0], name, "Сегіз тым ерте.", "article-2/item-1")
    assert publish_second(office, name)["version"] == 2
    comment = office.thread(name)[0]
    assert (comment["version"], comment["part"]["label"]["ru"]) == ("1", "Статья 2, пункт 1")
    assert office.rows(name)["article-2/item-1"]["kk"]["text"] == "Сабақ сағат тоғызда басталады."
    assert comment["part_id"] == office.rows(name)["article-2/item-1"]["id"]


def test_comments_on_a_part_whose_number_another_text_took_are_led_there_and_say_so(office: Office) -> None:
    name = office.published()
    said = office.say(office.citizens[0], name, "Бірыңғай киім қымбат.", "article-3")
    led = publish_second(office, name)["led"]
    comment = office.thread(name)[0]
    assert comment["id"] == said["id"]
    assert comment["first_part"]["kk"] == "3-бап"
    assert [one["how"] for one in led] == ["replaced"]
    target = led[0]["new"]
    assert comment["part_id"] == target
    assert office.act("", "npa_text_show", id=name, version=1)["version"] == 1


def test_the_difference_is_shown_part_by_part(office: Office) -> None:
    name = office.published()
    publish_second(office, name)
    shown = office.act("", "npa_version_compare", id=name, old=1, new=2, language="kk")
    changed = {change["label"]["kk"]: (change["state"], change["pieces"]) for change in shown["changes"]}
    state, pieces = changed["2-бап, 1-тармақ"]
    assert state == "edited"
    assert ["del", "сегізде"] in pieces
    assert ["ins", "тоғызда"] in pieces
    assert shown["counts"]["same"] == 3
    with pytest.raises(toolkit.ObjectNotFound):
        office.act("", "npa_version_compare", id=name, old=1, new=3, language="kk")


def test_a_preview_is_corrected_and_nothing_of_it_is_public(office: Office) -> None:
    name = office.published()
    office.preview(name, PARTS_2)
    office.act(office.officer, "npa_version_update", id=name, corrections={"kk": {"3": {"text": "Сабақ оннан."}}})
    with pytest.raises(toolkit.NotAuthorized):
        office.act("", "npa_preview_show", id=name)
    assert office.rows(name)["article-2/item-1"]["kk"]["text"] == "Сабақ сағат сегізде басталады."
    rows = office.act(office.officer, "npa_preview_show", id=name)["rows"]
    assert [row["kk"]["text"] for row in rows if row["path"] == "article-2/item-1"] == ["Сабақ оннан."]
    office.act(office.officer, "npa_version_delete", id=name)
    with pytest.raises(toolkit.ValidationError, match="no text to publish"):
        office.act(office.officer, "npa_version_publish", id=name)


def test_parts_are_joined_removed_and_checked_anew(office: Office) -> None:
    name = office.draft()
    office.act(
        office.officer, "npa_version_update", id=name, corrections={"ru": {"1": {"join": True}, "4": {"remove": True}}}
    )
    shown = office.act(office.officer, "npa_preview_show", id=name)
    russian = [row["ru"] for row in shown["rows"] if row["ru"]]
    assert [side["number"] for side in russian] == ["1", "2", "1"]
    assert russian[0]["text"] == "Школа – организация общего образования."
    missing = [row["label"]["kk"] for row in shown["rows"] if row["problem"] == "missing_ru"]
    assert missing == ["1-бап, 1-тармақ", "3-бап"]
    with pytest.raises(toolkit.ValidationError, match="lies too deep"):
        office.act(office.officer, "npa_version_update", id=name, corrections={"kk": {"0": {"depth": 3}}})
    with pytest.raises(toolkit.ValidationError, match="no such correction"):
        office.act(office.officer, "npa_version_update", id=name, corrections={"kk": {"0": {"colour": "red"}}})


def test_a_real_draft_of_forty_articles_comes_from_word_in_two_versions(office: Office) -> None:
    made = office.act(
        office.officer, "npa_act_start", owner_org=office.body, kind="bill", kk=docx("open_data_law", "kk"),
        ru=docx("open_data_law", "ru"), notes_translated={"kk": "Жазба", "ru": "Записка"},
    )  # fmt: skip
    name = made["name"]
    assert (
        office.act(office.officer, "package_show", id=name)["title_translated"]["ru"] == "О доступе к открытым данным"
    )
    office.act(office.officer, "npa_act_publish", id=name)
    rows = office.rows(name)
    assert sum(path.startswith("article-") and "/" not in path for path in rows) == 40
    assert all(row["problem"] is None for row in rows.values())
    office.act(
        office.officer,
        "npa_version_import",
        id=name,
        kk=docx("open_data_law", "kk", 2),
        ru=docx("open_data_law", "ru", 2),
    )
    assert office.act(office.officer, "npa_version_publish", id=name)["version"] == 2
    counts = office.act("", "npa_version_compare", id=name, old=1, new=2, language="ru")["counts"]
    assert counts["same"] > 100
    assert counts["edited"] > 0


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("text.docx", b"no word", "no Word document"),
        ("text.doc", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "old format"),
        ("text.docx", b"PK\x03\x04broken", "damaged"),
        ("text.docx", b"", "no text"),
    ],
)
def test_a_bad_file_is_told_and_nothing_is_kept(office: Office, name: str, data: bytes, words: str) -> None:
    with pytest.raises(toolkit.ValidationError) as told:
        office.act(
            office.officer, "npa_act_start", owner_org=office.body, kind="order",
            kk=FileStorage(BytesIO(data), filename=name), notes_translated={"kk": "Жазба", "ru": "Записка"},
        )  # fmt: skip
    told_of: Any = told.value.error_dict["kk"]
    assert words in told_of[0]
    assert office.act(office.officer, "npa_act_list", stage="draft")["count"] == 0


def test_words_of_any_article_are_found_in_either_language(office: Office) -> None:
    name = office.published()
    for words in ("киім", "форма", "формы", "сабақтар"):
        assert [act["name"] for act in office.act("", "npa_act_list", q=words)["acts"]] == [name], words
    assert office.act("", "npa_act_list", q="аэропорт")["count"] == 0


def test_a_comment_on_a_part_of_another_act_is_refused(office: Office) -> None:
    one, other = office.published(), office.published(name="roads")
    part = office.rows(other)["article-1"]["id"]
    with pytest.raises(toolkit.ValidationError, match="no such part"):
        office.say(office.citizens[0], one, "Бұл бап туралы", part_id=part)
