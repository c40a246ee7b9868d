"""The corridor against real PostgreSQL: counts, identities, the full text, limits, and nothing half-written."""

from __future__ import annotations

import threading
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from ckan.plugins import toolkit
from ckanext.datastore.backend.postgres import get_write_engine

from ckanext.opengov_kz.publishing.rows import Limits, MergeBusy, MergeError, MergeHeld, MergeReport, merge_rows
from ckanext.opengov_kz.publishing.signals import rows_merged

MakeTable = Callable[..., str]

TODAY = date(2026, 1, 31)
PLACES = {"code": "text", "name": "text", "people": "int"}
REGISTER = PLACES | {"valid_from": "date", "valid_to": "date", "status": "text"}


def search(resource_id: str, **query: Any) -> dict[str, Any]:
    """What the DataStore's own API answers."""
    context: Any = {"ignore_auth": True}
    return toolkit.get_action("datastore_search")(context, {"resource_id": resource_id, **query})


def stored(resource_id: str) -> list[dict[str, Any]]:
    return search(resource_id, limit=32000, sort="_id")["records"]


def merge(resource_id: str, rows: Any, **options: Any) -> MergeReport:
    return merge_rows(resource_id, rows, **({"key": ["code"], "mode": "snapshot", "today": TODAY} | options))


def counts(report: MergeReport) -> tuple[int, ...]:
    return (report.inserted, report.updated, report.unchanged, report.closed, report.rejected)


def place(code: str, name: str = "Абай", people: Any = 10, **more: Any) -> dict[str, Any]:
    return {"code": code, "name": name, "people": people, **more}


def test_first_load_inserts_every_row_in_the_order_of_the_input(make_table: MakeTable) -> None:
    table = make_table(PLACES, key=["code"])
    report = merge(table, iter([place("02"), place("01", "Ақтау", None)]))
    assert (report.read, counts(report)) == (2, (2, 0, 0, 0, 0))
    assert [(r["_id"], r["code"], r["people"]) for r in stored(table)] == [(1, "02", 10), (2, "01", None)]


def test_same_input_twice_changes_nothing(make_table: MakeTable) -> None:
    table = make_table(PLACES, key=["code"])
    rows = [place("01"), place("02", "Ә\tғ\\қ\nң")]
    merge(table, rows)
    before = _physical(table)
    report = merge(table, rows)
    assert counts(report) == (0, 0, 2, 0, 0)
    assert _physical(table) == before
    assert stored(table)[1]["name"] == "Ә\tғ\\қ\nң"


def test_snapshot_writes_only_what_differs_and_ids_stay(make_table: MakeTable) -> None:
    table = make_table(PLACES, key=["code"])
    merge(table, [place("01"), place("02"), place("03")])
    report = merge(table, [place("04"), place("03", "Жаңа"), place("01")])
    assert counts(report) == (1, 1, 1, 1, 0)
    assert [(r["_id"], r["code"], r["name"]) for r in stored(table)] == [
        (1, "01", "Абай"),
        (3, "03", "Жаңа"),
        (4, "04", "Абай"),
    ]


def test_ids_are_not_used_up_by_unchanged_rows_nor_used_again(make_table: MakeTable) -> None:
    table = make_table(PLACES, key=["code"])
    merge(table, [place("01"), place("02")])
    merge(table, [place("01"), place("02")])
    merge(table, [place("01")])
    merge(table, [place("01"), place("02")])
    assert [r["_id"] for r in stored(table)] == [1, 3]


def test_absent_row_of_a_register_is_closed_and_stays_closed(make_table: MakeTable) -> None:
    table = make_table(REGISTER, key=["code"])
    active = {"valid_from": "2020-01-01", "valid_to": None, "status": "active"}
    merge(table, [place("01", **active), place("02", **active), place("03", **active | {"valid_to": "2025-06-30"})])
    report = merge(table, [place("01", **active)], limits=Limits(closed_share=1))
    assert counts(report) == (0, 0, 1, 2, 0)
    assert [(r["valid_to"], r["status"]) for r in stored(table)] == [
        (None, "active"),
        ("2026-01-31", "closed"),
        ("2025-06-30", "closed"),
    ]
    again = merge(table, [place("01", **active)], today=date(2026, 3, 1))
    assert counts(again) == (0, 0, 1, 0, 0)
    assert stored(table)[1]["valid_to"] == "2026-01-31"
    assert search(table, q="closed")["total"] == 2
    assert search(table, q="active")["total"] == 1


