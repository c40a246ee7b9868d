"""The table of a resource as a reader meets it: in words, without script, at an address that may hold anything."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from ckan.plugins import toolkit
from ckan.tests.helpers import CKANTestApp

ODD = "o'brien <b>"


def page(app: CKANTestApp, address: str, language: str = "ru", **query: Any) -> str:
    answer = app.get(f"/{language}{address}?{urlencode(query)}")
    assert answer.status_code == 200
    return unescape(re.sub(r"\s+", " ", answer.get_data(as_text=True))).replace("\xa0", " ").replace("\u202f", " ")


def cells(text: str) -> list[list[str]]:
    body = text.split('og-data-table">')[1].split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]
    return [
        [re.sub(r"<[^>]*>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", row)]
        for row in body.split("<tr")[1:]
    ]


def test_first_page_shows_values_as_the_reader_writes_them_and_codes_as_they_are(app: CKANTestApp, table: str) -> None:
    rows = cells(page(app, table))
    assert len(rows) == 50
    assert rows[0][:7] == ["0001", "Ауыл 1", "1 000,50", "1901", "1 мар. 1901 г.", "31 янв. 2026 г., 10:20:30", "нет"]
    assert cells(page(app, table, "en"))[0][2:7] == [
        "1,000.50",
        "1901",
        "Mar 1, 1901",
        "Jan 31, 2026, 10:20:30 AM",
        "no",
    ]


def test_headings_are_labels_in_the_readers_language_with_the_unit(app: CKANTestApp, table: str) -> None:
    heading = page(app, table).split("<thead>")[1].split("</thead>")[0]
    assert "Название" in heading
    assert "Население, адам" in heading
    # No Kazakh label is given for this one: the reader gets the Russian, marked as such.
    kazakh = page(app, table, "kk").split("<thead>")[1].split("</thead>")[0]
    assert re.search(r'<th[^>]*lang="ru"[^>]*>(?:(?!</th>).)*Население', kazakh)


@pytest.mark.parametrize(
    ("language", "words"),
    [("ru", "Строки 1–50 из 122"), ("kk", "122 жолдың 1–50 аралығы"), ("en", "Rows 1–50 of 122 rows")],
)
def test_page_says_in_words_which_rows_it_shows(app: CKANTestApp, table: str, language: str, words: str) -> None:
    assert words in page(app, table, language)


def test_sorting_is_by_links_that_need_no_script_and_is_told_to_screen_readers(app: CKANTestApp, table: str) -> None:
    text = page(app, table, sort="-people")
    assert [row[0] for row in cells(text)][:2] == ["0121", "0120"]
    assert text.count('aria-sort="descending"') == 1
    assert f'href="/ru{table}?sort=people#table"' in text
    assert cells(page(app, table, sort="people"))[0][0] == "0001"


def test_rows_without_a_value_come_last_in_either_order(app: CKANTestApp, table: str) -> None:
    for order in ("year", "-year"):
        assert cells(page(app, table, sort=order, page=3))[-1][0] == "0122"


def test_paging_shows_every_row_once(app: CKANTestApp, table: str) -> None:
    codes = [row[0] for number in (1, 2, 3) for row in cells(page(app, table, page=number, sort="city"))]
    assert sorted(codes) == [f"{number:04}" for number in range(1, 123)]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({"q": "алматы"}, ["0121"]),
        ({"q": "алм қала"}, ["0121"]),
        ({"q": "ауыл", "f.name": "119"}, ["0119"]),
        ({"f.code": "0007"}, ["0007"]),
        ({"min.people": "118 000,5", "max.people": "119001"}, ["0118", "0119"]),
        ({"f.year": "1950"}, ["0050"]),
        ({"min.founded": "1999-01-01"}, ["0099"]),
        ({"min.year": "2019", "f.city": "true"}, ["0120"]),
        ({"f.checked": "2026-01-31", "f.name": "алматы"}, ["0121"]),
        ({f"f.{ODD}": "белгі"}, ["0120"]),
    ],
)
def test_filters_find_the_rows(app: CKANTestApp, table: str, query: dict[str, str], codes: list[str]) -> None:
    text = page(app, table, **query)
    assert [row[0] for row in cells(text)] == codes
    assert f"из {len(codes)} найден" in text


def test_what_was_asked_stays_in_the_form_and_in_the_links(app: CKANTestApp, table: str) -> None:
    text = page(app, table, q="ауыл", **{"f.city": "true", "min.year": "1905", "sort": "-year"})
    assert 'value="ауыл"' in text
    assert '<option value="true" selected>' in text
    assert 'name="min.year" value="1905"' in text
    link = re.search(r'rel="next" href="([^"]*)"', text)
    assert link
    assert {"q=", "f.city=true", "min.year=1905", "sort=-year", "page=2"} <= set(
        re.split(r"[?&#]", re.sub("q=[^&]*", "q=", link[1]))
    )


def test_nothing_found_is_said_and_leads_back(app: CKANTestApp, table: str) -> None:
    text = page(app, table, q="жоқсөз")
    assert "Подходящих строк нет" in text
    assert f'href="/ru{table}#table"' in text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"page": "0"}, "не номер страницы"),
        ({"page": "-1"}, "не номер страницы"),
        ({"page": "1e3"}, "не номер страницы"),
        ({"page": "1000000000000000"}, "не номер страницы"),
        ({"page": "999999999"}, "Страницы 999999999 нет"),
        ({"sort": "salary"}, "нет столбца «salary»"),
        ({"sort": 'code"; DROP TABLE x --'}, "нет столбца"),
        ({"sort": "code desc, (select 1)"}, "нет столбца"),
        ({"sort": "_id"}, "нет столбца"),
        ({"f.salary": "1"}, "нет столбца «salary»"),
        ({"f._full_text": "1"}, "нет столбца"),
        ({"f.year": "много"}, "не число"),
        ({"min.people": "1e400"}, "не число"),
        ({"f.founded": "31.01.2026"}, "не дата"),
        ({"max.checked": "9999-12-31"}, "не дата"),
        ({"f.city": "maybe"}, "да или нет"),
        ({"min.name": "a"}, "так фильтровать нельзя"),
    ],
)
def test_wrong_address_is_explained_and_the_table_still_shown(
    app: CKANTestApp, table: str, query: dict[str, str], words: str
) -> None:
    text = page(app, table, **query)
    assert words in text
    assert cells(text)


@pytest.mark.parametrize(
    "typed",
    [
        "'",
        '"',
        "\\",
        "%",
        "%s",
        ":x",
        "a :b",
        "::text",
        ";",
        "a & | ! ( <-> ):*",
        "'; DROP TABLE x; --",
        "💥" * 300,
        "«»",
    ],
)
def test_anything_typed_into_the_search_is_only_words(app: CKANTestApp, table: str, typed: str) -> None:
    page(app, table, **dict.fromkeys(("q", "f.name", "f.year", "f.founded", "sort", "page", f"f.{ODD}"), typed))
    page(app, table, q=typed)


def test_values_and_names_are_escaped(app: CKANTestApp, table: str) -> None:
    answer = app.get(f"{table}?{urlencode({'q': '<img src=x>', 'f.code': '0120'})}").get_data(as_text=True)
    assert "<script>alert" not in answer
    assert "<img src=x>" not in answer
    assert "<b>" not in answer


def test_closed_row_says_so(app: CKANTestApp, table: str) -> None:
    text = page(app, table, **{"f.code": "0007"})
    assert '<tr class="og-data-closed">' in text
    assert cells(text)[0][8] == "закрыто"


def test_dictionary_and_api_call_stand_below(app: CKANTestApp, table: str) -> None:
    text = page(app, table)
    dictionary = text.split('id="dictionary-heading"')[1]
    assert re.search(r"<code>people</code>.*Население.*число.*адам", dictionary)
    resource = table.rsplit("/", 1)[1]
    assert f"datastore_search?resource_id={resource}&limit=100" in text
    assert "onclick" not in text


def test_dataset_page_shows_the_table_too(app: CKANTestApp, dataset: dict[str, Any], table: str) -> None:
    text = page(app, f"/dataset/{dataset['name']}", sort="-code")
    assert cells(text)[0][0] == "0122"
    assert f'href="/ru/dataset/{dataset["name"]}?sort=code#table"' in text


def test_table_of_a_private_dataset_is_shown_to_nobody_outside(
    app: CKANTestApp, dataset: dict[str, Any], table: str
) -> None:
    patch = toolkit.get_action("package_patch")
    patch(_trusted(), {"id": dataset["id"], "private": True})
    assert app.get(table).status_code == 404
    for extension in ("csv", "json", "xlsx"):
        assert app.get(f"{table}/download-table.{extension}").status_code == 404
    resource = table.rsplit("/", 1)[1]
    assert app.get(f"/api/3/action/datastore_search?resource_id={resource}").status_code == 403
    assert app.get(f"/api/3/action/publishing_table_show?resource_id={resource}").status_code == 403
    patch(_trusted(), {"id": dataset["id"], "private": False})
    assert app.get(table).status_code == 200


def _trusted() -> Any:
    return {"ignore_auth": True, "user": toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]}
