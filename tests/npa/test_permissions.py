"""Who may do what with draft acts: one row per action, one column per kind of person."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from ckan.plugins import toolkit

from ckanext.opengov_kz.npa.logic import auth
from tests.npa.conftest import Office

#: nobody, a citizen, an expert with a verified role, an officer of the body, one of another body, an administrator
EVERYONE = "Y Y Y Y Y Y"
PEOPLE = "– Y Y Y Y Y"
BODY = "– – – Y – Y"
OFFICERS = "– – – Y Y Y"
ADMINISTRATORS = "– – – – – Y"
#: Of an act that is public, with a report that is not.
PUBLISHED = {
    "npa_act_show": EVERYONE,
    "npa_act_list": EVERYONE,
    "npa_text_show": EVERYONE,
    "npa_version_compare": EVERYONE,
    "npa_conclusion_list": EVERYONE,
    "npa_indicators": EVERYONE,
    "npa_report_show": BODY,
    "npa_act_start": BODY,
    "npa_act_publish": BODY,
    "npa_act_extend": BODY,
    "npa_act_move": BODY,
    "npa_act_send": BODY,
    "npa_preview_show": BODY,
    "npa_version_import": BODY,
    "npa_version_update": BODY,
    "npa_version_delete": BODY,
    "npa_version_publish": BODY,
    "npa_report_update": BODY,
    "npa_report_publish": BODY,
    "npa_conclusion_create": "– – Y – – Y",
    "npa_role_set": ADMINISTRATORS,
    "npa_role_delete": ADMINISTRATORS,
    "npa_role_list": ADMINISTRATORS,
    "npa_follow_set": PEOPLE,
    "npa_follow_list": PEOPLE,
    "npa_participation_list": PEOPLE,
    "package_delete": ADMINISTRATORS,
}
#: What changes while the act is a draft: its body alone knows of it.
DRAFT = {
    "npa_act_show": BODY,
    "npa_text_show": BODY,
    "npa_version_compare": BODY,
    "npa_conclusion_list": BODY,
    "npa_conclusion_create": "– – – – – Y",
    "package_delete": BODY,
}


def test_every_action_has_its_row() -> None:
    functions = {name for name, _function in inspect.getmembers(auth, inspect.isfunction) if name in auth.__all__}
    assert functions == set(PUBLISHED) == set(auth.__all__)


@pytest.fixture
def people(office: Office) -> list[str]:
    words = {"kk": "Адвокаттар алқасы", "ru": "Коллегия адвокатов"}
    office.act(office.sysadmin, "npa_role_set", user=office.expert, kind="scientific_legal", organisation=words)
    return ["", office.citizens[0], office.expert, office.officer, office.other_officer, office.sysadmin]


def found(people: list[str], action: str, data: dict[str, Any]) -> str:
    """The row of an action as it is."""
    row = []
    for person in people:
        try:
            toolkit.check_access(action, {"user": person}, dict(data))
            row.append("Y")
        except toolkit.NotAuthorized:
            row.append("–")
    return " ".join(row)


def wrong(people: list[str], table: dict[str, str], data: dict[str, Any]) -> dict[str, str]:
    return {action: row for action in table if (row := found(people, action, data)) != table[action]}


def test_the_table_holds_for_a_published_act(office: Office, people: list[str]) -> None:
    data = {"id": office.published(), "owner_org": office.body, "kind": "scientific_legal"}
    assert wrong(people, PUBLISHED, data) == {}


def test_the_table_holds_for_a_draft(office: Office, people: list[str]) -> None:
    data = {"id": office.draft(), "owner_org": office.body, "kind": "scientific_legal"}
    assert wrong(people, PUBLISHED | DRAFT, data) == {}


def test_an_officer_of_any_body_may_begin_an_act_of_their_own_body(office: Office, people: list[str]) -> None:
    assert found(people, "npa_act_start", {}) == OFFICERS


def test_a_published_report_is_for_everybody(office: Office, people: list[str]) -> None:
    name = office.published()
    office.over(name)
    office.act(office.officer, "npa_act_move", id=name, stage="consideration")
    office.act(office.officer, "npa_report_publish", id=name)
    assert found(people, "npa_report_show", {"id": name}) == EVERYONE


def test_a_role_of_one_kind_gives_no_conclusion_of_another(office: Office, people: list[str]) -> None:
    data = {"id": office.published(), "kind": "anti_corruption"}
    assert found(people, "npa_conclusion_create", data) == ADMINISTRATORS


def test_not_even_an_administrator_concludes_without_a_verified_role(office: Office) -> None:
    given = {"id": office.published(), "kind": "anti_corruption", "outcome": "approves", "text": "Қолдаймын."}
    with pytest.raises(toolkit.NotAuthorized):
        office.act(office.sysadmin, "npa_conclusion_create", **given)
    assert office.act("", "npa_conclusion_list", id=given["id"]) == []
