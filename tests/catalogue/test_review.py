"""Draft → review → publication, as people of a body and strangers go through it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from ckan.plugins import toolkit
from ckan.tests import factories

from tests.catalogue.people import body, call, passport

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index", "in_english")


@dataclass
class Office:
    """A body, its three people, and a stranger."""

    id: str
    officer: str
    editor: str
    administrator: str
    stranger: str


@pytest.fixture
def office() -> Office:
    officer, editor, administrator, stranger = (factories.User()["name"] for _person in range(4))
    made = body(member=officer, editor=editor, admin=administrator)
    return Office(made["id"], officer, editor, administrator, stranger)


def draft(office: Office, **changes: Any) -> dict[str, Any]:
    return call("package_create", office.officer, **passport(office.id, **changes))


def imported(dataset_id: str, **changes: Any) -> None:
    """Changes a dataset as an import does, which may lack a language."""
    importer: Any = {"user": factories.Sysadmin()["name"], "ignore_auth": True, "opengov_import": True}
    toolkit.get_action("package_patch")(importer, {"id": dataset_id} | changes)


def test_what_an_officer_creates_is_a_private_draft(office: Office) -> None:
    made = draft(office)
    assert (made["review_state"], made["private"]) == ("draft", True)


def test_officer_submits_and_editor_publishes(office: Office) -> None:
    made = draft(office)
    submitted = call("catalogue_dataset_submit", office.officer, id=made["id"])
    assert (submitted["review_state"], submitted["private"]) == ("review", True)
    published = call("catalogue_dataset_publish", office.editor, id=made["id"])
    assert (published["review_state"], published["private"]) == ("published", False)
    assert call("package_show", None, id=made["name"])["id"] == made["id"]


def test_administrator_publishes_a_draft_at_once(office: Office) -> None:
    made = draft(office)
    assert call("catalogue_dataset_publish", office.administrator, id=made["name"])["private"] is False


@pytest.mark.parametrize("change", [{"private": False}, {"private": "False"}, {"private": "no"}])
def test_officer_cannot_publish_by_patching_visibility(office: Office, change: dict[str, Any]) -> None:
    made = draft(office)
    with pytest.raises(toolkit.ValidationError) as refused:
        call("package_patch", office.officer, id=made["id"], **change)
    assert "submit it for review" in str(refused.value.error_dict["private"])
    assert call("package_show", office.officer, id=made["id"])["private"] is True


@pytest.mark.parametrize("stage", ["published", "review"])
def test_officer_cannot_set_the_stage_by_hand(office: Office, stage: str) -> None:
    made = draft(office)
    with pytest.raises(toolkit.ValidationError) as refused:
        call("package_patch", office.officer, id=made["id"], review_state=stage)
    assert "review_state" in refused.value.error_dict
    assert call("package_show", office.officer, id=made["id"])["review_state"] == "draft"


def test_officer_cannot_create_something_published(office: Office) -> None:
    for change in ({"private": False}, {"review_state": "published"}):
        with pytest.raises(toolkit.ValidationError):
            draft(office, **change)


def test_officer_cannot_publish_in_bulk(office: Office) -> None:
    made = draft(office)
    with pytest.raises((toolkit.ValidationError, toolkit.NotAuthorized)):
        call("bulk_update_public", office.officer, org_id=office.id, datasets=[made["id"]])
    assert call("package_show", office.officer, id=made["id"])["private"] is True


def test_bulk_publication_by_an_administrator_needs_both_languages(office: Office) -> None:
    made = draft(office)
    imported(made["id"], notes_translated={"kk": "Тек қазақша", "ru": ""})
    with pytest.raises(toolkit.ValidationError):
        call("bulk_update_public", office.administrator, org_id=office.id, datasets=[made["id"]])
    imported(made["id"], notes_translated={"kk": "Сипаттама", "ru": "Описание"})
    call("bulk_update_public", office.administrator, org_id=office.id, datasets=[made["id"]])
    shown = call("package_show", None, id=made["id"])
    assert (shown["review_state"], shown["private"]) == ("published", False)


def test_unknown_stage_is_refused_in_words(office: Office) -> None:
    with pytest.raises(toolkit.ValidationError) as refused:
        draft(office, review_state="approved")
    assert "draft, review, published" in str(refused.value.error_dict["review_state"])


def test_saving_without_visibility_keeps_a_draft_private_and_a_published_one_public(office: Office) -> None:
    made = draft(office)
    changed = passport(office.id, id=made["id"], name=made["name"], responsible_name="А. Б.")
    assert call("package_update", office.officer, **changed)["private"] is True
    call("catalogue_dataset_publish", office.editor, id=made["id"])
    changed["responsible_name"] = "В. Г."
    assert call("package_update", office.editor, **changed)["private"] is False


def test_officer_edits_neither_what_is_reviewed_nor_what_is_published(office: Office) -> None:
    made = draft(office)
    call("catalogue_dataset_submit", office.officer, id=made["id"])
    with pytest.raises(toolkit.NotAuthorized, match="being reviewed"):
        call("package_patch", office.officer, id=made["id"], responsible_name="А. Б.")
    call("catalogue_dataset_publish", office.editor, id=made["id"])
    with pytest.raises(toolkit.NotAuthorized, match="is published"):
        call("package_patch", office.officer, id=made["id"], responsible_name="А. Б.")
    with pytest.raises(toolkit.NotAuthorized):
        call("package_delete", office.officer, id=made["id"])


def test_publication_without_russian_is_refused_and_names_the_field(office: Office) -> None:
    made = draft(office)
    imported(made["id"], title_translated={"kk": "Мектептер"})
    with pytest.raises(toolkit.ValidationError) as refused:
        call("catalogue_dataset_publish", office.editor, id=made["id"])
    assert "Russian" in str(refused.value.error_dict["title_translated"])
    assert call("package_show", office.officer, id=made["id"])["private"] is True


def test_return_needs_a_reason_and_shows_it_to_the_author(office: Office) -> None:
    made = draft(office)
    call("catalogue_dataset_submit", office.officer, id=made["id"])
    with pytest.raises(toolkit.ValidationError):
        call("catalogue_dataset_return", office.editor, id=made["id"], reason=" ")
    call("catalogue_dataset_return", office.editor, id=made["id"], reason="Телефондар ескірген.")
    review = call("catalogue_review_show", office.officer, id=made["id"])
    assert review["stage"] == "draft"
    assert review["events"][0]["reason"] == "Телефондар ескірген."
    assert [event["step"] for event in review["events"]] == ["return", "submit"]


def test_steps_that_do_not_lead_from_this_stage_are_refused(office: Office) -> None:
    made = draft(office)
    for action, user in (
        ("catalogue_dataset_return", office.editor),
        ("catalogue_dataset_withdraw", office.officer),
    ):
        with pytest.raises(toolkit.ValidationError):
            call(action, user, id=made["id"], reason="—")
    call("catalogue_dataset_submit", office.officer, id=made["id"])
    with pytest.raises(toolkit.ValidationError):
        call("catalogue_dataset_submit", office.officer, id=made["id"])


def test_officer_takes_back_from_review_but_not_from_publication(office: Office) -> None:
    made = draft(office)
    call("catalogue_dataset_submit", office.officer, id=made["id"])
    assert call("catalogue_dataset_withdraw", office.officer, id=made["id"])["review_state"] == "draft"
    call("catalogue_dataset_publish", office.editor, id=made["id"])
    with pytest.raises(toolkit.NotAuthorized):
        call("catalogue_dataset_withdraw", office.officer, id=made["id"])
    assert call("catalogue_dataset_withdraw", office.editor, id=made["id"])["private"] is True


def test_a_draft_is_hidden_from_strangers(office: Office) -> None:
    made = draft(office)
    for user in (None, office.stranger):
        with pytest.raises(toolkit.NotAuthorized):
            call("package_show", user, id=made["id"])
        assert call("package_search", user, q=made["name"])["count"] == 0


def test_lists_hold_what_waits_for_the_person_and_nothing_of_other_bodies(office: Office) -> None:
    waiting, unfinished = draft(office), draft(office)
    call("catalogue_dataset_submit", office.officer, id=waiting["id"])
    names = {
        user: {kind: [item["id"] for item in found] for kind, found in call("catalogue_review_list", user).items()}
        for user in (office.officer, office.editor, office.stranger)
    }
    assert names[office.editor] == {"review": [waiting["id"]], "drafts": [unfinished["id"]]}
    assert names[office.officer] == {"review": [], "drafts": [unfinished["id"]]}
    assert names[office.stranger] == {"review": [], "drafts": []}


def test_what_a_system_administrator_or_a_harvester_brings_is_published_at_once(office: Office) -> None:
    made = call("package_create", factories.Sysadmin()["name"], **passport(office.id))
    assert (made["review_state"], made["private"]) == ("published", False)


def test_a_published_dataset_cannot_be_moved_to_a_body_where_the_person_only_writes(office: Office) -> None:
    made = draft(office)
    call("catalogue_dataset_publish", office.editor, id=made["id"])
    other = body(member=office.editor)
    with pytest.raises(toolkit.ValidationError) as refused:
        call("package_patch", office.editor, id=made["id"], owner_org=other["id"])
    assert "owner_org" in refused.value.error_dict


def test_an_officer_creates_no_harvest_source(office: Office) -> None:
    with pytest.raises(toolkit.NotAuthorized):
        call(
            "harvest_source_create",
            office.officer,
            name="source",
            title="Source",
            url="https://93.184.216.34",
            source_type="ensi",
            owner_org=office.id,
        )
