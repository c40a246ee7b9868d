"""Archives of past acts: taken over in bulk, once, whatever stops a run; each bad record named by line and field."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from ckan import model
from ckan.lib.search import clear_all

from ckanext.opengov_kz.npa import archive
from ckanext.opengov_kz.npa.archive_records import BadRecordError, read
from tests.npa.conftest import Office

COMMENT = {"author": "Азамат", "text": "Мерзімді ұзарту керек.", "created": "2019-03-04T10:00:00", "article": "2",
           "kind": "proposal", "outcome": "rejected", "reply": "Қабылданбады.", "reason": "Заңға қайшы."}  # fmt: skip


def record(number: int = 1, **more: Any) -> dict[str, Any]:
    """A past act as a line of an archive."""
    return {
        "source_id": f"legalacts-{number}",
        "title_kk": f"Ескі бұйрық {number}",
        "title_ru": f"Старый приказ {number}",
        "body": "ministry-of-schools",
        "kind": "order",
        "stage": "archive",
        "published": "2019-02-01",
        "closes": "2019-02-22",
        "reported": "2019-03-10",
        "adopted": "2019-03-20",
        "text_kk": "1-бап. Ұғымдар\n1. Мектеп – білім беру ұйымы.\n2-бап. Мерзім\n1. Мерзім – он күн.",
        "text_ru": "Статья 1. Понятия\n1. Школа – организация.\nСтатья 2. Срок\n1. Срок – десять дней.",
        "comments": [COMMENT],
    } | more


def file(*records: Any) -> io.StringIO:
    return io.StringIO("\n".join(one if isinstance(one, str) else json.dumps(one) for one in records))


def test_an_act_comes_with_its_text_comments_replies_and_is_found(office: Office) -> None:
    result = archive.load(file(record()))
    assert (result.read, result.made, result.comments, result.errors) == (1, 1, 1, {})
    found = office.act("", "npa_act_list", stage="archive", q="мерзім")
    assert [act["title"]["kk"] for act in found["acts"]] == ["Ескі бұйрық 1"]
    name = found["acts"][0]["name"]
    comment = office.thread(name)[0]
    assert (comment["author"], comment["part"]["label"]["kk"]) == ("Азамат", "2-бап")
    assert (comment["official"]["outcome"], comment["official"]["reason"]) == ("rejected", "Заңға қайшы.")
    assert comment["created"] == "2019-03-04T05:00:00+00:00"
    with pytest.raises(Exception, match=r"discussed|open"):
        office.say(office.citizens[0], name, "Кеш қалдым")


def test_what_an_act_broke_is_kept_and_told(office: Office) -> None:
    archive.load(file(record(sent_for_agreement="2019-01-15", reported="")))
    shown = office.act("", "npa_act_list", stage="archive")["acts"][0]
    assert set(shown["breaches"]) == {"sent_before_publication", "adopted_without_report"}


def test_a_second_run_takes_nothing_twice_and_goes_on_where_the_first_stopped(office: Office) -> None:
    archive.load(file(*(record(number) for number in range(1, 4))))
    again = archive.load(file(*(record(number) for number in range(1, 6))))
    assert (again.made, again.known) == (2, 3)
    assert model.Session.query(model.Package).filter_by(type="npa").count() == 5
    assert office.act("", "npa_act_list", q="Ескі")["count"] == 5


def test_what_was_written_and_not_indexed_by_a_killed_run_is_indexed_by_the_next(office: Office) -> None:
    archive.load(file(record()))
    # As a kill between the transaction and the index leaves it.
    clear_all()
    assert office.act("", "npa_act_list", q="Ескі")["count"] == 0
    assert archive.load(file(record())).known == 1
    assert office.act("", "npa_act_list", q="Ескі")["count"] == 1


def test_bad_records_are_named_by_line_and_field_and_stop_nothing_else(office: Office) -> None:
    bad = [
        record(2, kind="poem"), "{not json", record(4, body="nobody"), record(5, published="yesterday"),
        record(6, comments=[COMMENT | {"created": "?"}]), record(7, title_kk="", title_ru=""), "[]",
    ]  # fmt: skip
    result = archive.load(file(record(1), *bad, record(9)))
    assert result.made == 2
    told = {line: problem.split(",")[0] for line, problem in result.errors.items()}
    assert told.pop(3).startswith("record: JSON")
    assert told == {
        2: "kind: unknown", 4: "body: unknown", 5: "published: day", 6: "comments[1].created: moment",
        7: "title_kk: missing", 8: "record: shape",
    }  # fmt: skip


def test_csv_says_the_same(office: Office) -> None:
    head = "source_id,title_ru,body,kind,stage,published,comments"
    said = json.dumps([COMMENT]).replace('"', '""')
    rows = f'{head}\na-1,"Приказ, старый",ministry-of-schools,order,adopted,2018-01-05,"{said}"\n'
    result = archive.load(io.StringIO(rows), is_csv=True)
    assert (result.made, result.comments, result.errors) == (1, 1, {})
    assert office.act("", "npa_act_list", stage="adopted")["acts"][0]["title"] == {"ru": "Приказ, старый"}


@pytest.mark.fast
@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"source_id": ""}, {"source_id": "missing"}),
        ({"stage": "draft"}, {"stage": "unknown"}),
        ({"title_ru": "х" * 1001}, {"title_ru": "long"}),
        ({"comments": "{"}, {"comments": "shape"}),
        ({"comments": [COMMENT | {"text": "", "kind": "song"}]},
         {"comments[1].text": "missing", "comments[1].kind": "unknown"}),
        ({"adopted": ["2019"]}, {"adopted": "shape"}),
    ],
)  # fmt: skip
def test_each_fault_has_its_field(change: dict[str, Any], problem: dict[str, str]) -> None:
    with pytest.raises(BadRecordError) as told:
        read(record(**change))
    assert told.value.problems == problem