def test_row_that_returns_is_open_again(make_table: MakeTable) -> None:
    table = make_table(REGISTER, key=["code"])
    active = {"valid_from": "2020-01-01", "valid_to": None, "status": "active"}
    rows = [place("01", **active), place("02", **active)]
    for given in (rows, rows[:1], rows):
        report = merge(table, given)
    assert counts(report) == (0, 1, 1, 0, 0)
    assert [(r["_id"], r["valid_to"], r["status"]) for r in stored(table)] == [(1, None, "active"), (2, None, "active")]


def test_delta_updates_inserts_and_deletes_by_key(make_table: MakeTable) -> None:
    table = make_table(PLACES, key=["code"])
    merge(table, [place("01"), place("02"), place("03")])
    changes = [place("01", "Жаңа"), place("04"), {"code": "02", "_deleted": True}, {"code": "99", "_deleted": True}]
    report = merge(table, changes, mode="delta")
    assert (report.read, counts(report)) == (4, (1, 1, 1, 1, 0))
    assert [(r["code"], r["name"]) for r in stored(table)] == [("01", "Жаңа"), ("03", "Абай"), ("04", "Абай")]


def test_append_adds_and_never_changes_what_is_stored(make_table: MakeTable) -> None:
    table = make_table(PLACES, key=["code"])
    merge(table, [place("01")])
    report = merge(table, [place("01"), place("02")], mode="append")
    assert counts(report) == (1, 0, 1, 0, 0)
    report = merge(table, [place("02", "Басқа")], mode="append")
    assert (counts(report), report.errors[0].reason) == ((0, 0, 0, 0, 1), "exists")
    assert [r["name"] for r in stored(table)] == ["Абай", "Абай"]


def test_append_without_a_key_keeps_every_row(make_table: MakeTable) -> None:
    table = make_table(PLACES)
    for _ in range(2):
        report = merge(table, [place("01"), place("01", people="many")], key=[], mode="append")
    assert counts(report) == (1, 0, 0, 0, 1)
    assert len(stored(table)) == 2
    assert search(table, limit=0)["total"] == 2


def test_row_that_does_not_fit_is_reported_and_keeps_its_stored_state(make_table: MakeTable) -> None:
    table = make_table(PLACES, key=["code"], info={"name": {"required": "true"}})
    merge(table, [place("01"), place("02"), place("03"), place("04"), place("05")])
    bad = [
        place("01", people="ten"),
        place("02", ""),
        place("03", colour="red"),
        place("04", "a\0b"),
        place("05", people=2**31),
    ]
    report = merge(table, bad)
    assert counts(report) == (0, 0, 0, 0, 5)
    assert [(e.number, e.column, e.value, e.reason) for e in report.errors] == [
        (1, "people", "ten", "type"),
        (2, "name", None, "required"),
        (3, "colour", None, "unknown_column"),
        (4, "name", "a\N{REPLACEMENT CHARACTER}b", "character"),
        (5, "people", "2147483648", "range"),
    ]
    assert [r["name"] for r in stored(table)] == ["Абай"] * 5


def test_second_row_with_the_same_key_is_rejected(make_table: MakeTable) -> None:
    table = make_table(PLACES, key=["code"])
    report = merge(table, [place("01", "бірінші"), place("02"), place("01", "екінші")])
    assert counts(report) == (2, 0, 0, 0, 1)
    assert report.as_dict()["errors"] == [{"number": 3, "column": "code", "value": "01", "reason": "duplicate"}]
    assert stored(table)[0]["name"] == "бірінші"


def test_row_without_its_key_stops_closing_but_not_loading(make_table: MakeTable) -> None:
    table = make_table(PLACES, key=["code"])
    merge(table, [place("01"), place("02")])
    report = merge(table, [place("01", "Жаңа"), place("", "кілтсіз"), place("03")])
    assert counts(report) == (1, 1, 0, 0, 1)
    assert report.closing_skipped
    assert [r["code"] for r in stored(table)] == ["01", "02", "03"]


def test_failing_iterator_leaves_everything_as_it_was(make_table: MakeTable) -> None:
    table = make_table(PLACES, key=["code"])
    merge(table, [place("01")])
    before = _physical(table)

    def rows() -> Iterator[dict[str, Any]]:
        yield from (place(str(number)) for number in range(50_000))
        raise ConnectionError("the agency went away")

    with pytest.raises(ConnectionError, match="went away"):
        merge(table, rows())
    assert _physical(table) == before
    assert merge(table, [place("01")]).unchanged == 1


def test_fault_of_the_database_while_writing_leaves_everything_as_it_was(make_table: MakeTable) -> None:
    table = make_table(PLACES, key=["code"])
    merge(table, [place("01"), place("02")])
    with get_write_engine().begin() as connection:
        connection.execute(sa.text(f'ALTER TABLE "{table}" ADD CHECK (people < 100)'))
    before = _physical(table)
    with pytest.raises(MergeError) as caught:
        merge(table, [place("01", "Жаңа"), place("03", people=1000)])
    assert caught.value.code == "database"
    assert _physical(table) == before


