"""Who may do what: one row per action of ours, one column per kind of person.

A row says on what the action is tried, and who may: Y or – for each of the columns. Actions are collected from the
plugins; one without a row fails the test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from ckan import model
from ckan.plugins import plugin_loaded, toolkit
from ckan.tests import factories

from tests.catalogue.people import body, call, passport

pytestmark = pytest.mark.usefixtures("with_plugins")

COLUMNS = (
    "anonymous",
    "citizen",
    "officer",
    "officer of another body",
    "editor",
    "administrator",
    "sysadmin",
)
EVERYONE = "Y Y Y Y Y Y Y"
THE_BODY = "– – Y – Y Y Y"
PUBLISHERS = "– – – – Y Y Y"
ACCOUNTS = "– Y Y Y Y Y Y"

#: Action (and the stage of the dataset that it is tried on) → who may.
TABLE = {
    # catalogue
    "catalogue_dataset_submit draft": THE_BODY,
    "catalogue_dataset_publish draft": PUBLISHERS,
    "catalogue_dataset_publish review": PUBLISHERS,
    "catalogue_dataset_return review": PUBLISHERS,
    "catalogue_dataset_withdraw review": THE_BODY,
    "catalogue_dataset_withdraw published": PUBLISHERS,
    "catalogue_review_show draft": THE_BODY,
    "catalogue_review_show published": THE_BODY,
    "catalogue_review_list": ACCOUNTS,
    "catalogue_address_show": EVERYONE,
    # search
    "search_suggest": EVERYONE,
    "search_index_report_show": "– – – – – – Y",
    "search_index_compare": "– – – – – – Y",
    "search_index_rebuild": "– – – – – – Y",
    # what CKAN's own actions come to with our roles
    "package_create": THE_BODY,
    "package_show draft": THE_BODY,
    "package_show published": EVERYONE,
    "package_update draft": THE_BODY,
    "package_update review": PUBLISHERS,
    "package_update published": PUBLISHERS,
    "package_patch published": PUBLISHERS,
    "package_delete draft": THE_BODY,
    "package_delete published": PUBLISHERS,
    "resource_create draft": THE_BODY,
    "resource_create published": PUBLISHERS,
    "resource_update published": PUBLISHERS,
    "resource_delete published": PUBLISHERS,
    "datastore_create published": PUBLISHERS,
    "harvest_source_create": PUBLISHERS,
    "bulk_update_public": "– – – – – Y Y",
    "organization_update": "– – – – – Y Y",
    "organization_member_create": "– – – – – Y Y",
    "organization_delete": "– – – – – Y Y",
    "user_update": "– – – – – – Y",
    # publishing
    "publishing_rows_merge draft": THE_BODY,
    "publishing_rows_merge published": PUBLISHERS,
    "publishing_columns_change draft": THE_BODY,
    "publishing_columns_change published": PUBLISHERS,
    "publishing_changes_forget draft": THE_BODY,
    "publishing_changes_forget published": PUBLISHERS,
    "publishing_table_show draft": THE_BODY,
    "publishing_table_show published": EVERYONE,
    "publishing_export_show draft": THE_BODY,
    "publishing_export_show published": EVERYONE,
    "publishing_export_start draft": THE_BODY,
    "publishing_export_start published": PUBLISHERS,
    "publishing_run_list draft": THE_BODY,
    "publishing_run_list published": EVERYONE,
    "publishing_run_show draft": THE_BODY,
    "publishing_run_show published": EVERYONE,
    "publishing_change_list draft": THE_BODY,
    "publishing_change_list published": EVERYONE,
    "publishing_reject_list draft": THE_BODY,
    "publishing_reject_list published": THE_BODY,
    # harvesting
    "harvesting_source_status_show source": EVERYONE,
    "harvesting_source_run source": PUBLISHERS,
    "harvesting_source_stop source": PUBLISHERS,
    "harvesting_quality_show draft": THE_BODY,
    "harvesting_quality_show published": EVERYONE,
    "harvesting_source_clear source": PUBLISHERS,
    "harvesting_source_delete source": PUBLISHERS,
    "harvesting_source_approve source": "– – – – – – Y",
    "harvesting_source_refuse source": "– – – – – – Y",
    "harvesting_source_pending_list": "– – – – – – Y",
    "harvesting_source_health_list": EVERYONE,
    "harvesting_dataset_origin_show draft": THE_BODY,
    "harvesting_dataset_origin_show published": EVERYONE,
    "harvesting_classifier_show draft": THE_BODY,
    "harvesting_classifier_show published": EVERYONE,
    "harvesting_classifier_item_show draft": THE_BODY,
    "harvesting_classifier_item_show published": EVERYONE,
    "harvesting_classifier_version_list draft": THE_BODY,
    "harvesting_classifier_version_list published": EVERYONE,
    "harvesting_classifier_change_list draft": THE_BODY,
    "harvesting_classifier_change_list published": EVERYONE,
    # site
    "site_home_show": EVERYONE,
    "site_group_list": EVERYONE,
    "site_account_register": EVERYONE,
    "site_account_confirm": EVERYONE,
    "site_confirmation_show": EVERYONE,
    "site_confirmation_send": EVERYONE,
}


@dataclass
class World:
    """People by column, and what they act on."""

    people: dict[str, str]
    body: str
    datasets: dict[str, dict[str, Any]]
    stranger: str

    def data(self, action: str, subject: str) -> dict[str, Any]:
        """What the action is told."""
        dataset = self.datasets.get(subject or "draft", {})
        resource = (dataset.get("resources") or [{}])[0].get("id")
        newcomer = {"id": self.body, "username": self.stranger, "role": "member"}
        by_kind: list[tuple[Callable[[str], bool], dict[str, Any]]] = [
            (lambda name: name in {"package_create", "harvest_source_create"}, self._new(action)),
            (lambda name: name == "bulk_update_public", {"org_id": self.body, "datasets": [dataset["id"]]}),
            (lambda name: name == "organization_member_create", newcomer),
            (lambda name: name.startswith("organization_"), {"id": self.body}),
            (lambda name: name == "user_update", {"id": self.stranger}),
            (lambda name: name == "resource_create", {"package_id": dataset["id"]}),
            (lambda name: name.startswith("resource_"), {"id": resource}),
            (lambda name: name.startswith(("datastore_", "publishing_")), {"resource_id": resource, "id": resource}),
        ]
        return next((data for fits, data in by_kind if fits(action)), {"id": dataset["id"], "reason": "—"})

    def _new(self, action: str) -> dict[str, Any]:
        return {"owner_org": self.body, "type": "harvest" if "harvest" in action else "dataset"}


@pytest.fixture(scope="module")
def world_made_once() -> dict[str, World]:
    return {}


@pytest.fixture
def world(world_made_once: dict[str, World], request: pytest.FixtureRequest) -> World:
    if not world_made_once:
        request.getfixturevalue("clean_db")
        request.getfixturevalue("clean_index")
        world_made_once["it"] = _make()
    return world_made_once["it"]


def _make() -> World:
    people = {column: factories.User()["name"] for column in COLUMNS[1:-1]}
    people |= {"anonymous": "", "sysadmin": factories.Sysadmin()["name"]}
    home = body(member=people["officer"], editor=people["editor"], admin=people["administrator"])
    body(member=people["officer of another body"])
    sysadmin = people["sysadmin"]
    datasets = {}
    for stage in ("draft", "review", "published"):
        made = call("package_create", sysadmin, **passport(home["id"], review_state=stage))
        name = {"kk": "Кесте", "ru": "Таблица"}
        call("resource_create", sysadmin, package_id=made["id"], url="https://example.kz/a.csv", name_translated=name)
        datasets[stage] = call("package_show", sysadmin, id=made["id"])
        assert datasets[stage]["review_state"] == stage
    source = model.Package(name="a-source", title="Source", type="harvest", owner_org=home["id"], private=False)
    model.Session.add(source)
    model.Session.commit()
    datasets["source"] = {"id": source.id}
    return World(people, home["id"], datasets, factories.User()["name"])


@pytest.mark.parametrize("row", TABLE)
def test_who_may(row: str, world: World) -> None:
    action, _space, subject = row.partition(" ")
    found = {}
    for column in COLUMNS:
        user = model.User.get(world.people[column]) if world.people[column] else None
        context = {"user": world.people[column], "auth_user_obj": user, "model": model, "session": model.Session}
        try:
            toolkit.check_access(action, context, world.data(action, subject))  # type: ignore[arg-type]
        except toolkit.NotAuthorized:
            found[column] = "–"
        else:
            found[column] = "Y"
    assert found == dict(zip(COLUMNS, TABLE[row].split(), strict=True))


def test_every_action_of_ours_has_its_row() -> None:
    prefixes = ("catalogue_", "publishing_", "harvesting_", "search_", "site_", "universal_")
    assert plugin_loaded("opengov_site")
    toolkit.get_action("status_show")
    from ckan.logic import _actions  # noqa: PLC0415 — CKAN's own list of the actions it gathered

    ours = {name for name in _actions if name.startswith(prefixes)}
    assert ours
    assert ours <= {row.partition(" ")[0] for row in TABLE}
