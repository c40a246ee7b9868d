"""Prepared downloads: the same values in every format, stable addresses, and who may have them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import uuid
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import sqlalchemy as sa
from ckan.plugins import toolkit
from ckan.tests.helpers import CKANTestApp
from ckanext.datastore.backend.postgres import get_write_engine
from openpyxl import load_workbook
from pyarrow import parquet

from ckanext.opengov_kz.publishing import exports, exports_queue
from ckanext.opengov_kz.publishing.exports import FORMATS, export_table
from ckanext.opengov_kz.publishing.exports_arrow import ExportAbout
from ckanext.opengov_kz.publishing.exports_store import ExportStore
from ckanext.opengov_kz.publishing.rows import merge_rows
from tests.publishing.conftest import MakeTable

TODAY = date(2026, 1, 31)
ABOUT = ExportAbout(
    {"kk": "Ауылдар", "ru": "Сёла"},
    {"kk": "Бюро", "ru": "Бюро"},
    "CC-BY",
    "http://example.kz",
    "2026-01-31T00:00:00+00:00",
)
FIELDS = {
    "code": "text",
    "name": "text",
    "amount": "numeric",
    "count": "bigint",
    "share": "double precision",
    "founded": "date",
    "checked": "timestamp",
    "city": "bool",
    "o'brien <b>, x": "text",
}
ODD = list(FIELDS)[-1]
INFO = {"name": {"label_kk": "Атауы", "label_ru": "Название"}, "amount": {"label_ru": "Сумма", "unit": "теңге"}}
EMPTY: dict[str, Any] = dict.fromkeys(FIELDS)
ROWS: list[dict[str, Any]] = [
    {
        "code": "0012",
        "name": "Әңгіме ғұмыр, үйі қөлі һәм «Іле»; 漢 💥",
        "amount": "12345678901234567890.123400",
        "count": 9223372036854775807,
        "share": 0.1,
        "founded": "1901-03-01",
        "checked": "2026-01-31T10:20:30.123456",
        "city": True,
        ODD: '=HYPERLINK("http://evil.example")',
    },
    EMPTY | {"code": "00", "name": "", ODD: "-1+2"},
    EMPTY | {"code": "1e5", "name": 'екі\r\nжол\tоң, "тырнақша"; <&>', ODD: " @x", "amount": "-0.50", "city": False},
    EMPTY | {"code": "\\.", "name": "  бос орын  ", "amount": "7", "share": 1e20},
    EMPTY | {"code": "a\x01b", "name": "NULL", ODD: "'"},
]


@pytest.fixture
def store(tmp_path: Path) -> ExportStore:
    return ExportStore(tmp_path / "prepared")


@pytest.fixture
def table(make_table: MakeTable) -> str:
    name = make_table(FIELDS, ["code"], INFO)
    merge_rows(name, ROWS, key=["code"], mode="snapshot", today=TODAY)
    return name


@pytest.fixture
def files(table: str, store: ExportStore) -> dict[str, bytes]:
    """The content of each format's file of `ROWS`."""
    export_table(table, lambda _taken: ABOUT, list(FORMATS), store)
    return {name: store.find(table, made.file)[0].read_bytes() for name, made in FORMATS.items()}


def texts(row: dict[str, Any]) -> list[str | None]:
    """The stored text of each value."""
    shown = {True: "true", False: "false"}
    return [
        None if v is None else shown[v] if isinstance(v, bool) else f"{v:g}" if isinstance(v, float) else str(v)
        for v in row.values()
    ]


def test_csv_keeps_the_bytes_and_tells_null_from_an_empty_text(files: dict[str, bytes]) -> None:
    rows = list(csv.reader(io.StringIO(files["csv"].decode(), newline="")))
    assert rows[0] == list(FIELDS)
    assert rows[1:] == [[text or "" for text in texts(row)] for row in ROWS]
    assert '\n00,"",,' in files["csv"].decode()
    assert not files["csv"].startswith(b"\xef\xbb\xbf")


def test_json_lines_keep_types_and_all_digits(files: dict[str, bytes]) -> None:
    lines = files["jsonl"].decode().splitlines()
    assert '"amount":12345678901234567890.123400' in lines[0]
    assert '"amount":-0.50' in lines[2]
    rows = [json.loads(line, parse_float=Decimal) for line in lines]
    expected = [dict(row) for row in ROWS]
    for row in expected:
        row["amount"] = None if row["amount"] is None else Decimal(row["amount"])
        row["share"] = None if row["share"] is None else Decimal(str(row["share"]))
    assert rows == expected