def test_second_writer_waits_or_is_told(make_table: MakeTable) -> None:
    table = make_table(PLACES, key=["code"])
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> Iterator[dict[str, Any]]:
        yield place("01")
        begun.set()
        assert go_on.wait(20)

    first = threading.Thread(target=merge, args=(table, slow()))
    first.start()
    assert begun.wait(20)
    for wait in (0, 0.2):
        with pytest.raises(MergeBusy):
            merge(table, [place("02")], wait_seconds=wait)
    threading.Timer(0.3, go_on.set).start()
    report = merge(table, [place("01"), place("02")], wait_seconds=20)
    first.join()
    assert counts(report) == (1, 0, 1, 0, 0)
    assert len(stored(table)) == 2


def test_readers_see_the_old_rows_until_the_merge_is_done(make_table: MakeTable) -> None:
    table = make_table(PLACES, key=["code"])
    merge(table, [place("01")])
    seen = []

    def rows() -> Iterator[dict[str, Any]]:
        yield place("02")
        seen.append(search(table)["records"][0]["code"])

    merge(table, rows())
    assert seen == ["01"]
    assert search(table)["records"][0]["code"] == "02"


def test_full_text_has_the_words_that_the_datastore_itself_would_write(make_table: MakeTable) -> None:
    fields = {
        "code": "text", "whole": "bigint", "share": "numeric", "ratio": "float", "day": "date", "moment": "timestamp",
        "yes": "bool", "form": "json", "clock": "time", "empty": "text",
    }  # fmt: skip
    table = make_table(fields, key=["code"])
    row = {
        "code": "Қала-1", "whole": 12, "share": "1.50", "ratio": 0.1, "day": "2024-05-01",
        "moment": "2024-05-01 10:20:30", "yes": True, "form": {"аты": ["Ақ", 1]}, "clock": "10:20", "empty": None,
    }  # fmt: skip
    merge(table, [row])
    merge(table, [row | {"empty": "енді толық", "yes": False}])
    with get_write_engine().begin() as connection:
        words = sa.text(f'SELECT tsvector_to_array(_full_text) FROM "{table}"')
        ours = set(connection.execute(words).scalar_one())
        connection.execute(sa.text(f'UPDATE "{table}" SET _full_text = NULL'))
        theirs = set(connection.execute(words).scalar_one())
    # Beside them, the words with Kazakh letters once more without these letters.
    assert ours == theirs | {"кала", "енди", "толык"}
    assert merge(table, [row | {"empty": "енді толық", "yes": False}]).unchanged == 1


def test_old_words_are_not_found_after_an_update(make_table: MakeTable) -> None:
    table = make_table(PLACES, key=["code"])
    merge(table, [place("01", "Целиноград")])
    merge(table, [place("01", "Астана")])
    assert (search(table, q="Целиноград")["total"], search(table, q="Астана")["total"]) == (0, 1)


def test_total_is_right_after_every_merge(make_table: MakeTable) -> None:
    table = make_table(PLACES, key=["code"])
    merge(table, [place(str(number)) for number in range(20)])
    assert search(table, limit=0)["total"] == 20
    merge(table, [place(str(number)) for number in range(5, 30)])
    assert search(table, limit=0)["total"] == 25
    merge(table, [{"code": "29", "_deleted": 1}], mode="delta")
    assert search(table, limit=0)["total"] == 24


def test_long_text_is_stored_found_and_a_longer_one_rejected(make_table: MakeTable) -> None:
    table = make_table(PLACES, key=["code"])
    long = " ".join(f"қазақша{number}" for number in range(4000))[:40_000]
    words = " ".join(format(number, "x") for number in range(80_000))[:399_000]
    report = merge(table, [place("01", long), place("02", words), place("03", "ә" * 200_001), place("k" * 2001)])
    assert [(e.number, e.column, e.reason) for e in report.errors] == [(3, "name", "too_long"), (4, "code", "too_long")]
    assert stored(table)[0]["name"] == long
    assert search(table, q="қазақша1234")["total"] == 1


def test_snapshot_that_suddenly_shrinks_is_held_back(make_table: MakeTable) -> None:
    table = make_table(PLACES, key=["code"])
    merge(table, [place(str(number)) for number in range(200)])
    before = _physical(table)
    for rows in ([], [place(str(number)) for number in range(99)]):
        with pytest.raises(MergeHeld) as caught:
            merge(table, rows)
        assert caught.value.code == "closed_limit"
    assert _physical(table) == before
    assert merge(table, [], limits=Limits(closed_share=1)).closed == 200


