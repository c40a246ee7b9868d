"""Home and the navigator: what people meet first."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from ckan import model
from ckan.plugins import toolkit
from ckan.tests import factories
from sqlalchemy import event

from ckanext.opengov_kz.site import navigator
from tests.site.content import category, dataset, publisher
from tests.site.html import read

EMPTY = pytest.mark.usefixtures("clean_db", "clean_index")

pytestmark = [
    pytest.mark.usefixtures("with_plugins"),
    pytest.mark.ckan_config("opengov.site.home_cache_seconds", 0),
]


@EMPTY
def test_home_opens_in_an_empty_portal(app: Any) -> None:
    text = app.get("/en/").text
    assert re.search(r"<dt>datasets</dt><dd>0</dd>", text)


@EMPTY
def test_home_counts_public_datasets_alone(app: Any) -> None:
    owner = publisher()
    dataset(owner)
    dataset(owner, private=True)
    assert re.search(r"<dt>datasets</dt><dd>1</dd>", app.get("/en/").text)


@EMPTY
def test_home_speaks_of_data_in_the_reader_s_language(app: Any) -> None:
    dataset(publisher("Управление <образования>"), category())
    text = app.get("/ru/").text
    assert "Школы Астаны" in text
    assert "Управление &lt;образования&gt;" in text
    assert "Образование" in text
    assert "Астана мектептері" in app.get("/").text


@EMPTY
def test_home_is_the_same_for_a_person_who_may_see_more(app: Any) -> None:
    admin = factories.Sysadmin()
    dataset(publisher(), private=True)
    figures = toolkit.get_action("site_home_show")({"user": admin["name"]}, {})
    assert figures["datasets"] == 0
    assert figures["newest"] == []


@EMPTY
def test_home_asks_the_database_as_often_for_twenty_publishers_as_for_two(app: Any) -> None:
    def queries() -> int:
        seen: list[str] = []
        listen = (model.meta.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
        event.listen(*listen)
        try:
            app.get("/ru/")
        finally:
            event.remove(*listen)
        return len(seen)

    for _ in range(2):
        dataset(publisher(), category())
    app.get("/ru/")
    few = queries()
    for _ in range(6):
        dataset(publisher(), category())
    assert queries() == few


@EMPTY
def test_home_keeps_its_figures_for_a_while(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(toolkit.config, "opengov.site.home_cache_seconds", 30)
    before = toolkit.get_action("site_home_show")({}, {})["datasets"]
    dataset(publisher())
    assert toolkit.get_action("site_home_show")({}, {})["datasets"] == before
    monkeypatch.setitem(toolkit.config, "opengov.site.home_cache_seconds", 0)
    assert toolkit.get_action("site_home_show")({}, {})["datasets"] == 1


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_situation_has_words_a_picture_and_a_page_that_opens(app: Any, language: str) -> None:
    pictures = set(re.findall(r'<symbol id="(\w+)"', app.get("/opengov/icons.svg").text))
    with app.flask_app.test_request_context("/", environ_overrides={"CKAN_LANG": language}):
        situations = [item for area in navigator.areas(language) for item in area["situations"]]
    assert len(situations) >= 12
    for situation in situations:
        assert situation["title"]
        assert situation["hint"]
        assert situation["icon"] in pictures
        app.get(situation["url"], status=200)


def test_navigator_leads_to_categories_that_exist() -> None:
    folder = navigator.Path(navigator.__file__).parents[1]
    known = {item["name"] for item in yaml.safe_load((folder / "catalogue/reference/categories.yaml").read_text())}
    areas = yaml.safe_load((folder / "site/navigator.yaml").read_text())
    named = {item["category"] for area in areas for item in area["situations"] if "category" in item}
    assert named <= known


def test_categories_have_pictures(app: Any) -> None:
    folder = navigator.Path(navigator.__file__).parents[1]
    wanted = {item["icon"] for item in yaml.safe_load((folder / "catalogue/reference/categories.yaml").read_text())}
    pictures = set(re.findall(r'<symbol id="(\w+)"', app.get("/opengov/icons.svg").text))
    assert wanted <= pictures


def test_parts_that_are_not_open_yet_say_so_and_lead_nowhere(app: Any) -> None:
    text = app.get("/en/").text
    assert text.count("Coming") == 3
    links = [link["href"] for link in read(text).links if "href" in link]
    assert "/en/dataset/" in links