def test_xlsx_types_everything_as_text_and_has_the_dictionary(files: dict[str, bytes]) -> None:
    book = load_workbook(io.BytesIO(files["xlsx"]))
    assert book.sheetnames == ["Деректер - Данные", "Сөздік - Словарь", "Сипаттама - Описание"]
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]][:3] == ["code", "Атауы / Название", "Сумма, теңге"]
    for cells, row in zip(sheet.iter_rows(min_row=2), ROWS, strict=True):
        assert [cell.value for cell in cells] == [text and text.replace("\x01", " ") for text in texts(row)]
        assert {cell.data_type for cell in cells if cell.value} <= {"s", "inlineStr"}
    dictionary = [[cell.value for cell in row] for row in book.worksheets[1].iter_rows()]
    assert dictionary[2][:5] == ["name", "text", None, "Атауы", "Название"]
    about = [cell.value for row in book.worksheets[2].iter_rows() for cell in row]
    assert {"Ауылдар", "Сёла", "CC-BY", "http://example.kz"} <= set(about)


def test_xml_is_well_formed_with_any_column_name_and_leaves_null_out(files: dict[str, bytes]) -> None:
    root = ET.fromstring(files["xml"])  # noqa: S314 - our own file
    rows = [{v.get("column"): v.text or "" for v in row} for row in root.iterfind("rows/row")]
    expected = [
        {name: text.replace("\x01", "\ufffd") for name, text in zip(row, texts(row), strict=True) if text is not None}
        for row in ROWS
    ]
    assert rows == expected
    assert [c.get("name") for c in root.iterfind("columns/column")] == list(FIELDS)
    assert root.findtext("columns/column[@name='name']/label") == "Атауы"


def test_parquet_has_exact_types_and_the_labels(files: dict[str, bytes]) -> None:
    found = parquet.read_table(io.BytesIO(files["parquet"]))
    assert found.schema.metadata[b"title_kk"].decode() == "Ауылдар"
    assert found.schema.field("name").metadata[b"label_ru"].decode() == "Название"
    kinds = {field.name: str(field.type) for field in found.schema}
    assert (kinds["amount"], kinds["count"], kinds["code"]) == ("decimal128(26, 6)", "int64", "string")
    first = found.to_pylist()[0]
    assert first["amount"] == Decimal("12345678901234567890.123400")
    assert (first["founded"], first["checked"]) == (date(1901, 3, 1), datetime(2026, 1, 31, 10, 20, 30, 123456))  # noqa: DTZ001
    assert [
        (row["code"], row["name"], row["count"], row["share"], row["city"], row[ODD]) for row in found.to_pylist()
    ] == [(row["code"], row["name"], row["count"], row["share"], row["city"], row[ODD]) for row in ROWS]


def test_csv_for_spreadsheets_runs_nothing(files: dict[str, bytes]) -> None:
    text = files["spreadsheet_csv"].decode()
    assert text.startswith("\ufeffcode;Атауы / Название;Сумма, теңге;")
    rows = list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=";"))[1:]
    assert [row[-1][:1] for row in rows] == ["'", "'", "'", "", "'"]
    assert rows[0][2] == "12345678901234567890,123400"
    assert (rows[0][0], rows[2][1]) == ("0012", ROWS[2]["name"])
    assert rows[2][2] == "-0,50"


def test_values_without_an_exact_type_are_text_in_parquet(make_table: MakeTable, store: ExportStore) -> None:
    name = make_table({"n": "numeric", "d": "date", "t": "timestamp", "j": "json", "a": "text[]"})
    document = "ROW('{\"a\"\\:\n [1.10]}', NULL)::nested"
    first, second = (
        f"'NaN', '10000-01-01', '0044-03-15 BC', {document}, '{{x,y}}'",
        "1, 'infinity', 'infinity', NULL, NULL",
    )
    with get_write_engine().begin() as connection:
        connection.execute(sa.text(f'INSERT INTO "{name}" (n, d, t, j, a) VALUES ({first}), ({second})'))
    export_table(name, lambda _taken: ABOUT, list(FORMATS), store)
    found = parquet.read_table(store.find(name, "table.parquet")[0]).to_pylist()
    assert found[0]["n"] == "NaN"
    assert found[0]["d"] == "10000-01-01"
    assert found[1]["t"] == "infinity"
    lines = store.find(name, "table.jsonl")[0].read_text().splitlines()
    assert json.loads(lines[0], parse_float=Decimal)["j"] == {"a": [Decimal("1.10")]}
    assert len(lines) == 2


