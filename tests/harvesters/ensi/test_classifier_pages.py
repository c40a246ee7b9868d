"""The pages and files of a classifier, as a reader and a program meet them."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from ckan import model
from ckan.tests.helpers import CKANTestApp
from openpyxl import load_workbook
from sqlalchemy import event

from ckanext.opengov_kz.harvesters.ensi.simulator import EnsiSimulator
from ckanext.opengov_kz.harvesters.ensi.simulator_data import SimulatedClassifier, generate, item
from tests.catalogue.people import passport
from tests.harvesters.conftest import call
from tests.visitor import Visitor

Harvest = Callable[[str], dict[str, Any]]
MakeSource = Callable[..., dict[str, Any]]

pytestmark = [
    pytest.mark.usefixtures("clean_db", "clean_index", "with_plugins"),
    pytest.mark.ckan_config("opengov.http.allowed_private_hosts", ["127.0.0.1"]),
    pytest.mark.ckan_config("opengov.harvesting.request_attempts", 1),
]
APRIL = date(2026, 4, 1)
PAGE = "/dataset/ensi-kato/classifier"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def agency() -> Iterator[EnsiSimulator]:
    with EnsiSimulator([generate("KATO", 350)], offers_changes=True) as simulator:
        yield simulator


@pytest.fixture
def reader(app: CKANTestApp, make_source: MakeSource, agency: EnsiSimulator, harvest: Harvest) -> Visitor:
    """A reader of a portal with a classifier of two versions."""
    source = make_source(agency.url)
    harvest(source["id"])
    agency.change("KATO", renamed=6, closed=2, added=3, replaced=2, on=APRIL)
    harvest(source["id"])
    return Visitor(app)


def text(visitor: Visitor, path: str, status: int = 200) -> str:
    answer = visitor.get(path)
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return answer.get_data(as_text=True)


def test_the_dataset_shows_its_versions_and_leads_to_the_tree(reader: Visitor) -> None:
    page = text(reader, "/ru/dataset/ensi-kato")
    assert "Версии классификатора" in page
    assert '<time datetime="2026-04-01">1 апреля 2026' in page
    assert "/ru/dataset/ensi-kato/classifier" in page


def test_a_dataset_that_is_no_classifier_has_neither(app: CKANTestApp, publisher: dict[str, Any]) -> None:
    dataset = call("package_create", **passport(publisher["id"], review_state="published"))
    reader = Visitor(app)
    assert "Версии классификатора" not in text(reader, f"/ru/dataset/{dataset['name']}")
    text(reader, f"/ru/dataset/{dataset['name']}/classifier", 404)
    text(reader, "/ru/dataset/no-such/classifier/changes.json", 404)


def test_a_reader_walks_down_the_tree_one_level_at_a_time(reader: Visitor, agency: EnsiSimulator) -> None:
    items = agency.items("KATO")
    top = [entry for entry in items if entry["parent_code"] is None]
    page = text(reader, f"/kk{PAGE}")
    assert top[0]["name_kaz"] in page
    children = [entry for entry in items if entry["parent_code"] == top[0]["code"]]
    assert children[0]["name_kaz"] not in page
    assert f"parent={top[0]['code']}" in page
    below = text(reader, f"/kk{PAGE}?parent={top[0]['code']}")
    for child in children:
        assert f"<code>{child['code']}</code>" in below
    grandchild = next(entry for entry in items if entry["parent_code"] == children[0]["code"])
    assert f"<code>{grandchild['code']}</code>" not in below


@pytest.mark.ckan_config("opengov.harvesting.ensi.children_per_page", 2)
def test_long_branches_come_page_by_page_and_an_item_opens_its_own_page(reader: Visitor, agency: EnsiSimulator) -> None:
    top = next(entry["code"] for entry in agency.items("KATO") if entry["parent_code"] is None)
    children = sorted({entry["code"] for entry in agency.items("KATO") if entry["parent_code"] == top})
    assert len(children) > 2
    found: list[str] = []
    for number in range(1, -(-len(children) // 2) + 1):
        page = text(reader, f"/ru{PAGE}?parent={top}&page={number}")
        found += [code for code in re.findall(r"<code>(\w+)</code>", page) if code != top]
    assert found == children
    page = text(reader, f"/ru{PAGE}?item={children[-1]}")
    assert f"<code>{children[-1]}</code>" in page
    assert "ensi-item-chosen" in page
    assert f"<code>{top}</code>" in page


def test_a_search_leads_into_the_branch(reader: Visitor, agency: EnsiSimulator) -> None:
    entry = next(entry for entry in agency.items("KATO") if entry["code"].endswith("001"))
    page = text(reader, f"/ru{PAGE}?q={entry['code']}")
    assert f"item={entry['code']}" in page
    assert " → " in page
    assert "нет подходящих позиций" in text(reader, f"/ru{PAGE}?q=никакой-такой")


def test_another_day_shows_another_state(reader: Visitor, agency: EnsiSimulator) -> None:
    new = next(entry for entry in agency.items("KATO") if entry["valid_from"] == "2026-04-01" and entry["parent_code"])
    assert "не действовала на эту дату" in text(reader, f"/ru{PAGE}?item={new['code']}&date=2020-05-01") or (
        new["name_rus"] not in text(reader, f"/ru{PAGE}?item={new['code']}&date=2020-05-01")
    )
    assert new["name_rus"] in text(reader, f"/ru{PAGE}?item={new['code']}&date=2026-04-01")
    assert "ни одна позиция не действовала" in text(reader, f"/ru{PAGE}?date=1990-01-01")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("date=31.12.2025", "не дата"),
        ("date=99999-01-01&parent=100000000", "не дата"),
        ("item=nothing", "нет позиции «nothing»"),
        ("item=nothing&date=x", "не дата"),
        ("page=999999999", ""),
        ("page=x", ""),
        ("q=%25%27%22%3Cscript%3E", "&lt;script&gt;"),
    ],
)
def test_a_wrong_address_is_told_and_the_rest_is_shown(reader: Visitor, query: str, told: str) -> None:
    page = text(reader, f"/ru{PAGE}?{query}")
    assert told in page
    assert "<script>" not in page.split("classifier-q")[1].split("</form>")[0]


def test_the_state_of_a_day_can_be_downloaded(reader: Visitor, agency: EnsiSimulator) -> None:
    codes = sorted(entry["code"] for entry in agency.items("KATO") if entry["valid_from"] != "2026-04-01")
    lines = text(reader, f"{PAGE}/as-of.csv?date=2026-03-31").splitlines()
    assert lines[0] == "code,parent_code,name_kk,name_ru,level,valid_from,valid_to,status"
    assert sorted(line.split(",")[0] for line in lines[1:]) == codes
    answer = json.loads(text(reader, f"/ru{PAGE}/as-of.json?date=2026-03-31"))
    assert "по состоянию на 31 марта 2026" in answer["title"]
    assert sorted(row["code"] for row in answer["rows"]) == codes
    book = load_workbook(io.BytesIO(reader.get(f"/ru{PAGE}/as-of.xlsx?date=2026-03-31").data))
    assert book.worksheets[0].max_row == len(codes) + 1
    assert text(reader, f"/ru{PAGE}/as-of.csv?for=spreadsheet").startswith("\N{BYTE ORDER MARK}Код;")
    assert reader.get(f"{PAGE}/as-of.csv?date=x").status_code == 400
    assert reader.get(f"{PAGE}/as-of.doc").status_code == 404


def test_changes_are_a_page_an_atom_feed_and_json(reader: Visitor) -> None:
    page = text(reader, f"/ru{PAGE}/changes?since=1")
    assert "закрыто" in page
    assert "Название на русском языке: " in page
    feed = ET.fromstring(text(reader, f"/ru{PAGE}/changes.atom?since=1"))  # noqa: S314 - our own answer
    entries = feed.findall(f"{ATOM}entry")
    found = json.loads(text(reader, f"{PAGE}/changes.json?since=1"))
    assert len(entries) == found["total"] > 10
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)
    newest = found["changes"][-1]["id"]
    assert str(entries[0].findtext(f"{ATOM}id")).endswith(f"#{newest}")
    assert feed.findtext(f"{ATOM}updated")
    last = found["changes"][-2]["id"]
    assert [c["id"] for c in json.loads(text(reader, f"{PAGE}/changes.json?after={last}"))["changes"]] == [newest]
    assert reader.get(f"{PAGE}/changes.json?since=unknown").status_code == 400
    assert reader.get(f"{PAGE}/changes.atom?since_date=unknown").status_code == 400
    assert reader.get(f"{PAGE}/changes?since=unknown").status_code == 400


def test_a_long_feed_leads_to_its_further_pages(reader: Visitor, agency: EnsiSimulator, harvest: Harvest) -> None:
    agency.change("KATO", renamed=120)
    harvest(call("package_show", id="ensi")["id"])
    seen: set[str | None] = set()
    address: str | None = f"{PAGE}/changes.atom"
    pages = 0
    while address:
        pages += 1
        feed = ET.fromstring(text(reader, address))  # noqa: S314 - our own answer
        seen |= {entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")}
        following = feed.find(f"{ATOM}link[@rel='next']")
        address = "/dataset/" + following.attrib["href"].split("/dataset/", 1)[1] if following is not None else None
    assert pages == 2
    assert len(seen) == json.loads(text(reader, f"{PAGE}/changes.json?limit=1&since=1"))["total"] > 120


def test_a_private_classifier_is_for_its_publisher(reader: Visitor) -> None:
    call("package_patch", id="ensi-kato", private=True)
    for path in ("", "/as-of.csv", "/changes", "/changes.atom", "/changes.json"):
        assert reader.get(f"{PAGE}{path}").status_code == 404, path


def test_names_of_the_agency_are_shown_as_texts(app: CKANTestApp, make_source: MakeSource, harvest: Harvest) -> None:
    odd = SimulatedClassifier("OKED", "<b>1</b>  bis", [item("A<i>", "<script>alert(1)</script>", "=1+1 & <b>")])
    address = "/kk/dataset/ensi-oked/classifier"
    reader = Visitor(app)

    def check(path: str) -> None:
        page = text(reader, f"{address}{path}")
        assert "&lt;script&gt;alert(1)" in page, path
        for raw in ("<script>alert", "<b>1</b>", "A<i>"):
            assert raw not in page, path

    with EnsiSimulator([odd]) as agency:
        source = make_source(agency.url)
        harvest(source["id"])
        check("")
        check("?q=A")
        assert "'=1+1" in text(reader, f"{address}/as-of.csv?for=spreadsheet")
        agency.change("OKED", renamed=1)
        harvest(source["id"])
    check("/changes")


def test_the_number_of_queries_does_not_grow_with_the_branch(reader: Visitor, agency: EnsiSimulator) -> None:
    counted: list[str] = []

    def count(*arguments: Any) -> None:
        counted.append(arguments[2])

    top = next(entry["code"] for entry in agency.items("KATO") if entry["parent_code"] is None)
    child = next(entry["code"] for entry in agency.items("KATO") if entry["parent_code"] == top)
    event.listen(model.Session.get_bind(), "before_cursor_execute", count)
    try:
        numbers = []
        for code in (top, child):
            text(reader, f"/ru{PAGE}?parent={code}")
            counted.clear()
            text(reader, f"/ru{PAGE}?parent={code}")
            numbers.append(len(counted))
    finally:
        event.remove(model.Session.get_bind(), "before_cursor_execute", count)
    assert numbers[0] == numbers[1]
