"""Addresses of datasets, publishers and categories that were renamed."""

from __future__ import annotations

from typing import Any

import pytest
from ckan.plugins import toolkit
from ckan.tests import factories

from ckanext.opengov_kz.catalogue.model import OldName
from tests.catalogue.people import body, call, passport

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")


@pytest.fixture
def sysadmin() -> str:
    return factories.Sysadmin()["name"]


@pytest.fixture
def dataset(sysadmin: str) -> dict[str, Any]:
    return call("package_create", sysadmin, **passport(body()["id"], name="mektepter"))


def open_page(app: Any, path: str) -> Any:
    return app.get(path, follow_redirects=False)


def place(answer: Any) -> str:
    """Where a redirect leads, without the host."""
    return answer.headers["Location"].removeprefix(toolkit.config["ckan.site_url"])


def test_an_old_address_leads_to_the_new_one_with_its_language_and_query(
    app: Any, dataset: dict[str, Any], sysadmin: str
) -> None:
    call("package_patch", sysadmin, id=dataset["id"], name="mektepter-2026")
    answer = open_page(app, "/ru/dataset/mektepter?page=2&q=%D0%B0")
    assert answer.status_code == 301
    assert place(answer) == "/ru/dataset/mektepter-2026?page=2&q=%D0%B0"
    assert open_page(app, place(answer)).status_code == 200


def test_every_former_name_leads_to_the_present_one(app: Any, dataset: dict[str, Any], sysadmin: str) -> None:
    for name in ("mektepter-2", "mektepter-3"):
        call("package_patch", sysadmin, id=dataset["id"], name=name)
    for old in ("mektepter", "mektepter-2"):
        assert place(open_page(app, f"/dataset/{old}")) == "/dataset/mektepter-3"


@pytest.mark.parametrize("rest", ["", ".ttl", "/resource/x", "/rss"])
def test_no_address_below_the_old_one_fails(app: Any, dataset: dict[str, Any], sysadmin: str, rest: str) -> None:
    call("package_patch", sysadmin, id=dataset["id"], name="mektepter-2026")
    assert open_page(app, f"/dataset/mektepter{rest}").status_code in {301, 404}


def test_publishers_and_categories_keep_their_addresses(app: Any, sysadmin: str) -> None:
    publisher = body()
    category = factories.Group(title_translated={"kk": "Білім", "ru": "Образование"})
    call("organization_patch", sysadmin, id=publisher["id"], name="zhana-baspa")
    call("group_patch", sysadmin, id=category["id"], name="zhana-sanat")
    assert place(open_page(app, f"/organization/{publisher['name']}")) == "/organization/zhana-baspa"
    assert place(open_page(app, f"/group/{category['name']}")) == "/group/zhana-sanat"


def test_a_name_taken_by_another_dataset_is_that_datasets(app: Any, dataset: dict[str, Any], sysadmin: str) -> None:
    call("package_patch", sysadmin, id=dataset["id"], name="mektepter-2026")
    call("package_create", sysadmin, **passport(dataset["owner_org"], name="mektepter"))
    assert open_page(app, "/dataset/mektepter").status_code == 200


def test_a_name_taken_back_leads_nowhere_else(app: Any, dataset: dict[str, Any], sysadmin: str) -> None:
    for name in ("mektepter-2026", "mektepter"):
        call("package_patch", sysadmin, id=dataset["id"], name=name)
    assert open_page(app, "/dataset/mektepter").status_code == 200
    assert place(open_page(app, "/dataset/mektepter-2026")) == "/dataset/mektepter"


def test_the_new_name_of_a_hidden_dataset_is_not_told(app: Any, dataset: dict[str, Any], sysadmin: str) -> None:
    call("package_patch", sysadmin, id=dataset["id"], name="secret-name", private=True)
    answer = open_page(app, "/dataset/mektepter")
    assert answer.status_code == 404
    assert "secret-name" not in answer.get_data(as_text=True)


def test_a_renaming_that_fails_leaves_no_trace(dataset: dict[str, Any], sysadmin: str) -> None:
    with pytest.raises(toolkit.ValidationError):
        call("package_patch", sysadmin, id=dataset["id"], name="Not A Name")
    assert OldName.bearer("dataset", "mektepter") is None


@pytest.mark.parametrize(
    "path",
    [
        "/dataset/..%2f..%2fetc%2fpasswd",
        "/dataset/%00",
        "/dataset/%27%20OR%201=1--",
        "/dataset/" + "a" * 3000,
        "/organization/%E2%80%AE",
        "/group/%0d%0aSet-Cookie:x",
    ],
)
def test_odd_names_are_simply_not_found(app: Any, path: str) -> None:
    answer = open_page(app, path)
    assert answer.status_code in {400, 404}
    assert "Set-Cookie:x" not in str(answer.headers)


def test_the_api_knows_present_names_only(dataset: dict[str, Any], sysadmin: str) -> None:
    call("package_patch", sysadmin, id=dataset["id"], name="mektepter-2026")
    with pytest.raises(toolkit.ObjectNotFound):
        call("package_show", None, id="mektepter")
    assert call("catalogue_address_show", None, subject_type="dataset", name="mektepter")["name"] == "mektepter-2026"
