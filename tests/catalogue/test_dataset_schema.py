"""The passport of a dataset through CKAN's actions: what is stored, computed, refused and forgiven."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ckan.plugins import toolkit
from ckan.tests import factories
from ckan.tests.helpers import changed_config

from ckanext.opengov_kz.catalogue import territories
from tests.catalogue.records import NOTES, RESOURCE, TITLE, act, category, dataset, publisher, refusal, unique

pytestmark = pytest.mark.usefixtures("with_plugins", "in_english")

FIELDS: dict[str, Any] = {
    "responsible_unit_translated": {"kk": "Бөлім", "ru": "Отдел"},
    "responsible_name": "Ахметжан Динара",
    "responsible_position_translated": {"kk": "Маман", "ru": "Специалист"},
    "responsible_phone": "+7 7172 12 34 56",
    "responsible_email": "d@example.kz",
    "legal_basis_translated": {"kk": "Заң", "ru": "Закон"},
    "frequency": "MONTHLY",
    "last_update": "2026-01-31",
    "temporal_start": "2026-01-01",
    "temporal_end": "2026-01-31",
    "territory": "710000000",
    "language": ["kk", "ru"],
    "license_id": "kz-open",
    "source_system_translated": {"kk": "Жүйе", "ru": "Система", "en": "System"},
    "contact_email": "c@example.kz",
    "contact_phone": "8 (7172) 74-00-00",
    "tags_translated": {"kk": ["қала"], "ru": ["город", "село"]},
}


def test_every_field_of_the_passport_comes_back_as_it_was_given() -> None:
    made = dataset(**FIELDS, resources=[RESOURCE])
    shown = act("package_show", id=made["id"])
    assert {name: shown[name] for name in FIELDS} == FIELDS
    assert shown["resources"][0]["name_translated"] == RESOURCE["name_translated"]
    assert shown["translation_missing"] == []


def test_the_core_fields_hold_the_default_language() -> None:
    made = dataset(tags_translated=FIELDS["tags_translated"], resources=[RESOURCE], title="ignored")
    assert made["title"] == TITLE["kk"]
    assert made["notes"] == NOTES["kk"]
    assert [tag["name"] for tag in made["tags"]] == ["қала"]
    assert made["resources"][0]["name"] == "Кесте"


def test_a_dataset_without_a_name_gets_one_from_its_title_and_a_second_one_another() -> None:
    word = unique("q")
    title = {"kk": f"Қала {word}", "ru": "Город"}
    names = [dataset(title_translated=title, name="")["name"] for _number in range(2)]
    assert names == [f"qala-{word}", f"qala-{word}-2"]


@pytest.mark.parametrize("lang", ["kk", "ru"])
def test_a_person_must_give_kazakh_and_russian(lang: str) -> None:
    lacking = {code: text for code, text in TITLE.items() if code != lang}
    with pytest.raises(toolkit.ValidationError) as refused:
        dataset(title_translated=lacking)
    language = {"kk": "in Kazakh", "ru": "in Russian"}[lang]
    assert f"the text {language} is missing" in refusal(refused)["title_translated"][0]
    assert f"title_translated-{lang}" in refusal(refused)


def test_english_alone_is_not_enough_and_all_faults_are_told_at_once() -> None:
    with pytest.raises(toolkit.ValidationError) as refused:
        dataset(title_translated={"en": "Cities"}, notes_translated={}, territory="990000000", frequency="SOMETIMES")
    assert set(refusal(refused)) >= {
        "title_translated-kk", "title_translated-ru", "notes_translated-kk", "notes_translated-ru",
        "territory", "frequency",
    }  # fmt: skip


def test_an_import_without_kazakh_is_saved_and_marked() -> None:
    made = dataset(imported=True, title_translated={"ru": "Города"})
    assert made["translation_missing"] == ["kk"]
    assert made["title"] == "Города"


def test_an_import_may_lack_a_language_but_not_break_the_shape() -> None:
    with pytest.raises(toolkit.ValidationError) as refused:
        dataset(imported=True, title_translated={"ru": "Города"}, territory="990000000", notes_translated={})
    assert set(refusal(refused)) == {"territory", "notes_translated", "notes_translated-kk", "notes_translated-ru"}


def test_the_mark_of_an_import_cannot_be_set_through_the_api() -> None:
    with pytest.raises(toolkit.ValidationError):
        dataset(title_translated={"ru": "Города"}, opengov_import=True)


def test_a_program_may_update_an_import_without_translating_it_and_the_mark_goes_with_the_translation() -> None:
    made = dataset(imported=True, title_translated={"ru": "Города"}, resources=[{"name_translated": {"ru": "Файл"}}])
    patched = act("package_patch", id=made["id"], last_update="2026-01-01")
    assert patched["translation_missing"] == ["kk"]
    act("resource_patch", id=made["resources"][0]["id"], format="JSON")
    assert act("package_patch", id=made["id"], title_translated=TITLE)["translation_missing"] == []


def test_a_translation_that_stands_may_not_be_taken_away() -> None:
    made = dataset()
    with pytest.raises(toolkit.ValidationError):
        act("package_patch", id=made["id"], title_translated={"ru": "Города"})


def test_the_form_of_an_import_must_fill_both_languages() -> None:
    made = dataset(imported=True, title_translated={"ru": "Города"})
    form = {"title_translated-kk": "", "title_translated-ru": "Города", "title_translated-en": ""}
    with pytest.raises(toolkit.ValidationError) as refused:
        act("package_patch", id=made["id"], **form)
    assert "title_translated-kk" in refusal(refused)


def test_inputs_of_a_form_are_read_as_translations_and_leave_no_trace() -> None:
    form = {f"title_translated-{lang}": text for lang, text in TITLE.items()}
    resource = {"name_translated-kk": "Кесте", "name_translated-ru": "Таблица", "url": "https://example.kz/a.csv"}
    made = act(
        "package_create",
        **form,
        **{"notes_translated": json.dumps(NOTES), "tags_translated-kk": "қала, ауыл"},
        name=unique("form"),
        owner_org=publisher()["id"],
        resources=[resource],
    )
    assert made["title_translated"] == TITLE
    assert made["notes_translated"] == NOTES
    assert made["tags_translated"] == {"kk": ["қала", "ауыл"]}
    assert made["resources"][0]["name_translated"] == {"kk": "Кесте", "ru": "Таблица"}
    assert not [key for key in (*made, *made["resources"][0]) if key.endswith(("-kk", "-ru", "-en"))]


def test_the_next_update_is_computed_and_follows_the_last_one() -> None:
    made = dataset(frequency="MONTHLY", last_update="2026-01-31")
    assert made["next_update"] == "2026-02-28"
    moved = act("package_patch", id=made["id"], last_update="2026-05-15")
    assert moved["next_update"] == "2026-06-15"
    assert "next_update" not in act("package_patch", id=made["id"], frequency="AS_NEEDED")


def test_a_due_date_before_the_last_update_is_refused() -> None:
    with pytest.raises(toolkit.ValidationError) as refused:
        dataset(frequency="MONTHLY", last_update="2026-01-31", next_update="2026-01-30")
    assert "is before the last update" in refusal(refused)["next_update"][0]


def test_a_last_update_in_the_future_and_a_period_turned_round_are_refused() -> None:
    with pytest.raises(toolkit.ValidationError) as refused:
        dataset(last_update="2999-01-01", temporal_start="2026-02-01", temporal_end="2026-01-01")
    assert "in the future" in refusal(refused)["last_update"][0]
    assert "ends before it starts" in refusal(refused)["temporal_start"][0]


def test_the_licence_is_free_reuse_unless_another_of_the_register_is_given() -> None:
    assert dataset()["license_id"] == "kz-open"
    with pytest.raises(toolkit.ValidationError) as refused:
        dataset(license_id="all-rights-reserved")
    assert "license_id" in refusal(refused)


def test_an_editor_files_a_dataset_under_categories_without_being_their_member() -> None:
    editor = factories.User()["name"]
    body = publisher(users=[{"name": editor, "capacity": "editor"}])
    first, second = category()["name"], category()["name"]

    def as_editor(action: str, **data: Any) -> list[str]:
        answer = toolkit.get_action(action)({"user": editor, "ignore_auth": False}, data)
        return sorted(group["name"] for group in answer["groups"])

    name = unique("filed")
    texts = {"title_translated": TITLE, "notes_translated": NOTES}
    assert as_editor("package_create", name=name, owner_org=body["id"], categories=[first], **texts) == [first]
    # Nothing but the categories changes: CKAN alone would save nothing.
    assert as_editor("package_patch", id=name, categories=[second]) == [second]
    assert as_editor("package_patch", id=name, responsible_name="А.") == [second]
    assert as_editor("package_patch", id=name, categories=["", ""]) == []


def test_a_category_that_does_not_exist_is_named() -> None:
    with pytest.raises(toolkit.ValidationError) as refused:
        dataset(categories=["no-such-category"])
    assert "no-such-category" in refusal(refused)["categories"][0]


def test_a_resource_needs_its_name_in_both_languages() -> None:
    with pytest.raises(toolkit.ValidationError) as refused:
        dataset(resources=[{"name_translated": {"kk": "Кесте"}, "url": "https://example.kz"}])
    assert "name_translated-ru" in refusal(refused)["resources"][0]


def test_an_update_without_a_name_keeps_the_address() -> None:
    made = dataset()
    changed = {key: value for key, value in made.items() if key != "name"}
    changed["title_translated"] = {"kk": "Басқа", "ru": "Другое"}
    assert act("package_update", **changed)["name"] == made["name"]


def test_where_the_classifier_is_harvested_a_territory_must_stand_in_it() -> None:
    classifier = dataset(name=unique("kato"), resources=[{"name_translated": RESOURCE["name_translated"]}])
    fields = [{"id": name, "type": "text"} for name in ("code", "name_kk", "name_ru")]
    table = classifier["resources"][0]["id"]
    act("datastore_create", resource_id=table, force=True, fields=fields, primary_key=["code"])
    with changed_config("opengov.catalogue.kato_dataset", classifier["name"]):
        # An empty table is a harvest under way, not a country without territories.
        assert dataset(territory="751110000")["territory"] == "751110000"
        rows = [{"code": "710000000", "name_kk": "Астана қ.", "name_ru": "г.Астана"}]
        act("datastore_upsert", resource_id=table, force=True, records=rows)
        assert dataset(territory="710000000")["territory"] == "710000000"
        with pytest.raises(toolkit.ValidationError) as refused:
            dataset(territory="751110000")
        assert territories.names("710000000") == {"kk": "Астана қ.", "ru": "г.Астана"}
    assert "Unknown KATO code: 751110000" in refusal(refused)["territory"][0]