def test_manifest_says_what_the_files_are(table: str, store: ExportStore) -> None:
    manifest = export_table(table, lambda _taken: ABOUT, list(FORMATS), store)
    assert manifest == store.manifest(table)
    assert manifest["rows"] == len(ROWS)
    assert [file["name"] for file in manifest["files"]] == [made.file for made in FORMATS.values()]
    for file in manifest["files"]:
        content = store.find(table, file["name"])[0].read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert [column["id"] for column in manifest["columns"]] == list(FIELDS)
    assert manifest["columns"][2]["unit"] == "теңге"


def test_table_without_rows_or_in_one_column_has_files_too(make_table: MakeTable, store: ExportStore) -> None:
    name = make_table({"a": "text"})
    assert export_table(name, lambda _taken: ABOUT, list(FORMATS), store)["rows"] == 0
    assert load_workbook(store.find(name, "table.xlsx")[0]).worksheets[0].max_row == 1
    merge_rows(name, [{"a": None}, {"a": ""}, {"a": "x"}], key=[], mode="append", today=TODAY)
    export_table(name, lambda _taken: ABOUT, list(FORMATS), store)
    found = parquet.read_table(store.find(name, "table.parquet")[0]).to_pylist()
    assert [row["a"] for row in found] == [None, "", "x"]


def test_row_of_megabytes_is_written(make_table: MakeTable, store: ExportStore) -> None:
    name = make_table({"a": "text", "b": "text"})
    with get_write_engine().begin() as connection:
        connection.execute(sa.text(f"INSERT INTO \"{name}\" (a, b) VALUES ('x', repeat('ә\"', 3000000)), ('y', '')"))
    export_table(name, lambda _taken: ABOUT, list(FORMATS), store)
    found = parquet.read_table(store.find(name, "table.parquet")[0]).to_pylist()
    assert (len(found[0]["b"]), found[1]) == (6_000_000, {"a": "y", "b": ""})
    book = load_workbook(store.find(name, "table.xlsx")[0])
    assert len(book.worksheets[0]["B2"].value) == 32_767
    assert any("1 values are longer" in str(cell.value) for cell in book.worksheets[2]["B"])


# What readers meet at the addresses.


@pytest.fixture
def prepared(
    dataset: dict[str, Any], tmp_path_factory: pytest.TempPathFactory, ckan_config: dict[str, Any]
) -> dict[str, Any]:
    """The dataset's resource with its files, and their place."""
    ckan_config["opengov.publishing.export_folder"] = str(tmp_path_factory.mktemp("prepared"))
    resource = dataset["resources"][0]
    exports_queue.prepare(resource["id"])
    return {"id": resource["id"], "address": f"/dataset/{dataset['name']}/resource/{resource['id']}"}


def test_file_is_served_whole_in_ranges_and_not_at_all(app: CKANTestApp, prepared: dict[str, Any]) -> None:
    address = f"/ru{prepared['address']}/export/table.csv"
    whole = app.get(address)
    content = whole.get_data()
    assert (whole.status_code, whole.headers["Accept-Ranges"]) == (200, "bytes")
    assert whole.headers["Content-Disposition"] == "attachment; filename=syola-kazakhstana.csv"
    assert 'rel="license"' in whole.headers["Link"]
    assert whole.headers["Last-Modified"]
    etag = whole.headers["ETag"]
    assert etag == f'"{hashlib.sha256(content).hexdigest()}"'

    part = app.get(address, headers={"Range": "bytes=100-199", "If-Range": etag}, status=206)
    assert part.get_data() == content[100:200]
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(content)}"
    assert app.get(address, headers={"Range": "bytes=-5"}, status=206).get_data() == content[-5:]
    # Of another state: the whole file, so that nobody puts two states together.
    assert app.get(address, headers={"Range": "bytes=100-199", "If-Range": '"old"'}, status=200).get_data() == content
    assert app.get(address, headers={"Range": f"bytes={len(content)}-"}).status_code == 416
    for header in ({"If-None-Match": etag}, {"If-Modified-Since": whole.headers["Last-Modified"]}):
        again = app.get(address, headers=header, status=304)
        assert again.get_data() == b""
    assert app.test_client().head(address).headers["Content-Length"] == str(len(content))


def test_manifest_has_an_address_and_every_file_the_hash_it_names(app: CKANTestApp, prepared: dict[str, Any]) -> None:
    answer = app.get(f"{prepared['address']}/export/manifest.json")
    manifest = json.loads(answer.get_data())
    assert manifest["rows"] == 122
    for file in manifest["files"]:
        content = app.get(f"{prepared['address']}/export/{file['name']}").get_data()
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
    headers = {"If-None-Match": answer.headers["ETag"]}
    assert app.get(f"{prepared['address']}/export/manifest.json", headers=headers).status_code == 304


