"""The pages of a harvest source, as a reader and as an administrator meet them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ckan import model
from ckan.plugins.toolkit import ValidationError
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp
from ckanext.harvest.model import HarvestJob
from sqlalchemy import event

from ckanext.opengov_kz.harvesters.ensi.simulator import EnsiSimulator
from ckanext.opengov_kz.harvesters.ensi.simulator_data import generate
from tests.harvesters.conftest import call
from tests.visitor import Visitor

pytestmark = [
    pytest.mark.usefixtures("clean_db", "clean_index", "with_plugins"),
    pytest.mark.ckan_config("opengov.http.allowed_private_hosts", ["127.0.0.1"]),
    pytest.mark.ckan_config("opengov.harvesting.request_attempts", 1),
]
PASSWORD = "a-long-enough-password"


@pytest.fixture
def administrator(app: CKANTestApp) -> Visitor:
    factories.Sysadmin(name="administrator", password=PASSWORD)
    visitor = Visitor(app)
    visitor.sign_in("administrator", PASSWORD)
    return visitor


def jobs() -> int:
    model.Session.remove()
    return model.Session.query(HarvestJob).count()


def text(visitor: Visitor, path: str) -> str:
    return visitor.get(path).get_data(as_text=True)


def test_the_page_tells_in_words_what_arrived_and_what_failed(
    app: CKANTestApp, make_source: Callable[..., dict[str, Any]], harvest: Callable[[str], Any]
) -> None:
    reader = Visitor(app)
    with EnsiSimulator([generate("KATO", 120)]) as agency:
        source = make_source(agency.url)
        assert "әлі деректер жиналған жоқ" in text(reader, "/kk/harvest/ensi")
        harvest(source["id"])
        page = text(reader, "/ru/harvest/ensi")
        assert "Завершено" in page
        assert "добавлено" in page
        assert ">120<" in page
        assert "/dataset/ensi-kato" in page
        assert "Аяқталды" in text(reader, "/kk/harvest/ensi")
        agency.change("KATO", renamed=1)
        agency.fail(1, status=500, times=-1)
        harvest(source["id"])
    page = text(reader, "/ru/harvest/ensi")
    assert "HTTP 500" in page
    assert "request_failed" not in page


def test_the_number_of_queries_does_not_grow_with_the_runs(
    app: CKANTestApp, make_source: Callable[..., dict[str, Any]], harvest: Callable[[str], Any]
) -> None:
    counted: list[str] = []

    def count(*arguments: Any) -> None:
        counted.append(arguments[2])

    def queries() -> int:
        counted.clear()
        call("harvesting_source_status_show", id=source["id"])
        return len(counted)

    with EnsiSimulator([generate("KATO", 20)]) as agency:
        source = make_source(agency.url)
        harvest(source["id"])
        event.listen(model.Session.get_bind(), "before_cursor_execute", count)
        try:
            with app.flask_app.test_request_context():
                after_one = queries()
                for _run in range(3):
                    harvest(source["id"])
                assert queries() <= after_one
        finally:
            event.remove(model.Session.get_bind(), "before_cursor_execute", count)


def test_a_link_never_starts_stops_or_deletes_anything(
    administrator: Visitor, make_source: Callable[..., dict[str, Any]], empty_queues: None
) -> None:
    source = make_source("http://127.0.0.1:9")
    for deed in ("refresh", "clear", "delete"):
        answer = administrator.get(f"/harvest/{deed}/ensi")
        assert answer.status_code == 200, deed
        assert "_csrf_token" in answer.get_data(as_text=True), "it asks first"
        assert administrator.post(f"/harvest/{deed}/ensi").status_code == 400, "a forged form"
    assert jobs() == 0
    assert call("package_show", id=source["id"])["state"] == "active"


def test_an_administrator_runs_and_stops_a_harvest(
    administrator: Visitor, make_source: Callable[..., dict[str, Any]], empty_queues: None
) -> None:
    make_source("http://127.0.0.1:9")
    assert administrator.send("/harvest/refresh/ensi").status_code == 302
    assert jobs() == 1
    assert administrator.send("/harvest/refresh/ensi").status_code == 302
    assert jobs() == 1, "one at a time"
    job = call("harvesting_source_status_show", id="ensi")["jobs"][0]
    assert administrator.send(f"/harvest/ensi/job/{job['id']}/abort").status_code == 302
    assert call("harvesting_source_status_show", id="ensi")["state"] not in {"waiting", "gathering", "loading"}


def test_strangers_may_read_and_nothing_else(app: CKANTestApp, make_source: Callable[..., dict[str, Any]]) -> None:
    make_source("http://127.0.0.1:9")
    reader = Visitor(app)
    assert reader.get("/harvest/ensi").status_code == 200
    assert reader.get("/harvest/ensi/status").status_code == 200
    assert "/harvest/refresh/" not in text(reader, "/harvest/ensi")
    for path in ("/harvest/refresh/ensi", "/harvest/clear/ensi", "/harvest/delete/ensi", "/harvest/new"):
        assert reader.get(path).status_code in {302, 403}, path
    assert reader.get("/harvest/no-such/status").status_code == 404
    assert reader.get("/harvest/refresh/no-such").status_code == 404


def test_a_wrong_address_comes_back_with_the_form_and_its_reason(
    administrator: Visitor, publisher: dict[str, Any]
) -> None:
    answer = administrator.send(
        "/ru/harvest/new",
        title="Реестр",
        url="http://10.0.0.7/",
        source_type="ensi",
        frequency="DAILY",
        owner_org=publisher["id"],
        config="",
    )
    page = answer.get_data(as_text=True)
    assert "закрытую сеть" in page
    assert 'value="http://10.0.0.7/"' in page, "what was entered is kept"
    assert model.Package.get("reestr") is None


def test_a_source_made_by_the_form_gets_a_name_from_its_title(
    administrator: Visitor, publisher: dict[str, Any]
) -> None:
    answer = administrator.send(
        "/harvest/new",
        title="Бірыңғай тізілім",
        url="http://127.0.0.1:9",
        source_type="ensi",
        frequency="MANUAL",
        owner_org=publisher["id"],
        config='{"tables": ["KATO"]}',
    )
    assert answer.status_code == 302, answer.get_data(as_text=True)
    assert model.Package.get("biryngay-tizilim") is not None


@pytest.mark.parametrize("config", ["{", "[]", '{"tables": "KATO"}', '{"tables": [1]}'])
def test_a_wrong_configuration_is_refused(make_source: Callable[..., dict[str, Any]], config: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        make_source("http://127.0.0.1:9", config=config)
    assert "config" in refusal.value.error_dict
