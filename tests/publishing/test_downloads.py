"""Downloads: every value as it is stored, nothing that runs, and who may have them."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from ckan.plugins import toolkit
from ckan.tests.helpers import CKANTestApp
from openpyxl import load_workbook

from ckanext.opengov_kz.publishing import downloads, tables
from ckanext.opengov_kz.publishing.rows import merge_rows

ABOUT = downloads.About("Атауы", "Бюро", "Free", "", "http://example.kz", "2026-01-31")
TEXT = {"id": "a", "label": "A", "unit": "", "kind": "text", "type": "text", "notes": ""}
NUMBER = TEXT | {"id": "n", "kind": "number"}
WORDS = {word: word for word in ("rows", "about", "title", "publisher", "licence", "updated", "source")}


def fetch(app: CKANTestApp, table: str, extension: str, query: str = "", language: str = "ru") -> Any:
    answer = app.get(f"/{language}{table}/download-table.{extension}{query}")
    assert answer.status_code == 200
    return answer


def test_csv_has_every_row_with_names_and_digits_as_stored(app: CKANTestApp, table: str) -> None:
    answer = fetch(app, table, "csv")
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert (len(rows), rows[0]["code"], rows[0]["people"]) == (122, "0001", "1000.50")
    assert rows[120]["people"] == "12345678901234567.89"
    assert rows[119]["name"] == '=HYPERLINK("http://evil.example")'
    assert "_id" not in rows[0]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="syola-kazakhstana.csv"'
    assert 'rel="license"' in answer.headers["Link"]


def test_files_are_named_in_the_readers_language(app: CKANTestApp, table: str) -> None:
    assert "qazaqstan-auyldary.xlsx" in fetch(app, table, "xlsx", language="kk").headers["Content-Disposition"]


def test_csv_for_spreadsheets_runs_nothing_and_opens_by_a_double_click(app: CKANTestApp, table: str) -> None:
    text = fetch(app, table, "csv", "?for=spreadsheet").get_data().decode()
    assert text.startswith("\ufeffКод;Название;Население, адам;")
    rows = list(csv.reader(io.StringIO(text[1:]), delimiter=";"))
    assert rows[120][1].startswith("'=HYPERLINK")
    assert rows[121][9] == "'-1+2"
    assert rows[1][2] == "1000,50"


def test_json_names_what_it_is_and_keeps_the_digits(app: CKANTestApp, table: str) -> None:
    text = fetch(app, table, "json").get_data(as_text=True)
    document = json.loads(text, parse_float=Decimal)
    assert document["title"] == "Сёла Казахстана: Сёла"
    assert document["publisher"] == "Бюро"
    assert document["licence"]["title"]
    assert [field["id"] for field in document["fields"]][:3] == ["code", "name", "people"]
    assert len(document["rows"]) == 122
    assert document["rows"][0]["people"] == Decimal("1000.50")
    assert '"people": 1000.50' in text
    assert document["rows"][120]["people"] == Decimal("12345678901234567.89")
    assert document["rows"][121]["name"] is None


def test_xlsx_types_text_as_text_and_says_where_it_comes_from(app: CKANTestApp, table: str) -> None:
    book = load_workbook(io.BytesIO(fetch(app, table, "xlsx").get_data()))
    assert book.sheetnames == ["Данные", "О данных"]
    sheet = book["Данные"]
    assert sheet.max_row == 123
    first = [cell.value for cell in sheet[2]]
    assert first[:4] == ["0001", "Ауыл 1", 1000.5, 1901]
    assert str(first[4]).startswith("1901-03-01")
    formula = sheet.cell(121, 2)
    assert (formula.data_type, formula.value) == ("s", '=HYPERLINK("http://evil.example")')
    assert sheet.cell(122, 3).value == "12345678901234567.89"
    about = [cell.value for row in book["О данных"].iter_rows() for cell in row]
    assert "Сёла Казахстана: Сёла" in about
    assert any("/dataset/" in str(value) for value in about)


@pytest.mark.parametrize("extension", ["csv", "json", "xlsx"])
def test_download_of_filtered_rows_has_those_alone(app: CKANTestApp, table: str, extension: str) -> None:
    body = fetch(app, table, extension, "?q=ауыл&f.name=ауыл&min.year=2017&f.city=true").get_data()
    if extension == "csv":
        found = [row["code"] for row in csv.DictReader(io.StringIO(body.decode()))]
    elif extension == "json":
        found = [row["code"] for row in json.loads(body)["rows"]]
    else:
        found = [row[0] for row in load_workbook(io.BytesIO(body)).worksheets[0].iter_rows(min_row=2, values_only=True)]
    assert found == ["0118"]


def test_pages_of_a_download_meet_without_loss_or_repetition(
    app: CKANTestApp, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "DOWNLOAD_PAGE", 61)
    rows = list(csv.DictReader(io.StringIO(fetch(app, table, "csv").get_data(as_text=True))))
    assert [row["code"] for row in rows] == [f"{number:04}" for number in range(1, 123)]


def test_client_that_has_this_state_gets_no_body_and_after_a_change_a_new_one(app: CKANTestApp, table: str) -> None:
    first = fetch(app, table, "csv")
    known = {"If-None-Match": first.headers["ETag"]}
    assert first.headers["Last-Modified"]
    address = f"/ru{table}/download-table.csv"
    again = app.get(address, headers=known)
    assert (again.status_code, again.get_data()) == (304, b"")
    resource = table.rsplit("/", 1)[1]
    merge_rows(resource, [{"code": "new"}], key=["code"], mode="delta", today=date(2026, 2, 1))
    assert app.get(address, headers=known).status_code == 200
    merge_rows(resource, [{"code": "new", "_deleted": True}], key=["code"], mode="delta", today=date(2026, 2, 1))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/download-table.exe", 404),
        ("/download-table.csv?f.salary=1", 400),
        ("/download-table.csv?f.year=x", 400),
        ("/download-table.json?sort=;drop", 400),
    ],
)
def test_download_that_makes_no_sense_is_refused(app: CKANTestApp, table: str, path: str, status: int) -> None:
    assert app.get(f"/ru{table}{path}").status_code == status


def test_download_without_a_table_or_of_another_dataset_is_not_found(app: CKANTestApp, dataset: dict[str, Any]) -> None:
    resource = _bare_resource(dataset)
    assert app.get(f"/dataset/{dataset['name']}/resource/{resource}/download-table.csv").status_code == 404
    assert app.get(f"/dataset/other/resource/{resource}/download-table.csv").status_code == 404
    assert app.get(f"/dataset/{dataset['name']}/resource/nothing/download-table.csv").status_code == 404


@pytest.mark.fast
def test_workbook_is_split_at_the_limit_of_a_sheet() -> None:
    file = io.BytesIO()
    downloads.write_xlsx(file, ABOUT, [TEXT], ([str(n)] for n in range(5)), words=WORDS, sheet_rows=3)
    book = load_workbook(file)
    assert book.sheetnames == ["rows", "rows 2", "rows 3", "about"]
    assert [sheet.max_row for sheet in book.worksheets[:3]] == [3, 3, 2]
    assert [sheet.cell(2, 1).value for sheet in book.worksheets[:3]] == ["0", "2", "4"]


@pytest.mark.fast
def test_workbook_says_how_many_values_a_cell_could_not_hold() -> None:
    file = io.BytesIO()
    words = WORDS | {"shortened": "{count} cut"}
    rows = [["ә" * 40_000], [None], ["#N/A"], ["a\x01b"]]
    downloads.write_xlsx(file, ABOUT, [TEXT], rows, words=words)
    book = load_workbook(file)
    values = [cell.value for cell in book["rows"]["A"]]
    assert (len(values[1]), values[2:]) == (32_767, [None, "#N/A", "a b"])
    assert "1 cut" in [cell.value for cell in book["about"]["B"]]


@pytest.mark.fast
@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", " @x"])
def test_formula_in_text_is_made_harmless_and_a_negative_number_is_a_number(typed: str) -> None:
    text = "".join(downloads.spreadsheet_csv([TEXT, NUMBER], [[typed, "-1.5"]], "ru"))
    value, number = next(csv.reader(io.StringIO(text.split("\r\n", 1)[1]), delimiter=";"))
    assert (value[0], number) == ("'", "-1,5")


@pytest.mark.fast
def test_files_are_written_while_they_are_read() -> None:
    """A generator that counts what was taken shows that nothing waits for the end."""
    taken = 0

    def rows() -> Any:
        nonlocal taken
        for number in range(100_000):
            taken += 1
            yield [f"{number}", number]

    for write in (downloads.csv_file([TEXT, NUMBER], rows()), downloads.json_file(ABOUT, [TEXT, NUMBER], rows())):
        taken = 0
        next(write)
        assert taken < 20_000
        assert sum(len(chunk) for chunk in write) > 1_000_000


def _bare_resource(dataset: dict[str, Any]) -> str:
    """A resource of the dataset that has no table."""
    context: Any = {"ignore_auth": True, "user": toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]}
    data = {"package_id": dataset["id"], "url": "http://example.kz/", "name_translated": {"kk": "Файл", "ru": "Файл"}}
    made = toolkit.get_action("resource_create")(context, data)
    return made["id"]
