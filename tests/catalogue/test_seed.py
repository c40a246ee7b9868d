"""The two commands that fill the catalogue."""

from __future__ import annotations

from typing import Any

import pytest
from ckan.tests.helpers import CKANCliRunner

from ckanext.opengov_kz.catalogue import reference
from ckanext.opengov_kz.catalogue.cli import catalogue
from tests.catalogue.records import act

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")


def run(command: str) -> Any:
    result = CKANCliRunner().invoke(catalogue, [command], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def test_reference_and_demonstration_data_are_loaded_and_a_second_run_changes_nothing() -> None:
    run("load-reference")
    names = [publisher["name"] for publisher in reference.load("publishers")]
    assert sorted(act("organization_list")) == sorted(names)
    groups = [group["name"] for group in (*reference.load("categories"), *reference.load("regions"))]
    assert sorted(act("group_list")) == sorted(groups)

    output = run("load-demo").output
    assert "dataset schools-astana: " in output
    answer = act("package_search", rows=100)
    assert answer["count"] == 50
    assert all(hit["groups"] and hit["organization"] for hit in answer["results"])
    school = act("package_show", id="schools-astana")["resources"][0]
    table = act("datastore_search", resource_id=school["id"], limit=1)
    assert table["total"] > 20
    labels = {field["id"]: field.get("info", {}).get("label_kk") for field in table["fields"]}
    assert labels["school_code"] == "Мектеп коды"
    assert [hit for hit in answer["results"] if hit["translation_missing"] == ["kk"]]

    act("package_patch", id="schools-astana", responsible_name="Жаңа адам")
    act("organization_patch", id=names[0], phone="+7 701 000 00 00")
    run("load-reference")
    again = run("load-demo").output
    assert again.count("already there") == 50
    assert act("package_show", id="schools-astana")["responsible_name"] == "Жаңа адам"
    assert act("organization_show", id=names[0])["phone"] != "+7 701 000 00 00"
    assert act("package_search", rows=0)["count"] == 50