@pytest.mark.parametrize("name", ["table.exe", "..%2f..%2fmanifest.json", "manifest.json.new", "table.csv/x"])
def test_what_the_manifest_does_not_name_is_not_found(app: CKANTestApp, prepared: dict[str, Any], name: str) -> None:
    assert app.get(f"{prepared['address']}/export/{name}").status_code == 404


def test_files_of_a_private_dataset_are_for_its_publisher(
    app: CKANTestApp, dataset: dict[str, Any], prepared: dict[str, Any]
) -> None:
    patch = toolkit.get_action("package_patch")
    patch(trusted(), {"id": dataset["id"], "private": True})
    for name in ("table.csv", "manifest.json"):
        assert app.get(f"{prepared['address']}/export/{name}").status_code == 404
    assert app.get(f"/api/3/action/publishing_export_show?resource_id={prepared['id']}").status_code == 403
    patch(trusted(), {"id": dataset["id"], "private": False})
    assert app.get(f"{prepared['address']}/export/table.csv").status_code == 200


def test_page_offers_the_files_with_their_size_and_state(
    app: CKANTestApp, prepared: dict[str, Any], ckan_config: dict[str, Any]
) -> None:
    text = app.get(f"/ru{prepared['address']}").get_data(as_text=True)
    # A small table is also offered straight from the database.
    assert "download-table.csv" in text
    assert "export/table.parquet" in text
    assert "122" in text.split("Подготовленные файлы")[1][:100]
    assert "export/table.csv" not in text
    ckan_config["opengov.publishing.export_at_once_rows"] = 100
    text = app.get(f"/kk{prepared['address']}").get_data(as_text=True)
    for name in (made.file for made in FORMATS.values()):
        assert f"export/{name}" in text
    assert "download-table.csv" not in text
    assert "download-table.json" in text
    english = app.get(f"/en{prepared['address']}").get_data(as_text=True)
    assert "table-for-spreadsheets.csv" not in english
    assert "download-table.csv?for=spreadsheet" in english


def test_page_without_prepared_files_offers_the_table_itself(
    app: CKANTestApp, dataset: dict[str, Any], table_address: str, ckan_config: dict[str, Any], tmp_path: Path
) -> None:
    ckan_config["opengov.publishing.export_folder"] = str(tmp_path)
    ckan_config["opengov.publishing.export_at_once_rows"] = 100
    text = app.get(f"/ru{table_address}").get_data(as_text=True)
    assert "download-table.xlsx" in text
    assert "/export/table" not in text


@pytest.fixture
def table_address(dataset: dict[str, Any]) -> str:
    return f"/dataset/{dataset['name']}/resource/{dataset['resources'][0]['id']}"


def test_files_vanish_with_their_resource_or_table(
    prepared: dict[str, Any], dataset: dict[str, Any], made: dict[str, Any]
) -> None:
    store = exports.store()
    toolkit.get_action("resource_delete")(trusted(), {"id": prepared["id"]})
    assert store.manifest(prepared["id"]) is None
    assert list(store.resources()) == []
    made.clear()  # the next test makes its own dataset


def test_set_is_counted_current_until_rows_change(prepared: dict[str, Any]) -> None:
    show = toolkit.get_action("publishing_export_show")
    assert show(trusted(), {"resource_id": prepared["id"]})["current"]
    merge_rows(prepared["id"], [{"code": "new"}], key=["code"], mode="delta", today=TODAY)
    assert not show(trusted(), {"resource_id": prepared["id"]})["current"]
    exports_queue.run(prepared["id"])
    shown = show(trusted(), {"resource_id": prepared["id"]})
    assert (shown["current"], shown["manifest"]["rows"], shown["last_run"]["state"]) == (True, 123, "ready")


def test_action_without_a_table_or_the_right_is_refused(dataset: dict[str, Any], prepared: dict[str, Any]) -> None:
    show, start = (toolkit.get_action(f"publishing_export_{verb}") for verb in ("show", "start"))
    with pytest.raises(toolkit.ObjectNotFound):
        show(trusted(), {"resource_id": str(uuid.uuid4())})
    with pytest.raises(toolkit.NotAuthorized):
        start({"user": "", "ignore_auth": False}, {"resource_id": prepared["id"]})
    assert "last_run" not in show({"user": "", "ignore_auth": False}, {"resource_id": prepared["id"]})


def trusted() -> Any:
    return {"ignore_auth": True, "user": toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]}
