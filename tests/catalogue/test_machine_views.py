"""The sitemap and robots.txt as a search engine fetches them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from ckan.plugins import toolkit
from ckan.tests import factories

from ckanext.opengov_kz.catalogue import machine_views
from tests.catalogue.people import body, passport

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index", "in_english")

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def locations(app: Any, address: str, kind: str) -> list[str]:
    answer = app.get(urlsplit(address).path)
    assert answer.headers["Content-Type"].startswith("application/xml")
    found = ET.fromstring(answer.body.encode()).findall(f"s:{kind}/s:loc", NAMES)  # noqa: S314  # our own text
    return [str(node.text) for node in found]


def create(owner: str, stage: str, **changes: Any) -> dict[str, Any]:
    context: Any = {"user": factories.Sysadmin()["name"], "ignore_auth": True}
    data = passport(owner, review_state=stage, **changes)
    return toolkit.get_action("package_create")(context, data)


def test_every_public_page_is_listed_once_in_each_language_and_no_draft(app: Any, monkeypatch: Any) -> None:
    # Small batches and parts, so that four datasets already need several.
    monkeypatch.setattr(machine_views, "_BATCH", 2)
    monkeypatch.setattr(machine_views, "_PER_PART", 5)
    publisher = body()
    category = factories.Group(title_translated={"kk": "Санат", "ru": "Категория"})
    public = [create(publisher["id"], "published") for _number in range(4)]
    draft = create(publisher["id"], "draft")

    (listed,) = [line for line in app.get("/robots.txt").body.splitlines() if line.startswith("Sitemap: ")]
    parts = locations(app, listed.removeprefix("Sitemap: "), "sitemap")
    paths = [urlsplit(address).path for part in parts for address in locations(app, part, "url")]
    assert len(parts) == 3
    assert len(paths) == len(set(paths))
    wanted = [f"/dataset/{dataset['name']}" for dataset in public]
    wanted += [f"/organization/{publisher['name']}", f"/group/{category['name']}"]
    for path in wanted:
        assert {f"/{lang}{path}" for lang in ("kk", "ru", "en")} <= set(paths)
    assert not [path for path in paths if draft["name"] in path]
    for path in paths:
        if path.startswith("/ru/"):
            assert app.get(path).status_code == 200, path


def test_a_page_names_the_same_alternates_as_the_sitemap(app: Any) -> None:
    dataset = create(body()["id"], "published")
    text = app.get("/sitemap-1.xml").body
    (url, *_others) = [
        node
        for node in ET.fromstring(text.encode()).findall("s:url", NAMES)  # noqa: S314  # our own text
        if dataset["name"] in node.findtext("s:loc", "", NAMES)
    ]
    page = app.get(f"/dataset/{dataset['name']}").body
    for link in url.findall("x:link", NAMES):
        if link.get("hreflang") != "x-default":
            assert f'hreflang="{link.get("hreflang")}" href="{link.get("href")}"' in page
    assert url.findtext("s:lastmod", "", NAMES).startswith(dataset["metadata_modified"][:10])


def test_a_part_that_does_not_exist_is_not_found(app: Any) -> None:
    for part in ("0", "2", "99999999999999999999", "x"):
        app.get(f"/sitemap-{part}.xml", status=404)