def test_too_many_rejected_rows_stop_the_merge(make_table: MakeTable) -> None:
    table = make_table(PLACES, key=["code"])
    rows = [place(str(number), people="?" if number % 4 == 0 else 1) for number in range(100)]
    with pytest.raises(MergeHeld) as caught:
        merge(table, rows)
    assert (caught.value.code, caught.value.detail) == ("rejected_limit", "25")
    with pytest.raises(MergeHeld):
        merge(table, rows, limits=Limits(rejected_share=1, rejected_rows=10))
    assert stored(table) == []


def test_every_rejected_row_is_handed_over_and_the_report_stays_short(make_table: MakeTable) -> None:
    table = make_table(PLACES, key=["code"])
    all_rejected: list[Any] = []
    rows = [place("1")] * 50
    report = merge(table, rows, limits=Limits(errors=3), on_reject=all_rejected.append)
    assert (report.rejected, len(report.errors), len(all_rejected)) == (49, 3, 49)


def test_names_with_quotes_percent_and_semicolon_are_only_names(make_table: MakeTable) -> None:
    fields = {"код; drop": "text", 'имя %s a:x "q"': "text", "a'b{}": "int"}
    table = make_table({name.replace('"', ""): kind for name, kind in fields.items()})
    row = {"код; drop": "1", "имя %s a:x q": "x' OR 1=1 --", "a'b{}": 5}
    report = merge_rows(table, [row], key=["код; drop"], mode="snapshot", today=TODAY)
    report = merge_rows(table, [row | {"a'b{}": 6}], key=["код; drop"], mode="snapshot", today=TODAY)
    assert counts(report) == (0, 1, 0, 0, 0)
    assert stored(table) == [{"_id": 1, **row, "a'b{}": 6}]


def test_table_of_two_hundred_columns_is_merged(make_table: MakeTable) -> None:
    table = make_table({f"c{number}": "text" for number in range(200)})
    row = {f"c{number}": f"сөз{number}" for number in range(200)}
    assert merge(table, [row], key=["c0"]).inserted == 1
    assert merge(table, [row | {"c199": "басқа"}], key=["c0"]).updated == 1
    assert search(table, q="сөз150 басқа")["total"] == 1


@pytest.mark.parametrize(
    ("key", "code"),
    [(["nothing"], "key_columns"), ([], "no_key"), (["name"], "key_mismatch")],
)
def test_wrong_key_is_refused_by_name(make_table: MakeTable, key: list[str], code: str) -> None:
    table = make_table(PLACES, key=["code"])
    with pytest.raises(MergeError) as caught:
        merge(table, [place("01")], key=key)
    assert caught.value.code == code


def test_key_that_stored_rows_repeat_is_refused(make_table: MakeTable) -> None:
    table = make_table(PLACES)
    merge(table, [place("01"), place("01", "Басқа")], key=[], mode="append")
    with pytest.raises(MergeError) as caught:
        merge(table, [place("01")])
    assert caught.value.code == "key_mismatch"


@pytest.mark.parametrize("name", ["_table_stats", "_table_metadata", "pg_class", 'no" such', "00000000"])
def test_what_is_no_resource_table_is_refused(with_plugins: None, name: str) -> None:
    with pytest.raises(MergeError) as caught:
        merge(name, [place("01")])
    assert caught.value.code == "no_table"


def test_rows_are_streamed_and_not_kept_in_memory(make_table: MakeTable) -> None:
    table = make_table(PLACES, key=["code"])
    tracemalloc.start()
    report = merge(table, (place(str(number), f"атауы {number}" * 5) for number in range(60_000)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert report.inserted == 60_000
    # The input is some 6 MB of text; what is held is a megabyte on its way into COPY.
    assert peak < 6_000_000


def test_signal_is_sent_after_the_commit(make_table: MakeTable) -> None:
    table = make_table(PLACES, key=["code"])
    heard: list[tuple[str, int, int]] = []

    def listener(resource_id: str, *, report: MergeReport) -> None:
        heard.append((resource_id, report.inserted, search(resource_id, limit=0)["total"]))

    with rows_merged.connected_to(listener):
        merge(table, [place("01")])
    assert heard == [(table, 1, 1)]


def _physical(table: str) -> list[Any]:
    """Every row with its physical version: equal only where nothing at all was written."""
    with get_write_engine().begin() as connection:
        rows = connection.execute(sa.text(f'SELECT xmin::text, ctid::text, t.* FROM "{table}" t ORDER BY _id'))
        stats = connection.execute(sa.text("SELECT stats FROM _table_stats WHERE resource_id = :t"), {"t": table})
        return [*rows.all(), *stats.all()]
