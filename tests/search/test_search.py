"""What people type and what they find, through the real Solr."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ckan.lib.helpers import helper_functions
from ckan.lib.redis import connect_to_redis
from ckan.lib.search import clear_all, rebuild
from ckan.plugins import toolkit

from ckanext.opengov_kz.search import popularity
from tests.catalogue.people import body, passport
from tests.catalogue.records import act, dataset
from tests.search.corpus import made, names

pytestmark = pytest.mark.usefixtures("with_plugins")


@pytest.fixture(scope="module")
def catalogue(reset_db: Any, loaded_plugins: None) -> Iterator[dict[str, str]]:
    """The names of a few datasets by what they are about."""
    reset_db()
    clear_all()
    found = made(
        city=("Қазақстан қалалары", "Города Казахстана"),
        writer=("Қаламгерлер одағының мүшелері", "Члены союза писателей"),
        schools=("Астана мектептері", "Школы Астаны"),
        pharmacies=("Дәріханалар тізілімі", "Реестр аптек"),
        road=("Республикалық жолдар", "Республиканские дороги"),
        comrade=("Жолдастық хаттар мұражайы", "Музей товарищеских писем"),
        kindergarten=("Балабақшалар", "Детские сады"),
        partnership=("Мемлекеттік-жекешелік әріптестік жобалары", "Проекты государственно-частного партнерства"),
        air=("Ауа сапасы", "Качество воздуха"),
        quality=("Судың сапасы мен ауа температурасы", "Температура воздуха и качество воды"),
    )
    yield {key: each["name"] for key, each in found.items()}
    reset_db()
    clear_all()


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("мектептердің", "schools"),
        ("мектебі астанада", "schools"),
        ("школами", "schools"),
        ("аптекой", "pharmacies"),
        ("дариханалардан", "pharmacies"),
        ("балабакша", "kindergarten"),
        ("бала бақша", "kindergarten"),
        ("darihana", "pharmacies"),
        ("dárihanalar", "pharmacies"),
        ("mektep", "schools"),
        ("shkoly", "schools"),
        ("мктептер", "schools"),
        ("аптки", "pharmacies"),
        ("fgntrf", "pharmacies"),
        ("детскиесады", "kindergarten"),
        ("ГЧП", "partnership"),
        ("МЖӘ", "partnership"),
        ("қала", "city"),
        ("жол", "road"),
        ("қаламгер", "writer"),
    ],
)
def test_the_wanted_comes_first(catalogue: dict[str, str], typed: str, wanted: str) -> None:
    assert names(typed)[:1] == [catalogue[wanted]]


@pytest.mark.parametrize(("typed", "stranger"), [("қала", "writer"), ("жол", "comrade"), ("кала", "writer")])
def test_a_short_word_does_not_find_the_longer_stranger(catalogue: dict[str, str], typed: str, stranger: str) -> None:
    assert catalogue[stranger] not in names(typed)


def test_quotes_ask_for_words_side_by_side(catalogue: dict[str, str]) -> None:
    assert set(names("ауа сапасы")) == {catalogue["air"], catalogue["quality"]}
    assert names('"ауа сапасы"') == [catalogue["air"]]
    assert names("ауа -температурасы") == [catalogue["air"]]


def test_the_answer_says_how_misspelt_words_were_understood(catalogue: dict[str, str]) -> None:
    assert act("package_search", q="мктептер")["search"]["corrected"] == "мектептері"
    assert act("package_search", q="fgntrf")["search"]["corrected"] == "аптека"
    assert act("package_search", q="мектеп")["search"]["corrected"] is None


def test_words_that_are_nowhere_are_left_out_and_named(catalogue: dict[str, str]) -> None:
    found = act("package_search", q="бананы школы на марсе")
    assert [hit["name"] for hit in found["results"]] == [catalogue["schools"]]
    assert "бананы" in found["search"]["message"]


def test_an_answer_that_would_be_empty_has_near_ones(catalogue: dict[str, str]) -> None:
    found = act("package_search", q="аптеки писателей")
    assert found["search"]["near"]
    assert {hit["name"] for hit in found["results"]} >= {catalogue["pharmacies"], catalogue["writer"]}
    nothing = act("package_search", q="ццццццц щщщщщщщщ")
    assert nothing["count"] == 0
    assert not nothing["search"]["near"]


@pytest.mark.parametrize(
    "text",
    [
        "мектеп " * 1500,
        "ы" * 10_000,
        "*:*",
        "{!func}popularity",
        "{!xmlparser v='<!DOCTYPE a SYSTEM \"http://127.0.0.1/\">'}",
        '"незакрытая кавычка',
        "((((мектеп",
        "мектеп)))) OR",
        "\x01мектеп\x1f\x7f",
        "мектeп",
        "и в на",
        "және мен",
        "!!! ??? «»",
        "AND OR NOT",
        "мектеп~99^1e99",
        "[* TO *]",
        "&fq=capacity:private&rows=1000",
        "_query_:mektep",
        "\\",
        "日本語 مدرسة 🏫",
        "\ud83d мектеп".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    ],
)
def test_anything_typed_is_answered(catalogue: dict[str, str], app: Any, text: str) -> None:
    assert isinstance(act("package_search", q=text)["count"], int)
    page = app.get("/ru/dataset/", query_string={"q": text})
    assert page.status_code == 200
    assert "Поиск не сработал" not in page.get_data(as_text=True)
    assert app.get("/search/suggest", query_string={"q": text}).status_code == 200


def test_a_nul_is_refused_at_the_page_and_means_nothing_in_the_api(catalogue: dict[str, str], app: Any) -> None:
    assert app.get("/dataset/", query_string={"q": "мек\x00теп"}, status=400)
    assert names("\x00мектеп\x00") == [catalogue["schools"]]


@pytest.mark.parametrize("text", ["title:(", "organization:[a TO", 'name:"x'])
def test_broken_syntax_is_searched_as_words_at_the_page_and_refused_in_the_api(
    catalogue: dict[str, str], app: Any, text: str
) -> None:
    assert app.get("/dataset/", query_string={"q": text}).status_code == 200
    answer = app.get("/api/3/action/package_search", query_string={"q": text}, status=409)
    assert "error" in answer.json


def test_ckans_own_syntax_still_works(catalogue: dict[str, str]) -> None:
    assert names(f"name:{catalogue['city']}") == [catalogue["city"]]
    assert names("мектеп", defType="edismax", qf="title_kk") == [catalogue["schools"]]


@pytest.mark.parametrize(
    ("typed", "wanted"), [("мек", "schools"), ("mek", "schools"), ("дари", "pharmacies"), ("шк ас", "schools")]
)
def test_suggestions_begin_like_what_is_typed(catalogue: dict[str, str], app: Any, typed: str, wanted: str) -> None:
    suggested = app.get("/ru/search/suggest", query_string={"q": typed}).json
    assert suggested[0]["url"].endswith(f"/ru/dataset/{catalogue[wanted]}")
    assert suggested[0]["lang"] == "ru"


def test_drafts_are_neither_suggested_nor_tell_their_words(catalogue: dict[str, str], app: Any) -> None:
    owner = body()
    secret = passport(owner["id"], title_translated={"kk": "Құпиясөздер", "ru": "Тайнопись"}, private=True)
    draft = act("package_create", **secret)
    assert draft["private"]
    assert app.get("/search/suggest", query_string={"q": "құпия"}).json == []
    assert act("package_search", q="тайнописи")["search"]["corrected"] is None


def test_an_administrators_synonyms_count_at_once(
    catalogue: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "synonyms.txt"
    path.write_text("оқу ордасы, мектеп\n", encoding="utf-8")
    assert catalogue["schools"] not in names("оқу ордасы")
    monkeypatch.setitem(toolkit.config, "opengov.search.synonyms_file", str(path))
    assert names("оқу ордалары") == [catalogue["schools"]]
    monkeypatch.setitem(toolkit.config, "opengov.search.synonyms_file", str(tmp_path / "absent"))
    assert names("мектеп") == [catalogue["schools"]]


def test_what_is_read_more_is_more_popular(catalogue: dict[str, str], app: Any) -> None:
    connect_to_redis().delete(*connect_to_redis().keys("opengov:search:reads:*") or ["none"])
    for _ in range(8):
        app.get(f"/dataset/{catalogue['road']}", headers={"User-Agent": "Mozilla/5.0 Firefox/140.0"})
        app.get(f"/dataset/{catalogue['air']}", headers={"User-Agent": "Googlebot/2.1"})
    rebuild(catalogue["road"])
    rebuild(catalogue["air"])
    order = names("*:*", sort="popularity desc, name asc")
    assert order[0] == catalogue["road"]
    reads = popularity.reads(popularity.today())
    assert reads == {act("package_show", id=catalogue["road"])["id"]: 8}


def test_facets_count_territories_and_states_of_update(catalogue: dict[str, str]) -> None:
    old = dataset(frequency="MONTHLY", last_update="2020-01-31", territory="710000000")["name"]
    found = act("package_search", rows=0, **{"facet.field": ["vocab_territory", "vocab_update_state"]})["search_facets"]
    territories = {item["name"]: item["count"] for item in found["vocab_territory"]["items"]}
    assert territories == {"kazakhstan": len(catalogue), "region-astana-city": 1}
    states = {item["name"]: item["count"] for item in found["vocab_update_state"]["items"]}
    assert states == {"as_needed": len(catalogue), "overdue": 1}
    act("package_delete", id=old)


def test_a_type_that_declares_its_kind_joins_under_a_tab(
    catalogue: dict[str, str], app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = {"dataset": toolkit.h.scheming_dataset_schemas()["dataset"]}
    with monkeypatch.context() as only_datasets:
        only_datasets.setitem(helper_functions, "scheming_dataset_schemas", lambda: alone)
        page = app.get("/ru/dataset/?q=школы").get_data(as_text=True)
        assert 'class="og-kinds"' not in page
    page = app.get("/ru/dataset/?q=школы").get_data(as_text=True)
    assert 'class="og-kinds"' in page
    assert catalogue["schools"] in page
    narrowed = app.get("/ru/dataset/?q=школы&dataset_type=npa_call").get_data(as_text=True)
    assert re.search(r'<a href="[^"]*dataset_type=npa_call[^"]*" aria-current="true">Сбор идей</a>', narrowed)
    assert catalogue["schools"] not in narrowed
    titles = {"kk": "Мектептер туралы идеялар", "ru": "Идеи о школах"}
    call = dataset(type="npa_call", phase="collect", title_translated=titles)
    assert set(names("школой")) == {catalogue["schools"], call["name"]}
    assert names("школой", fq="dataset_type:npa_call") == [call["name"]]
    act("package_delete", id=call["id"])
